"""Claims by construction, on sentences written for this test; and true spans on anything."""

import os
import random
from collections.abc import Iterator

import pytest
from spacy.language import Language
from support import article, shared_folder

from language.claims import extract_claims
from language.entities import extract_entities
from language.pipelines import annotate, load_pipeline
from schemas.claim import Claim
from schemas.vocabulary import ClaimKind, CueClass, Modality, QuoteStatus

DIRECT, INDIRECT, MIXED = ClaimKind.DIRECT, ClaimKind.INDIRECT, ClaimKind.MIXED
MUTATIONS = int(os.environ.get("CLAIM_MUTATIONS", "150"))
"""How many damaged texts are read; the nightly run sets 10,000."""


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_pipeline("fr")


def claims_of(nlp: Language, text: str, version_id: str = "v1") -> list[Claim]:
    given, doc = article(text, version_id=version_id), annotate(nlp, text)
    return extract_claims(given, doc, extract_entities(given, doc))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Le maire a annoncé que le pont fermerait lundi.",
            [("le pont fermerait lundi", INDIRECT, "a annoncé")],
            id="that",
        ),
        pytest.param(
            "La ministre Anne Morel a par ailleurs indiqué, mardi à Lyon, que le budget serait voté.",
            [("le budget serait voté", INDIRECT, "a par ailleurs indiqué")],
            id="that-behind-an-aside",
        ),
        pytest.param(
            "Le préfet a averti les riverains que la route serait coupée.",
            [("la route serait coupée", INDIRECT, "a averti")],
            id="that-behind-an-addressee",
        ),
        pytest.param(
            "Le syndicat affirme que la grève continue et que les salaires baissent.",
            [("la grève continue et que les salaires baissent", INDIRECT, "affirme")],
            id="two-clauses-are-one-claim",
        ),
        pytest.param(
            "Le syndicat affirme que la grève continue, alors que la direction discute.",
            [("la grève continue", INDIRECT, "affirme")],
            id="ends-before-a-contrast",
        ),
        pytest.param(
            "Alors que le maire affirme que le pont est sûr, les riverains manifestent.",
            [("le pont est sûr", INDIRECT, "affirme")],
            id="ends-before-the-main-clause",
        ),
        pytest.param(
            "Le maire a fermé le pont, précisant que les travaux dureraient un an.",
            [("les travaux dureraient un an", INDIRECT, "précisant")],
            id="gerund",
        ),
        pytest.param(
            "Le comptable a reconnu avoir détourné l'argent de la caisse.",
            [("avoir détourné l'argent de la caisse", INDIRECT, "a reconnu")],
            id="infinitive",
        ),
        pytest.param(
            "Le président Paul Girard a promis de reconstruire l'école.",
            [("reconstruire l'école", INDIRECT, "a promis")],
            id="infinitive-with-de",
        ),
        pytest.param(
            "Les habitants accusent l'usine de polluer la rivière.",
            [("polluer la rivière", INDIRECT, "accusent")],
            id="accuse-somebody",
        ),
        pytest.param(
            "L'entreprise est accusée d'avoir caché le rapport.",
            [("avoir caché le rapport", INDIRECT, "est accusée")],
            id="passive",
        ),
        pytest.param(
            "Le comité appelle les électeurs à voter dimanche.",
            [("voter dimanche", INDIRECT, "appelle")],
            id="infinitive-with-a",
        ),
        pytest.param(
            "Le gouvernement a annoncé la fermeture de deux casernes.",
            [("la fermeture de deux casernes", INDIRECT, "a annoncé")],
            id="event",
        ),
        pytest.param("Le bilan fait état de douze blessés.", [("douze blessés", INDIRECT, "fait état")], id="phrase"),
        pytest.param("Le candidat se dit prêt à négocier.", [("prêt à négocier", INDIRECT, "se dit")], id="attribute"),
        pytest.param(
            "Les éleveurs expriment leur crainte que la sécheresse ne dure.",
            [("la sécheresse ne dure", INDIRECT, "expriment leur crainte")],
            id="noun",
        ),
        pytest.param(
            "Le maire Aziz Roy a déclaré : « Le pont rouvre lundi. »",
            [("Le pont rouvre lundi.", DIRECT, "a déclaré")],
            id="colon",
        ),
        pytest.param(
            "« Le pont rouvre lundi », a-t-il déclaré.",
            [("Le pont rouvre lundi", DIRECT, "a-t-il déclaré")],
            id="incise-with-pronoun",
        ),
        pytest.param(
            "Le pont rouvrira lundi, a indiqué la préfecture.",
            [("Le pont rouvrira lundi", INDIRECT, "a indiqué")],
            id="incise-without-marks",
        ),
        pytest.param(
            "« Le pont rouvre », a déclaré Aziz Roy, « et nous sommes prêts ».",
            [("Le pont rouvre", DIRECT, "a déclaré"), ("et nous sommes prêts", DIRECT, "a déclaré")],
            id="one-claim-each-side-of-an-incise",
        ),
        pytest.param(
            "« Le pont rouvre lundi, a expliqué Aziz Roy. Nous sommes prêts à tout. »",
            [("Le pont rouvre lundi", DIRECT, "a expliqué"), ("Nous sommes prêts à tout.", DIRECT, "a expliqué")],
            id="incise-inside-the-marks",
        ),
        pytest.param(
            "« Le pont rouvre lundi », tonne-t-il.",
            [("Le pont rouvre lundi", DIRECT, "tonne-t-il")],
            id="unlisted-verb",
        ),
        pytest.param(
            "Selon la police, trois personnes ont été blessées.",
            [("trois personnes ont été blessées", INDIRECT, "Selon")],
            id="according-to",
        ),
        pytest.param(
            "Ces travaux, selon la mairie, dureront un an.",
            [("Ces travaux", INDIRECT, "selon"), ("dureront un an", INDIRECT, "selon")],
            id="according-to-inside",
        ),
        pytest.param(
            "Comme l'a rappelé Aziz Roy, le pont est ancien.",
            [("le pont est ancien", INDIRECT, "a rappelé")],
            id="as-said",
        ),
        pytest.param(
            "Le député a qualifié le projet de « folie ».", [("folie", DIRECT, "a qualifié")], id="name-for-something"
        ),
        pytest.param(
            "L'association dénonce une « mascarade » électorale.",
            [("une « mascarade » électorale", MIXED, "dénonce")],
            id="quoted-object",
        ),
        pytest.param(
            "Le maire affirme que le pont est « en parfait état ».",
            [("le pont est « en parfait état »", MIXED, "affirme")],
            id="mixed",
        ),
        pytest.param(
            "Le maire affirme que « le pont est en parfait état ».",
            [("le pont est en parfait état", DIRECT, "affirme")],
            id="wholly-quoted-clause",
        ),
        pytest.param(
            "« Le pont rouvre », a déclaré Aziz Roy. « Nous sommes prêts. »",
            [("Le pont rouvre", DIRECT, "a déclaré"), ("Nous sommes prêts.", DIRECT, "a déclaré")],
            id="continued",
        ),
        pytest.param(
            "Aziz Roy : « Le pont rouvre lundi matin »",
            [("Le pont rouvre lundi matin", DIRECT, None)],
            id="name-and-colon",
        ),
        pytest.param(
            "« Le pont rouvre lundi matin. »\n\n— Aziz Roy",
            [("Le pont rouvre lundi matin.", DIRECT, None)],
            id="signed",
        ),
        pytest.param(
            "Le ministre a déclaré que l'armée affirmait que la ville était prise.",
            [
                ("l'armée affirmait que la ville était prise", INDIRECT, "a déclaré"),
                ("la ville était prise", INDIRECT, "affirmait"),
            ],
            id="nested",
        ),
        pytest.param(
            "Les riverains se demandent si le pont tiendra cet hiver.",
            [("si le pont tiendra cet hiver", INDIRECT, "se demandent")],
            id="indirect-question",
        ),
        pytest.param("Le maire demande des renforts si la crue monte.", [], id="condition-is-no-question"),
        pytest.param(
            "La préfète considère le barrage comme une priorité absolue.",
            [("une priorité absolue", INDIRECT, "considère")],
            id="considered-as",
        ),
        pytest.param(
            "Elle craint de perdre son emploi et a écrit au maire.",
            [("perdre son emploi", INDIRECT, "craint")],
            id="infinitive-ends-before-the-next-verb",
        ),
        pytest.param(
            "Le préfet avait prévenu : le pont ne tiendrait pas.",
            [("le pont ne tiendrait pas", INDIRECT, "avait prévenu")],
            id="colon-without-marks",
        ),
        pytest.param(
            "Le maire : « Nous allons rouvrir le pont. »",
            [("Nous allons rouvrir le pont.", DIRECT, None)],
            id="office-and-colon",
        ),
        pytest.param(
            "La présidente de la région a déclaré :\n\n« Le pont rouvre lundi. »",
            [("Le pont rouvre lundi.", DIRECT, "a déclaré")],
            id="colon-before-a-new-line",
        ),
        pytest.param("Un témoin a crié « Au feu ! » avant de fuir.", [("Au feu !", DIRECT, "a crié")], id="one-shout"),
        pytest.param(
            "« C'est une honte ! » s'écrie Aziz Roy.", [("C'est une honte !", DIRECT, "s'écrie")], id="reflexive-incise"
        ),
        pytest.param(
            "« Rendez-nous le pont » scandent une poignée de riverains.",
            [("Rendez-nous le pont", DIRECT, "scandent")],
            id="verb-that-the-tagger-misses",
        ),
        pytest.param(
            "Le maire parle de « catastrophe » depuis lundi.",
            [("catastrophe", DIRECT, "parle")],
            id="speak-of-quoted",
        ),
        pytest.param(
            "Le préfet a mis en garde contre « une crue historique ».",
            [("une crue historique", DIRECT, "a mis en garde contre")],
            id="warn-against-quoted",
        ),
        pytest.param(
            "Le cortège a réuni 3 000 personnes d'après la police.",
            [("Le cortège a réuni 3 000 personnes", INDIRECT, "d'après")],
            id="according-to-without-a-comma",
        ),
        pytest.param(
            "Selon Le Monde, qui cite deux ministres, le maire va partir.",
            [("le maire va partir", INDIRECT, "Selon")],
            id="according-to-behind-a-relative-clause",
        ),
        pytest.param(
            "La mesure permettrait, d'après la mairie, d'économiser 140 000 euros.",
            [("La mesure permettrait", INDIRECT, "d'après"), ("d'économiser 140 000 euros", INDIRECT, "d'après")],
            id="according-to-before-a-complement",
        ),
        pytest.param(
            "L'idée serait que le pont rouvre en avril.",
            [("le pont rouvre en avril", INDIRECT, "idée")],
            id="noun-is-that",
        ),
        pytest.param("Pour rouvrir le pont, la ville a voté un emprunt.", [], id="purpose"),
        pytest.param("Nous sommes ravis de rouvrir le pont.", [], id="to-be-is-no-cue"),
        pytest.param("Le budget est plus élevé que prévu, ce qui veut dire que tout va bien.", [], id="means"),
        pytest.param("Ils ont rejeté les projets que la ville préparait.", [], id="relative-clause"),
        pytest.param("Les « gilets jaunes » bloquent le rond-point.", [], id="scare-quotes"),
        pytest.param("Elle a lu un livre intitulé « Les hommes qui marchaient seuls ».", [], id="title"),
        pytest.param("Notez que le musée ferme le lundi.", [], id="author-to-reader"),
        pytest.param("Il faut dire que le musée coûte cher.", [], id="author-must-say"),
        pytest.param("On note aussi que le musée coûte cher.", [], id="author-notes"),
        pytest.param("Les pluies menacent la vallée.", [], id="threat-of-no-one"),
        pytest.param("Les voitures roulent un jour sur deux, selon le mode choisi.", [], id="manner"),
        pytest.param("La barrière est posée pour prévenir d'autres accidents.", [], id="prevention"),
        pytest.param(
            "Le Monde estime aussi que le pont tombera.",
            [("le pont tombera", INDIRECT, "estime")],
            id="adverb-that-may-join-que",
        ),
        pytest.param(
            "Certains considèrent sa mort comme la fin d'une époque.",
            [("la fin d'une époque", INDIRECT, "considèrent")],
            id="pronoun-that-may-be-an-article",
        ),
        pytest.param(
            "Pour son avocat, il s'agit d'une bavure.",
            [("il s'agit d'une bavure", INDIRECT, "Pour")],
            id="for-somebody",
        ),
        pytest.param(
            "Pour certains, le roi était un tyran ; pour d'autres, il était un sage.",
            [("le roi était un tyran", INDIRECT, "Pour")],
            id="for-some",
        ),
        pytest.param(
            "Le maire a annoncé la fermeture du port en lisant un texte.",
            [("la fermeture du port", INDIRECT, "a annoncé")],
            id="event-before-a-gerund",
        ),
        pytest.param(
            "La ville demande la fermeture du port et la reprise des travaux, alors que les élus demandent un vote.",
            [
                ("la fermeture du port et la reprise des travaux", INDIRECT, "demande"),
                ("un vote", INDIRECT, "demandent"),
            ],
            id="joined-events-before-a-contrast",
        ),
        pytest.param(
            "Il explique qu'il « n'avai[t] peut-être pas la force d'être maire ».",
            [("il « n'avai[t] peut-être pas la force d'être maire »", MIXED, "explique")],
            id="letters-in-brackets",
        ),
        pytest.param(
            "Le maire justifie sa décision du fait que les bateaux « occupent des places publiques ».",
            [("les bateaux « occupent des places publiques »", MIXED, "justifie")],
            id="justify",
        ),
        pytest.param(
            "« Le chantier a pu commencer », complète le maire.",
            [("Le chantier a pu commencer", DIRECT, "complète")],
            id="accent-that-changes",
        ),
        pytest.param("Les prix montent, ce qui montre que la demande reste forte.", [], id="inference"),
        pytest.param("", [], id="empty"),
        pytest.param(" \n\n \n", [], id="only-space"),
    ],
)
def test_extract_claims__construction__gives_words_kind_and_cue(
    nlp: Language, text: str, expected: list[tuple[str, ClaimKind, str | None]]
) -> None:
    assert [(c.text, c.kind, c.cue) for c in claims_of(nlp, text)] == expected


