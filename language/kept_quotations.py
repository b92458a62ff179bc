"""The quotations of an article, found once: entities and claims ask for the same."""

from spacy.tokens import Doc

from language.quotation_marks import Quotation, find_quotations

_KEPT = "quotations"
"""Key in the Doc's own storage."""


def quotations_of(text: str, doc: Doc) -> list[Quotation]:
    """What `find_quotations` finds in the article's text, kept with `doc`, its annotation."""
    if _KEPT not in doc.user_data:
        doc.user_data[_KEPT] = find_quotations(text)
    found: list[Quotation] = doc.user_data[_KEPT]
    return found
