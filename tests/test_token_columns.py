"""The columns say of each token what spaCy says of it."""

import pytest
import spacy
from spacy.language import Language

from language import token_columns
from language.kept_columns import tokens_of
from language.pipelines import annotate, load_pipeline
from language.token_columns import TokenColumns, read_columns

TEXT = (
    "«\u202fNous n’avons rien signé\u202f», a-t-il répété mardi 4 mars.\n\nAnne Morel, la maire de Lens, craint que les "
    "ports ne ferment ; selon l'agence Presstel, trente bateaux attendent déjà. En réponse, les élus ont crié : “Assez !”"
)


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_pipeline("fr")


def _columns(nlp: Language, text: str) -> TokenColumns:
    return tokens_of(text, annotate(nlp, text))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TEXT, id="news"),
        pytest.param("", id="empty"),
        pytest.param("ΟΔΟΣ. ΣΑΣ, dit Anne Morel de ΠΑΣ-Presse.", id="final-sigma"),
        pytest.param("La ville d'İzmir, dit le maire, attend.", id="lower-case-is-longer"),
    ],
)
def test_token_columns__are_those_of_spacy(nlp: Language, text: str) -> None:
    columns = _columns(nlp, text)
    tokens = list(columns.doc)
    assert columns.lower == [t.lower_ for t in tokens]
    assert columns.starts == [t.idx for t in tokens]
    assert columns.ends == [t.idx + len(t) for t in tokens]
    assert columns.pos == [t.pos_ for t in tokens]
    assert columns.dep == [t.dep_ for t in tokens]
    assert columns.head == [t.head.i for t in tokens]
    assert columns.ent_type == [t.ent_type_ for t in tokens]
    assert columns.ent_iob == [t.ent_iob_ for t in tokens]
    for token in tokens:
        index = token.i
        assert list(columns.children(index)) == [child.i for child in token.children]
        assert columns.left_edge(index) == token.left_edge.i
        assert columns.right_edge(index) == token.right_edge.i
        assert columns.text_of(index) == token.text
        assert columns.lemma(index) == token.lemma_
        assert columns.is_space(index) == token.is_space
        assert columns.is_plural(index) == ("Plur" in token.morph.get("Number"))
        assert columns.gender_of(index) == next(iter(token.morph.get("Gender")), None)
        verb = token.pos_ in ("VERB", "AUX")
        assert columns.is_finite(index) == (verb and "Fin" in token.morph.get("VerbForm"))
        assert columns.is_infinitive(index) == (verb and "Inf" in token.morph.get("VerbForm"))
    assert list(columns.entities()) == [(e.start, e.end, e.label_) for e in columns.doc.ents]
    assert columns.parsed_sentence_starts() == ([s.start_char for s in columns.doc.sents] or [0])


def test_features__several_values__are_each_a_feature(nlp: Language) -> None:
    columns = _columns(nlp, "Presstel attend.")
    columns.doc[0].set_morph("Gender=Fem,Masc|Number=Sing")
    again = TokenColumns(columns.doc, read_columns(columns.plain, columns.doc))
    assert again.features(0) == {"Gender=Fem", "Gender=Masc", "Number=Sing"}
    assert again.gender_of(0) == "Fem"


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("ports", True, id="word"),
        pytest.param("%", False, id="sign"),
        pytest.param("-il", True, id="letters-behind-a-hyphen"),
        pytest.param("…", False, id="dots"),
    ],
)
def test_is_word__needs_a_letter_or_digit(nlp: Language, word: str, expected: bool) -> None:
    columns = tokens_of(word, nlp.make_doc(word))
    assert columns.lower == [word]
    assert columns.is_word(0) == expected


def test_positions__are_in_order(nlp: Language) -> None:
    columns = _columns(nlp, "Le port attend, le maire attend.")
    assert columns.positions({"attend", "maire"}) == [2, 5, 6]


def test_read_columns__more_words_than_are_kept__are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_columns, "_MAX_WORDS", 3)
    text = "Anne Morel part du port de Lens et Paul Petit reste au port"
    doc = spacy.blank("fr")(text)
    assert read_columns(text, doc).lower == text.lower().split()
    assert len(token_columns._names_of(doc.vocab.strings)[0]) <= 3


def test_has_finite__only_between_the_tokens(nlp: Language) -> None:
    columns = _columns(nlp, "Le maire attend demain.")
    verb = columns.lower.index("attend")
    assert columns.has_finite(0, verb + 1)
    assert not columns.has_finite(0, verb)
    assert not columns.has_finite(verb + 1, len(columns.lower))


def test_is_mark__punctuation_only(nlp: Language) -> None:
    columns = _columns(nlp, "« 5 % », dit-il…")
    assert [word for i, word in enumerate(columns.lower) if columns.is_mark(i)] == [
        t.text for t in columns.doc if t.is_punct
    ]
    assert not any(columns.is_mark(columns.lower.index(word)) for word in ("5", "dit"))
