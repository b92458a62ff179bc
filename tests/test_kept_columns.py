"""The columns of an article are read once, do not hold the document, and stay behind where it is sent on."""

import gc
import weakref

import pytest
import spacy
from spacy.tokens import Doc
from support import article

from language import kept_columns
from language.analysis_text import analysis_text
from language.kept_columns import tokens_of
from language.token_columns import Columns, read_columns
from transforms.annotation import AnnotatedArticle, AnnotatedArticleCoder

TEXT = "Anne Morel l’a dit\u00a0: le port ferme."


def _doc(text: str) -> Doc:
    return spacy.blank("fr")(analysis_text(text))


def test_tokens_of__are_read_once_for_a_document(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counted(plain: str, doc: Doc) -> Columns:
        read.append(plain)
        return read_columns(plain, doc)

    monkeypatch.setattr(kept_columns, "read_columns", counted)
    doc = _doc(TEXT)
    first, again = tokens_of(TEXT, doc), tokens_of(TEXT, doc)
    assert first.lower == again.lower == [token.lower_ for token in doc]
    assert read == ["Anne Morel l'a dit : le port ferme."]


def test_tokens_of__another_document_has_its_own() -> None:
    assert tokens_of(TEXT, _doc(TEXT)).lower[:2] == ["anne", "morel"]
    assert tokens_of("Rien.", _doc("Rien.")).lower == ["rien", "."]


def test_tokens_of__do_not_keep_the_document_alive() -> None:
    doc = _doc(TEXT)
    tokens_of(TEXT, doc)
    alive = weakref.ref(doc)
    gc.disable()
    try:
        del doc
        assert alive() is None
    finally:
        gc.enable()


def test_tokens_of__are_not_sent_along_with_the_article() -> None:
    coder = AnnotatedArticleCoder()
    annotated = AnnotatedArticle(article(text=TEXT, language="fr"), _doc(TEXT))
    before = coder.encode(annotated)
    tokens_of(TEXT, annotated.doc)
    assert coder.encode(annotated) == before
    assert coder.decode(before).doc.user_data == {}
