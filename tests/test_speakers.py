"""Speakers are resolved within the article, or left open."""

import pytest
from spacy.language import Language
from support import article

from language.claims import extract_claims
from language.entities import extract_entities
from language.pipelines import annotate, load_pipeline
from schemas.vocabulary import SpeakerMethod


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_pipeline("fr")


@pytest.mark.parametrize(
    ("text", "mention", "name", "method"),
    [
        pytest.param(
            "Le ministre de la Culture, Paul Girard, a déclaré que le musée ouvrirait.",
            "Le ministre de la Culture", "Paul Girard", SpeakerMethod.SUBJECT, id="apposition",
        ),
        pytest.param(
            "Paul Girard, élu en mai, a déclaré que le musée ouvrirait.",
            "Paul Girard", "Paul Girard", SpeakerMethod.SUBJECT, id="behind-an-apposition",
        ),
        pytest.param(
            "Paul Girard a visité le musée. Il a promis que les travaux finiraient.",
            "Il", "Paul Girard", SpeakerMethod.PRONOUN, id="pronoun",
        ),
        pytest.param(
            "La ministre Anne Morel a reçu le maire Paul Girard. « Le musée ouvrira en mai », a-t-elle assuré.",
            "elle", "Anne Morel", SpeakerMethod.PRONOUN, id="pronoun-by-gender",
        ),
        pytest.param(
            "Le ministre de la Culture Paul Girard était à Lyon. Le ministre a dit que le musée ouvrirait.",
            "Le ministre", "Paul Girard", SpeakerMethod.DESCRIPTION, id="role",
        ),
        pytest.param(
            "Selon Anne Morel, le musée ouvrira.",
            "Anne Morel", "Anne Morel", SpeakerMethod.ACCORDING_TO, id="according-to",
        ),
        pytest.param(
            "Des habitants affirment que le musée est fermé.",
            "Des habitants", "Des habitants", SpeakerMethod.SUBJECT, id="unnamed",
        ),
        pytest.param(
            "On estime que le musée est fermé.", "On", None, None, id="nobody",
        ),
        pytest.param(
            "La mère de Paul Girard affirme que le musée est fermé.",
            "La mère de Paul Girard", "La mère de Paul Girard", SpeakerMethod.SUBJECT, id="name-of-another",
        ),
        pytest.param(
            "Il a été annoncé que le musée fermerait.", None, None, None, id="no-agent",
        ),
        pytest.param(
            "Le maire Paul Girard et Anne Morel ont annoncé que le musée fermerait.",
            "Le maire Paul Girard et Anne Morel", "Paul Girard et Anne Morel", SpeakerMethod.SUBJECT, id="joined",
        ),
        pytest.param(
            "Les ministères russe et biélorusse ont annoncé que le musée fermerait.",
            "Les ministères russe et biélorusse", "Les ministères russe et biélorusse", SpeakerMethod.SUBJECT,
            id="one-noun-two-adjectives",
        ),
        pytest.param(
            "« Le musée fermera demain », a déclaré le 20 mars à la presse le directeur Paul Girard.",
            "le directeur Paul Girard", "Paul Girard", SpeakerMethod.SUBJECT, id="behind-date-and-addressee",
        ),
        pytest.param(
            "Anne Morel a reçu les élus de la ville, affirmant que le musée fermerait.",
            "Anne Morel", "Anne Morel", SpeakerMethod.SUBJECT, id="gerund-of-the-main-clause",
        ),
        pytest.param(
            "Paul Girard a été accusé par Anne Morel de vendre le musée.",
            "Anne Morel", "Anne Morel", SpeakerMethod.AGENT, id="agent-before-an-infinitive",
        ),
        pytest.param(
            "Malgré ses promesses, beaucoup pensent que le musée fermera.",
            "beaucoup", "beaucoup", SpeakerMethod.SUBJECT, id="indefinite",
        ),
        pytest.param(
            "Anne Morel a rencontré Paul Girard. Paul Girard est reparti. Elle a dit que le musée fermerait.",
            "Elle", "Anne Morel", SpeakerMethod.PRONOUN, id="gender-of-the-given-name",
        ),
        pytest.param(
            "Paul Girard a affirmé qu'il n'avait jamais dit que le musée fermerait.",
            "il", "Paul Girard", SpeakerMethod.PRONOUN, id="pronoun-in-reported-words",
        ),
        pytest.param(
            "La France a signé. Il semble avoir dit que le musée coûtait cher.", "Il", None, None, id="impersonal",
        ),
        pytest.param(
            "L'ancien nageur Paul Girard était à Lyon. Le champion a dit que le musée fermerait.",
            "Le champion", "Paul Girard", SpeakerMethod.DESCRIPTION, id="described-person",
        ),
        pytest.param(
            "Paul Girard s'est fâché à la mairie. « Nous ne vendrons jamais notre musée à des banques. »",
            None, "Paul Girard", SpeakerMethod.CONTEXT, id="subject-of-the-sentence-before",
        ),
        pytest.param(
            "Anne Morel et Paul Girard ont quitté Lyon hier. Ils ont dit que le musée fermerait.",
            "Ils", "Anne Morel et Paul Girard", SpeakerMethod.PRONOUN, id="plural-pronoun-of-joined-persons",
        ),
        pytest.param(
            "Anne Morel et Paul Girard ont quitté Lyon hier. Elles ont dit que le musée fermerait.",
            "Elles", None, None, id="no-two-women",
        ),
        pytest.param(
            "Anne Morel et Paul Girard étaient à Lyon. Les deux avocats de Paul Girard ont dit que le musée fermerait.",
            "Les deux avocats de Paul Girard", "Les deux avocats de Paul Girard", SpeakerMethod.SUBJECT,
            id="two-who-are-somebody-s",
        ),
        pytest.param(
            "Le quotidien Le Monde affirme que le musée fermera.",
            "Le quotidien Le Monde", "Le Monde", SpeakerMethod.SUBJECT, id="kind-and-name-of-an-organisation",
        ),
        pytest.param(
            "Selon l'organisation Greenpeace, le musée fermera.",
            "l'organisation Greenpeace", "Greenpeace", SpeakerMethod.ACCORDING_TO, id="kind-and-name-behind-selon",
        ),
        pytest.param(
            "Le syndicat de la CGT affirme que le musée fermera.",
            "Le syndicat de la CGT", "Le syndicat de la CGT", SpeakerMethod.SUBJECT, id="name-behind-a-preposition",
        ),
        pytest.param(
            "Les autorités ont par la suite confirmé que le musée fermerait.",
            "Les autorités", "Les autorités", SpeakerMethod.SUBJECT, id="adverbial-before-the-participle",
        ),
        pytest.param(
            "Le chef d'état-major, le général Paul Girard, a affirmé que le musée fermerait.",
            "Le chef d'état-major", "Paul Girard", SpeakerMethod.SUBJECT, id="apposition-with-a-title",
        ),
        pytest.param(
            "Le chef d'état-major, le général Paul Girard, a vu Jean Petit. Marc Durand est parti. "
            "Le chef d'état-major a dit que le musée fermerait.",
            "Le chef d'état-major", "Paul Girard", SpeakerMethod.DESCRIPTION, id="office-before-a-title",
        ),
        pytest.param(
            "Selon un médecin local cité par Reuters, Paul Girard, on manque de sang.",
            "un médecin local", "Paul Girard", SpeakerMethod.ACCORDING_TO, id="apposition-behind-a-participle",
        ),
        pytest.param(
            "La spécialiste des sols, l'Allemande Anne Morel, a quitté le musée. Elle affirme que le sol est sec.",
            "Elle", "Anne Morel", SpeakerMethod.PRONOUN, id="pronoun-of-a-described-subject",
        ),
        pytest.param(
            "Anne Morel, juriste et élue de Lens, a parlé. Paul Girard a été nommé directeur du port de Brest hier. "
            "Jean Petit est parti. Le directeur du port a dit que le musée fermerait.",
            "Le directeur du port", "Paul Girard", SpeakerMethod.DESCRIPTION, id="office-said-of-a-name",
        ),
        pytest.param(
            "Paul Girard, président de Renault, était à Lyon avec Jean Petit. Marc Durand est parti. "
            "Le PDG de Renault a dit que l'usine fermerait.",
            "Le PDG de Renault", "Paul Girard", SpeakerMethod.DESCRIPTION, id="leaders-of-one-organisation",
        ),
        pytest.param(
            "Paul Girard et Jean Petit étaient à Lens. La candidate du Parti du port affirme que le musée ferme. "
            "Anne Morel a aussi quitté Lens.",
            "La candidate du Parti du port", "Anne Morel", SpeakerMethod.DESCRIPTION, id="name-after-the-description",
        ),
        pytest.param(
            "Donald Trump a reçu Paul Girard. Le président américain a dit que le musée fermerait.",
            "Le président américain", "Donald Trump", SpeakerMethod.DESCRIPTION, id="office-known-in-the-news",
        ),
        pytest.param(
            "« Le pont tremble déjà », a déclaré un initié. Le personnel craint que tout ferme. "
            "La source a ajouté que le musée fermerait.",
            "La source", "un initié", SpeakerMethod.DESCRIPTION, id="somebody-unnamed",
        ),
        pytest.param(
            "Le Canard enchaîné a enquêté. Reuters affirme que Paul Girard ment. L'hebdomadaire assure que P est vrai.",
            "L'hebdomadaire", "Le Canard enchaîné", SpeakerMethod.DESCRIPTION, id="known-kind-of-organisation",
        ),
        pytest.param(
            "L'avion de la compagnie Flydubai est tombé près de l'hôpital Pasteur. La compagnie a dit que P est vrai.",
            "La compagnie", "Flydubai", SpeakerMethod.DESCRIPTION, id="told-kind-of-organisation",
        ),
        pytest.param(
            "Les autorités ont fermé le musée hier. Ils disent que le toit tremble.",
            "Ils", "Les autorités", SpeakerMethod.PRONOUN, id="plural-of-another-gender",
        ),
        pytest.param(
            "La loi a indigné les riverains. Pour eux, « le musée doit rester ouvert ».",
            "eux", "les riverains", SpeakerMethod.PRONOUN, id="plural-of-no-subject",
        ),
        pytest.param(
            "Le chauffeur du bus est sorti. Selon ses propos, la route était libre.",
            "ses propos", "Le chauffeur du bus", SpeakerMethod.PRONOUN, id="words-of-who-is-in-focus",
        ),
        pytest.param(
            "« Le musée fermera ses portes demain », peut-on lire dans le communiqué.",
            "le communiqué", "le communiqué", SpeakerMethod.SUBJECT, id="what-is-read",
        ),
        pytest.param(
            "Anne Morel est sortie. La direction, elle, assure que le musée fermera.",
            "La direction", "La direction", SpeakerMethod.SUBJECT, id="noun-taken-up-by-a-pronoun",
        ),
        pytest.param(
            "La coordinatrice, le docteur Awa Ndiaye, est à Dakar. Elle dit que le musée fermera.",
            "Elle", "Awa Ndiaye", SpeakerMethod.PRONOUN, id="masculine-title-of-a-woman",
        ),
        pytest.param(
            "Hier soir, des riverains ont affirmé que le musée fermerait.",
            "des riverains", "des riverains", SpeakerMethod.SUBJECT, id="plural-article-no-preposition",
        ),
        pytest.param(
            "Après avoir nié que le musée fermerait, Paul Girard est parti.",
            "Paul Girard", "Paul Girard", SpeakerMethod.SUBJECT, id="infinitive-before-the-subject",
        ),
        pytest.param(
            "« Le musée va fermer ses portes », renchérit pour sa part le ministre Paul Girard.",
            "le ministre Paul Girard", "Paul Girard", SpeakerMethod.SUBJECT, id="aside-between-verb-and-subject",
        ),
        pytest.param(
            "C'est aussi l'avis d'Anne Morel, la maire de Lens : « Le musée ne doit surtout pas fermer. »",
            None, "Anne Morel", SpeakerMethod.CONTEXT, id="name-before-a-colon",
        ),
        pytest.param(
            "« Le musée se fera avec les riverains », a cependant tenu à tempérer Anne Morel, adjointe au maire.",
            "Anne Morel", "Anne Morel", SpeakerMethod.SUBJECT, id="infinitive-in-an-incise",
        ),
        pytest.param(
            "Le musée, pourtant rouvert, « ne peut plus attendre dix ans », analyse un expert de Lens.",
            "un expert de Lens", "un expert de Lens", SpeakerMethod.SUBJECT, id="incise-behind-a-quoted-clause",
        ),
        pytest.param(
            "Ce retard fait dire à Paul Girard que le musée ne rouvrira jamais.",
            "Paul Girard", "Paul Girard", SpeakerMethod.SUBJECT, id="made-to-say",
        ),
        pytest.param(
            "Dans un communiqué du port de Lens, on apprend que le musée ferme.",
            "un communiqué du port de Lens", "un communiqué du port de Lens", SpeakerMethod.SUBJECT,
            id="what-is-read-in-front",
        ),
        pytest.param(
            "Sur la page du théâtre, on pouvait lire : « Merci à tous pour votre aide ».",
            "la page du théâtre", "la page du théâtre", SpeakerMethod.SUBJECT, id="what-can-be-read",
        ),
        pytest.param(
            "Le Sénat, par la voix de son président Paul Girard, a demandé que le musée rouvre.",
            "son président Paul Girard", "Paul Girard", SpeakerMethod.SUBJECT, id="voice-before-the-verb",
        ),
        pytest.param(
            "Deux élus inquiètent les voisins : hier le conseil du port a demandé que le musée ferme.",
            "le conseil du port", "le conseil du port", SpeakerMethod.SUBJECT, id="subject-behind-a-colon",
        ),
        pytest.param(
            "La foule a pris le contrôle du pays en réclamant que le musée ferme.",
            "La foule", "La foule", SpeakerMethod.SUBJECT, id="gerund-behind-an-object",
        ),
        pytest.param(
            "Anne Morel, qui est la première élue du pays, s'est levée en disant que le musée ferme.",
            "Anne Morel", "Anne Morel", SpeakerMethod.SUBJECT, id="gerund-behind-a-relative-clause",
        ),
        pytest.param(
            "Paul Girard a écrit : « Nous sommes tristes de vous annoncer que le musée ferme demain matin ».",
            "Nous", "Paul Girard", SpeakerMethod.PRONOUN, id="pronoun-that-is-an-object",
        ),
        pytest.param(
            "Le maire nourrit l'espoir que le musée rouvre.",
            "Le maire", "Le maire", SpeakerMethod.SUBJECT, id="holder-of-a-hope",
        ),
        pytest.param(
            "La crise nourrit la crainte que le musée ferme.", None, None, None, id="cause-of-a-fear",
        ),
        pytest.param(
            "Des géologues viennent de montrer que la falaise recule. Ces chercheurs constatent que la mer monte.",
            "Ces chercheurs", "Des géologues", SpeakerMethod.DESCRIPTION, id="these",
        ),
        pytest.param(
            "Le porte-parole du président Paul Girard a annoncé que le musée ferme.",
            "Le porte-parole du président Paul Girard", "Le porte-parole du président Paul Girard",
            SpeakerMethod.SUBJECT, id="office-of-somebody-named",
        ),
        pytest.param(
            "Paul Girard est parti. Le cabinet de M. Girard affirme que le musée ferme.",
            "Le cabinet de M. Girard", "Le cabinet de M. Girard", SpeakerMethod.SUBJECT, id="of-a-titled-name",
        ),
        pytest.param(
            "Le ministre de la Culture Paul Girard est là. Le Premier ministre Jean Petit l'a reçu. "
            "Le ministre dit que le musée ferme.",
            "Le ministre", "Paul Girard", SpeakerMethod.DESCRIPTION, id="minister-is-not-prime-minister",
        ),
        pytest.param(
            "Le président Paul Girard est là. L'ancien président Jean Petit l'a reçu. "
            "Le président dit que le musée ferme.",
            "Le président", "Paul Girard", SpeakerMethod.DESCRIPTION, id="in-office-rather-than-former",
        ),
        pytest.param(
            "Le quai ferme, explique Airbus, l'entreprise de Toulouse. L'entreprise assure que le musée fermera.",
            "L'entreprise", "Airbus", SpeakerMethod.DESCRIPTION, id="kind-told-behind-the-name",
        ),
        pytest.param(
            "Un communiqué de l'hôpital Paul Girard affirme que le musée ferme.",
            "Un communiqué de l'hôpital Paul Girard", "Un communiqué de l'hôpital Paul Girard", SpeakerMethod.SUBJECT,
            id="building-with-the-name-of-a-person",
        ),
        pytest.param(
            "Selon le maire d' Arles , Paul Girard , le musée ferme.",
            "le maire d' Arles", "Paul Girard", SpeakerMethod.ACCORDING_TO, id="elision-with-a-space",
        ),
    ],
)  # fmt: skip
def test_extract_claims__source__is_resolved(
    nlp: Language, text: str, mention: str | None, name: str | None, method: SpeakerMethod | None
) -> None:
    given, doc = article(text), annotate(nlp, text)
    claim = extract_claims(given, doc, extract_entities(given, doc))[-1]
    assert (claim.speaker, claim.speaker_name, claim.speaker_method) == (mention, name, method)


