from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, Span

from language.entities import entity_id, extract_entities
from language.kept_columns import tokens_of
from language.labels import labelled_spans
from language.pipelines import annotate, load_pipeline
from schemas.article import Article
from schemas.entity import EntityMention
from schemas.vocabulary import DateSource, EntityLabel, EntityMethod, MediaType

SEEDS = Path(__file__).resolve().parents[2] / "shared" / "seeds"
DAY = date(2022, 2, 3)


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_pipeline("fr")


def article(text: str, title: str | None = None, version_id: str = "version") -> Article:
    return Article(
        article_id="article",
        version_id=version_id,
        source="source",
        date=DAY,
        input_uri="file",
        media_type=MediaType.PLAIN_TEXT,
        date_source=DateSource.FILE_MTIME,
        fetched_at=datetime(2022, 2, 3, tzinfo=UTC),
        text=text,
        word_count=0,
        content_hash="",
        simhash=0,
        minhash="",
        title=title,
    )


def marked_doc(text: str, entities: Sequence[tuple[str, str]]) -> Doc:
    """`text` with `entities` (words and label, in this order) where a model would have found them."""
    doc = spacy.blank("fr")(text)
    spans: list[Span] = []
    at = 0
    for words, label in entities:
        start = text.index(words, at)
        at = start + len(words)
        span = doc.char_span(start, at, label)
        assert span is not None, words
        spans.append(span)
    doc.ents = tuple(spans)
    return doc


def marked(text: str, *entities: tuple[str, str], title: str | None = None) -> list[EntityMention]:
    """The mentions of `text`, of which a model would have found `entities`."""
    return extract_entities(article(text, title), marked_doc(text, entities))


def assert_sound(text: str, mentions: list[EntityMention]) -> None:
    assert all(text[m.start : m.end] == m.surface for m in mentions)
    assert all(left.end <= right.start for left, right in pairwise(mentions))
    assert len({m.mention_id for m in mentions}) == len(mentions)


def test_extract_entities__one_person_of_several_mentions() -> None:
    text = "Le ministre Sergueï Ivanov a parlé. M. Ivanov a menti. Ivanov, dit Claire Durand."
    mentions = marked(text, ("Sergueï Ivanov", "PER"), ("Ivanov", "PER"), ("Ivanov", "PER"), ("Claire Durand", "PER"))
    assert [m.canonical_name for m in mentions] == ["Sergueï Ivanov"] * 3 + ["Claire Durand"]
    assert len({m.entity_id for m in mentions}) == 2
    assert [m.method for m in mentions] == [EntityMethod.MODEL] * 4


def test_extract_entities__the_id_does_not_depend_on_the_article() -> None:
    first = marked("Sergueï Ivanov parle.", ("Sergueï Ivanov", "PER"))
    second = marked("Sergei Ivanov et Kyiv.", ("Sergei Ivanov", "PER"), ("Kyiv", "LOC"))
    assert first[0].entity_id == second[0].entity_id == entity_id(EntityLabel.PER, "Sergueï Ivanov")
    assert second[1].entity_id == entity_id(EntityLabel.LOC, "Kiev")
    assert second[1].canonical_name == "Kiev"


def test_entity_id__differs_by_label() -> None:
    assert entity_id(EntityLabel.LOC, "Paris") != entity_id(EntityLabel.ORG, "Paris")


def test_extract_entities__an_acronym_takes_its_long_form() -> None:
    text = "Le Syndicat national des journalistes (SNJ) proteste, dit le SNJ."
    mentions = marked(text, ("Syndicat national des journalistes", "ORG"), ("SNJ", "ORG"), ("SNJ", "ORG"))
    assert {m.canonical_name for m in mentions} == {"Syndicat national des journalistes"}


def test_extract_entities__countries_and_roles_have_codes() -> None:
    text = "Le ministre ukrainien Oleg Ivanov est en Russie, à Washington et au gouvernement allemand."
    entities = [("Oleg Ivanov", "PER"), ("Russie", "LOC"), ("Washington", "LOC"), ("gouvernement allemand", "ORG")]
    mentions = marked(text, *entities)
    assert [m.country_code for m in mentions if m.label is not EntityLabel.PER] == ["RU", None, "DE"]


def test_extract_entities__quotation_title_and_sentence(nlp: Language) -> None:
    text = "Paris a répondu. « La Pologne est là », dit Berlin."
    mentions = extract_entities(article(text, title="La réponse de Paris"), annotate(nlp, text))
    places = {m.surface: m for m in mentions if m.label is EntityLabel.LOC}
    assert (places["Paris"].in_title, places["Paris"].in_quote, places["Paris"].sentence_index) == (True, False, 0)
    assert (places["Pologne"].in_title, places["Pologne"].in_quote, places["Pologne"].sentence_index) == (
        False,
        True,
        1,
    )


def test_extract_entities__a_quantity_never_overlaps_a_name_or_a_date() -> None:
    text = "Les Quinze Nations ont 30 mars et 12 chars."
    mentions = marked(text, ("Quinze Nations", "ORG"), ("30 mars", "DATE"))
    assert [(m.surface, m.method) for m in mentions][:2] == [
        ("Quinze Nations", EntityMethod.MODEL),
        ("30 mars", EntityMethod.MODEL),
    ]
    assert [m.surface[:2] for m in mentions if m.method is EntityMethod.RULE] == ["12"]