@pytest.mark.parametrize(
    ("text", "cue_class", "modality", "status"),
    [
        pytest.param(
            "Le maire a nié que le pont serait fermé.",
            CueClass.DENY, Modality.CONDITIONAL, QuoteStatus.NONE, id="deny",
        ),
        pytest.param(
            "Selon la police, le suspect sera jugé.",
            CueClass.ACCORDING_TO, Modality.FUTURE, QuoteStatus.NONE, id="future",
        ),
        pytest.param(
            "Le maire n'a pas dit que le pont fermait.",
            CueClass.SAY, Modality.NEGATED, QuoteStatus.NONE, id="negated-cue",
        ),
        pytest.param(
            "« Où va la ville ? », demande Aziz Roy.",
            CueClass.ASK, Modality.QUESTION, QuoteStatus.CLOSED, id="question",
        ),
        pytest.param(
            "Aziz Roy a déclaré : « Le pont rouvre lundi.",
            CueClass.SAY, Modality.ASSERTED, QuoteStatus.UNCLOSED, id="unclosed",
        ),
    ],
)  # fmt: skip
def test_extract_claims__how_it_is_said(
    nlp: Language, text: str, cue_class: CueClass, modality: Modality, status: QuoteStatus
) -> None:
    (claim,) = claims_of(nlp, text)
    assert (claim.cue_class, claim.modality, claim.quote_status) == (cue_class, modality, status)