@pytest.mark.parametrize(
    ("text", "pronoun"),
    [
        pytest.param("« Le musée ouvrira en mai », a-t-elle assuré.", "elle", id="euphonic-t"),
        pytest.param("« Le musée ouvrira en mai », ont-ils assuré.", "ils", id="hyphen"),
        pytest.param("« Le musée ouvrira en mai », assurent‐ils.", "ils", id="hyphen-of-unicode"),
    ],
)
def test_extract_claims__inverted_pronoun__is_named_without_its_hyphen(nlp: Language, text: str, pronoun: str) -> None:
    given, doc = article(text), annotate(nlp, text)
    (claim,) = extract_claims(given, doc, extract_entities(given, doc))
    start = text.index(pronoun)
    assert (claim.speaker, claim.speaker_start, claim.speaker_end) == (pronoun, start, start + len(pronoun))


def test_extract_claims__named_speaker__has_the_id_of_the_entity(nlp: Language) -> None:
    text = "Paul Girard a visité le musée. Il a promis que les travaux finiraient."
    given, doc = article(text), annotate(nlp, text)
    mentions = extract_entities(given, doc)
    (claim,) = extract_claims(given, doc, mentions)
    assert claim.speaker_entity_id == next(m.entity_id for m in mentions if m.surface == "Paul Girard")