@pytest.mark.parametrize(
    ("text", "entities", "labels"),
    [
        ("Sergueï Choïgou part. Shoigu revient.", [("Sergueï Choïgou", "PER"), ("Shoigu", "LOC")], ["PER", "PER"]),
        ("M. Ivanov part.", [("Ivanov", "LOC")], ["PER"]),
        ("L'Otan part.", [("Otan", "LOC")], ["ORG"]),
        ("Il va avenue Kléber.", [("avenue Kléber", "PER")], ["LOC"]),
        ("Colonel Jean Ivanov part.", [("Colonel Jean Ivanov", "PER")], ["PER"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_labelled_spans__mends_what_the_article_contradicts(
    text: str, entities: list[tuple[str, str]], labels: list[str]
) -> None:
    tokens = tokens_of(text, marked_doc(text, entities))
    assert [span.label for span in labelled_spans(tokens)] == labels


def test_labelled_spans__times_of_day__are_no_names() -> None:
    text = "7h07 - 18 h 30 - 9h : à 08:15 , le groupe 24heures parle de 7h07."
    entities = [("7h07", "LOC"), ("18 h 30", "PER"), ("9h", "ORG"), ("08:15", "LOC"), ("24heures", "ORG")]
    tokens = tokens_of(text, marked_doc(text, entities))
    assert [(span.text(tokens), str(span.label)) for span in labelled_spans(tokens)] == [("24heures", "ORG")]


def test_labelled_spans__loose_ends__get_their_place_or_are_cut(nlp: Language) -> None:
    doc = annotate(nlp, "Le Parti libéral de Belgique répond. Le Comité des sages du village répond.")
    marks = [("Parti libéral de", "ORG"), ("Belgique", "LOC"), ("Comité des sages du", "ORG")]
    spans = []
    for words, label in marks:
        start = doc.text.index(words)
        spans.append(doc.char_span(start, start + len(words), label))
    doc.set_ents(spans)
    tokens = tokens_of(doc.text, doc)
    found = [(span.text(tokens), str(span.label)) for span in labelled_spans(tokens)]
    assert found == [("Parti libéral de Belgique", "ORG"), ("Comité des sages", "ORG")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Mot",
        "12 345 678 " * 300,
        "😀😎 🇫🇷" * 100,
        "הממשלה אמרה: «لا» " * 50,
        "e\u0301\u0302\u0303 Zelensky\u0301 \x00 \ufffd",
        "« " * 500,
        "M. " * 300,
        "Le président, " * 200,
        "\n \n\t\u00a0" * 50,
    ],
    ids=["empty", "word", "digits", "emoji", "rtl", "marks", "quotes", "civilities", "roles", "space"],
)
def test_extract_entities__garbage(nlp: Language, text: str) -> None:
    assert_sound(text, extract_entities(article(text), annotate(nlp, text)))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            [
                "M.",
                "Obama",
                "Michelle",
                "XNUMX",
                "3",
                "000",
                "Jr.",
                "«",
                "»",
                ",",
                "\n",
                "é",
                "😀",
                "de",
                "Kiev",
                "%",
                "deux",
                "président",
            ]
        ),
        max_size=30,
    )
)
def test_extract_entities__any_words(words: list[str]) -> None:
    text = " ".join(words)
    doc = spacy.blank("fr")(text)
    obama = [doc[i : i + 1] for i, token in enumerate(doc) if token.text == "Obama"]
    doc.ents = [Span(doc, span.start, span.end, "PER") for span in obama]
    assert_sound(text, extract_entities(article(text), doc))


def test_extract_entities__tens_of_thousands_of_names_take_linear_time() -> None:
    names = [f"Anna{chr(97 + i % 26)}{chr(97 + i // 26 % 26)} Martin{chr(97 + i // 676 % 26)}" for i in range(5_000)]
    doc = spacy.blank("fr").make_doc(" ".join(names))
    doc.ents = [Span(doc, i, i + 2, "PER") for i in range(0, len(doc) - 1, 2)]
    mentions = extract_entities(article(doc.text), doc)
    assert_sound(doc.text, mentions)
    assert len(mentions) == 5_000


@pytest.mark.skipif(not SEEDS.is_dir(), reason=f"the example texts are not at {SEEDS}")
def test_extract_entities__one_id_each_in_the_example_texts(nlp: Language) -> None:
    by_word: dict[str, set[str]] = {}
    words = (
        "Blinken",
        "Zelensky",
        "Zelenskyy",
        "Choïgou",
        "Shoigu",
        "Stoltenberg",
        "Stoltemberg",
        "OTAN",
        "Otan",
        "Nato",
    )
    people: dict[str, set[str]] = {}
    for path in sorted(SEEDS.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        mentions = extract_entities(article(text, version_id=path.stem), annotate(nlp, text))
        assert_sound(text, mentions)
        for mention in mentions:
            for word in words:
                if mention.surface.endswith(word):
                    by_word.setdefault(word, set()).add(mention.entity_id)
            if mention.label is EntityLabel.PER:
                people.setdefault(mention.entity_id, set()).add(mention.surface)
    assert len(by_word["Blinken"]) == 1
    assert len(by_word["Zelensky"] | by_word["Zelenskyy"]) == 1
    assert len(by_word["Choïgou"] | by_word["Shoigu"]) == 1
    assert len(by_word.get("Stoltenberg", set()) | by_word["Stoltemberg"]) == 1
    assert len(by_word["OTAN"] | by_word.get("Otan", set()) | by_word.get("Nato", set())) == 1
    assert people[entity_id(EntityLabel.PER, "Joe Biden")] <= {
        "Joe Biden",
        "Biden",
        "Joseph R. Biden",
        "Joseph R. Biden, Jr.",
    }
    assert people[entity_id(EntityLabel.PER, "Boris Johnson")] <= {"Boris Johnson", "Johnson"}