def test_extract_claims__contents__are_listed(nlp: Language) -> None:
    text = "Hier, Aziz Roy a déclaré que la France avait envoyé 3 000 soldats en Pologne."
    (claim,) = claims_of(nlp, text)
    assert [(q.value, q.unit) for q in claim.quantities] == [(3000.0, "soldat")]
    assert len(claim.entities) >= 2
    assert claim.before == text[: claim.start]
    assert claim.after == "."


def test_extract_claims__language_without_data__finds_quotations_only(nlp: Language) -> None:
    import spacy

    doc = annotate(spacy.blank("de"), "Sie sagt „Wir gehen heute noch nicht nach Hause“ und geht.")
    (claim,) = extract_claims(article(doc.text, language="de"), doc, [])
    assert (claim.text, claim.kind, claim.cue) == ("Wir gehen heute noch nicht nach Hause", DIRECT, None)


def damaged_texts(count: int) -> Iterator[str]:
    """Pieces of the reference texts with marks deleted, doubled and swapped, from a fixed seed."""
    texts = [
        path.read_bytes().decode("utf-8")
        for folder in ("seeds", "gold")
        for path in sorted(shared_folder(folder).rglob("*.txt"))
    ]
    rng = random.Random(20240305)
    signs = "«»\"“”„'’‘‹›.,:;()[]\n -–—?!\u00a0\u202f😀\0\u0301"
    for _ in range(count):
        text = rng.choice(texts)
        at = rng.randrange(len(text))
        text = text[at : at + rng.randrange(30, 600)]
        for _ in range(rng.randrange(1, 12)):
            at = rng.randrange(len(text) + 1)
            piece = rng.choice(("", rng.choice(signs), text[at : at + 15] * 2, "".join(rng.choices(signs, k=5))))
            text = text[:at] + piece + text[at + rng.randrange(3) :]
        yield text