def test_extract_claims__quoted_first_person__is_the_quoted_speaker(nlp: Language) -> None:
    text = "« Je pense que le pont est sûr », a déclaré Paul Girard."
    given, doc = article(text), annotate(nlp, text)
    claims = extract_claims(given, doc, extract_entities(given, doc))
    assert [(c.cue, c.speaker_name) for c in claims] == [("a déclaré", "Paul Girard"), ("pense", "Paul Girard")]


def test_extract_claims__quotation_without_subject__goes_on_from_the_speaker_before(nlp: Language) -> None:
    text = "Paul Girard a dit que le pont fermait. Avant d'ajouter : « Nous verrons bien lundi. »"
    given, doc = article(text), annotate(nlp, text)
    claim = extract_claims(given, doc, extract_entities(given, doc))[-1]
    assert (claim.speaker, claim.speaker_name, claim.speaker_method) == (None, "Paul Girard", SpeakerMethod.CONTINUED)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("Selon le maire, Paul Girard, le musée fermera demain.", "le musée fermera demain", id="apposition"),
        pytest.param(
            "Selon le maire, Paul Girard, élu en mai, a vendu le musée.",
            "Paul Girard, élu en mai, a vendu le musée", id="subject-of-the-words",
        ),
        pytest.param("Selon la police « le musée fermera demain ».", "le musée fermera demain", id="no-comma"),
        pytest.param("Pour le plaignant, « le musée fermera demain ».", "le musée fermera demain", id="described"),
    ],
)  # fmt: skip
def test_extract_claims__source_phrase__words_begin_behind_it(nlp: Language, text: str, words: str) -> None:
    given, doc = article(text), annotate(nlp, text)
    assert [c.text for c in extract_claims(given, doc, extract_entities(given, doc))] == [words]
