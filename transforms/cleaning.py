"""Clean documents into articles, with a deadline and a size cap on each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import apache_beam as beam
from apache_beam.pvalue import DoOutputsTuple, PCollection, TaggedOutput

from schemas.article import Article
from schemas.document import RawDocument
from schemas.rejection import Rejection
from schemas.vocabulary import MediaType, Reason, Stage
from transforms.articles import clean
from transforms.guard import GuardedCleaning, borrow, give_back
from transforms.metrics import Counter, count
from transforms.rejects import REJECTS, RejectedError, reject_document

__all__ = ["Clean", "clean"]

DEADLINE_SECS = 30.0
"""A normal page takes 0.1 s, the slowest known real one 2 s; the rest is for slow and busy machines."""
MAX_PAYLOAD_BYTES = 20_000_000
"""The largest news pages have 8 MB; trafilatura's own cap is the same as this."""


@dataclass
class Clean(beam.PTransform[PCollection[RawDocument], DoOutputsTuple]):
    """Turn documents into articles.

    Input: PCollection[RawDocument], bounded or not.
    Output: main, PCollection[Article]; `REJECTS`, PCollection[Rejection] of stage CLEAN.
    Beam contract: element-wise, windows and timestamps kept, deterministic, safe to retry, no network.
    Rejected when: EMPTY, BINARY, UNDECODABLE, TOO_LARGE, NO_ARTICLE, TIMEOUT, CRASHED.
    Cost: 50 to 100 ms a page, 5 ms a plain text; one child process of 150 MB for each worker thread.
    Metrics: ARTICLES_CLEANED by source.

    Args:
        deadline_secs: a page that takes longer is stopped and rejected with TIMEOUT.
        max_payload_bytes: a larger document is rejected with TOO_LARGE, unread.

    Raises:
        ValueError: a deadline or a size that is not above zero.

    >>> cleaned = documents | Clean(deadline_secs=10)  # doctest: +SKIP
    >>> cleaned.articles, cleaned.rejects  # doctest: +SKIP
    >>> Clean(deadline_secs=10).max_payload_bytes
    20000000
    """

    deadline_secs: float = DEADLINE_SECS
    max_payload_bytes: int = MAX_PAYLOAD_BYTES

    def __post_init__(self) -> None:
        if self.deadline_secs <= 0:
            raise ValueError(f"deadline_secs is {self.deadline_secs}: give a time above zero")
        if self.max_payload_bytes <= 0:
            raise ValueError(f"max_payload_bytes is {self.max_payload_bytes}: give a size above zero")

    def expand(self, documents: PCollection[RawDocument]) -> DoOutputsTuple:
        """Apply the transform."""
        outputs: DoOutputsTuple = documents | "CleanGuarded" >> beam.ParDo(
            _CleanDocument(self.deadline_secs, self.max_payload_bytes)
        ).with_outputs(REJECTS, main="articles")
        return outputs


class _CleanDocument(beam.DoFn):
    """Holds the guarded child, and leaves it to the next pipeline in the process."""

    def __init__(self, deadline_secs: float, max_payload_bytes: int) -> None:
        self._deadline_secs = deadline_secs
        self._max_payload_bytes = max_payload_bytes
        self._guarded: GuardedCleaning | None = None

    def setup(self) -> None:
        self._guarded = borrow(self._deadline_secs)

    def process(self, raw: RawDocument) -> Iterator[Article | TaggedOutput[Literal["rejects"], Rejection]]:
        try:
            article = self._clean(raw)
        except RejectedError as error:
            rejection = reject_document(raw, Stage.CLEAN, error.reason, error.detail, retryable=error.retryable)
            yield TaggedOutput(REJECTS, rejection)
            return
        count(Counter.ARTICLES_CLEANED, article.source)
        yield article

    def _clean(self, raw: RawDocument) -> Article:
        if len(raw.payload) > self._max_payload_bytes:
            detail = f"{len(raw.payload)} bytes are above the cap of {self._max_payload_bytes}"
            raise RejectedError(Reason.TOO_LARGE, detail)
        if raw.media_type is MediaType.HTML and self._guarded is not None:
            return self._guarded.clean(raw)
        return clean(raw)

    def teardown(self) -> None:
        if self._guarded is not None:
            give_back(self._guarded)
            self._guarded = None