def assert_sound(text: str, claims: list[Claim]) -> None:
    assert len({c.claim_id for c in claims}) == len(claims)
    assert [c.start for c in claims] == sorted(c.start for c in claims)
    for claim in claims:
        assert claim.text
        assert text[claim.start : claim.end] == claim.text
        assert claim.cue is None or text[claim.cue_start : claim.cue_end] == claim.cue
        assert claim.speaker is None or text[claim.speaker_start : claim.speaker_end] == claim.speaker
        if claim.speaker is not None and claim.cue is not None and claim.speaker_start < claim.cue_start:
            assert claim.speaker_end <= claim.cue_start, f"{claim.speaker!r} reaches into {claim.cue!r}"


def test_extract_claims__damaged_texts__have_true_spans(nlp: Language) -> None:
    for text in damaged_texts(MUTATIONS):
        assert_sound(text, claims_of(nlp, text))


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Valmorin remarque d'ailleurs que le quai est vide.", "Valmorin"),
        (
            "Les petites villes de la côte sur la rive nord craignent que le port ne ferme bientôt.",
            "Les petites villes de la côte sur la rive nord",
        ),
    ],
    ids=["name", "long phrase"],
)
def test_extract_claims__verb_hung_on_its_own_subject__is_not_of_the_speaker(
    nlp: Language, text: str, speaker: str
) -> None:
    assert [claim.speaker for claim in claims_of(nlp, text)] == [speaker]


def test_extract_claims__twice__is_the_same(nlp: Language) -> None:
    for path in sorted(shared_folder("seeds").glob("*.txt")):
        text = path.read_bytes().decode("utf-8")
        assert claims_of(nlp, text) == claims_of(nlp, text)


def test_that_clause__behind_a_long_aside(nlp: Language) -> None:
    text = (
        "Le maire a affirmé à Lens, où il recevait vendredi matin les représentants des commerçants, des écoles, des "
        "hôpitaux et des clubs de sport, que le pont fermerait lundi."
    )
    assert [claim.text for claim in claims_of(nlp, text)] == ["le pont fermerait lundi"]
