"""The quotations of an article are found once and are those of its text."""

import pytest
import spacy

from language import kept_quotations
from language.kept_quotations import quotations_of
from language.quotation_marks import Quotation, find_quotations

TEXT = "« Nous partons », dit Anne Morel. Elle ajoute : « Rien n'est signé »."


def test_quotations_of__are_found_once_for_a_document(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counted(text: str) -> list[Quotation]:
        read.append(text)
        return find_quotations(text)

    monkeypatch.setattr(kept_quotations, "find_quotations", counted)
    doc = spacy.blank("fr")(TEXT)
    first, again = quotations_of(TEXT, doc), quotations_of(TEXT, doc)
    assert [TEXT[q.start : q.end] for q in first] == ["Nous partons", "Rien n'est signé"]
    assert first == again == find_quotations(TEXT)
    assert read == [TEXT]


def test_quotations_of__another_document_has_its_own() -> None:
    nlp = spacy.blank("fr")
    other = "« Assez ! »"
    assert quotations_of(TEXT, nlp(TEXT)) != quotations_of(other, nlp(other))
