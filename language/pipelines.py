"""Load a language pipeline and annotate a text with it.

French ships with the project (`fr_depeche`); other languages use any installed spaCy pipeline by its name.
"""

from functools import lru_cache

import numpy as np
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import use_ops

from language.analysis_text import analysis_text, paragraph_chunks
from language.compounds import short_compounds
from language.encoder import speed_up_encoders
from language.joined_docs import joined
from language.lemmatizer import speed_up_lemmatizer
from language.ner_consistency import apply as make_names_consistent
from language.shipped import SHIPPED
from language.tokenizer import keep_elisions, speed_up_tokenizer


class PipelineNotFoundError(LookupError):
    """The named spaCy pipeline is not installed, or it is one of another language."""


def load_pipeline(language: str, name: str | None = None) -> Language:
    """The spaCy pipeline for `language` (ISO 639-1), the shipped one unless `name` says otherwise.

    Args:
        name: an installed package or a folder, as `spacy.load` takes it.

    Raises:
        PipelineNotFoundError: with the name and how to install it.
    """
    target = name or SHIPPED.get(language)
    if target is None:
        raise PipelineNotFoundError(
            f"no pipeline ships for {language!r}: name an installed one with --nlp-model {language}=NAME"
        )
    try:
        # Matrices by numpy's OpenBLAS: see docs/performance.md.
        with use_ops("numpy", use_blis=False), short_compounds():
            nlp = spacy.load(target)
    except (OSError, ValueError) as error:
        raise PipelineNotFoundError(
            f"cannot load the spaCy pipeline {str(target)!r} for {language!r}: {error}. "
            f"Install it (pip install {target}) or name another with --nlp-model {language}=NAME"
        ) from error
    if nlp.lang != language:
        raise PipelineNotFoundError(f"the spaCy pipeline {str(target)!r} is for {nlp.lang!r}, not for {language!r}")
    keep_elisions(nlp)
    speed_up_tokenizer(nlp)
    speed_up_lemmatizer(nlp)
    return speed_up_encoders(nlp)


@lru_cache(maxsize=16)  # spaCy makes `meta` anew each time it is asked for, with the labels of all components
def pipeline_name(nlp: Language) -> str:
    """Name and version for the tables, e.g. ``fr_depeche-0.1.0``."""
    return f"{nlp.meta['lang']}_{nlp.meta['name']}-{nlp.meta['version']}"


def annotate(nlp: Language, text: str) -> Doc:
    """Tag, parse and recognise `text`; token offsets are offsets into `text`.

    The text is read paragraph by paragraph (see `paragraph_chunks`): a headline without a full stop cannot
    run into the next line, and memory is bounded by the longest paragraph. The Doc's own text is
    `analysis_text(text)`: take surfaces from the article's text, not from the Doc.
    """
    paragraphs = [_prepare(nlp, chunk) for chunk in paragraph_chunks(analysis_text(text))]
    if not paragraphs:
        return nlp.make_doc("")
    doc = joined(list(nlp.pipe(paragraphs)))
    make_names_consistent(doc)
    return doc


def _prepare(nlp: Language, chunk: str) -> Doc:
    """Tokenise, and forbid a sentence to start with white space or a closing mark ("… fin. »")."""
    doc = nlp.make_doc(chunk)
    words = doc.to_array(["ORTH", "IS_SPACE"])
    for place in np.flatnonzero((words[:, 1] == 1) | (words[:, 0] == nlp.vocab.strings["»"])).tolist():
        if place:
            doc[place].is_sent_start = False
    return doc
