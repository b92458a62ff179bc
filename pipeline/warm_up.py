"""Load what articles need on their way through a worker, before the first of them is there."""

import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

from schemas.document import RawDocument
from schemas.vocabulary import MediaType
from transforms.annotation import annotate_article, language_pipelines
from transforms.articles import clean
from transforms.claims import article_claims
from transforms.language_identification import identifier

_SWITCH_SECS = 1e-5
_TEXT = (
    "Le pont de Valmorin ferme lundi pour trois mois, a annoncé la mairie. « Il n'est plus sûr », affirme Anne Duval."
)


def warm_up(models: Mapping[str, str | None]) -> object:
    """Take a text along the way of an article: the language models and the lists of words are loaded by their first use.

    Args:
        models: spaCy pipeline by language, None for the one that ships; none at all if nothing is to be annotated.

    Returns:
        What is to be held for as long as it is to stay loaded.

    Raises:
        language.pipelines.PipelineNotFoundError: when a pipeline cannot be loaded.
    """
    with _fair_lock(), ThreadPoolExecutor(max_workers=1) as beside:  # unpacking does not hold Python's lock
        loaded = beside.submit(identifier)
        pipelines = language_pipelines(models)
        loaded.result()
    text = RawDocument("warm-up.txt", MediaType.PLAIN_TEXT, _TEXT.encode(), datetime(2020, 1, 1, tzinfo=UTC))
    list(article_claims(annotate_article(clean(text), pipelines)))
    return pipelines


@contextmanager
def _fair_lock() -> Iterator[None]:
    """Let a thread that wants Python's lock have it soon.

    The identifier is unpacked in 700 pieces, after each of which its thread needs the lock for a moment and would wait for
    it as long as other threads may keep it: 5 ms (`sys.setswitchinterval`).
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_SECS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
