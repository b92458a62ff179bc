"""The tokens of an article as lists, read once: entities and claims ask for the same."""

from spacy.tokens import Doc

from language.analysis_text import analysis_text
from language.token_columns import Columns, TokenColumns, read_columns

_KEPT = "columns"
"""Key in the Doc's own storage."""


def columns_of(text: str, doc: Doc) -> Columns:
    """The columns of `doc`, the annotation of the article's text, kept with it."""
    if _KEPT not in doc.user_data:
        doc.user_data[_KEPT] = read_columns(analysis_text(text), doc)
    kept: Columns = doc.user_data[_KEPT]
    return kept


def tokens_of(text: str, doc: Doc) -> TokenColumns:
    """The tokens of `doc`, the annotation of the article's text."""
    return TokenColumns(doc, columns_of(text, doc))
