"""Clean documents into articles, with a deadline and a size cap on each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeAlias

import apache_beam as beam
from apache_beam.pvalue import DoOutputsTuple, PCollection, TaggedOutput
from apache_beam.utils.windowed_value import WindowedValue

from schemas.article import Article
from schemas.document import RawDocument
from schemas.vocabulary import MediaType, Reason, Stage
from transforms.articles import clean, identified
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
    Beam contract: element-wise, windows and timestamps kept, deterministic, safe to retry, no network. A page comes out
    after the next one has come in, or with the end of its bundle.
    Rejected when: EMPTY, BINARY, UNDECODABLE, TOO_LARGE, NO_ARTICLE, TIMEOUT, CRASHED.
    Cost: 25 ms a page, in the child and beside other work; 2 ms a plain text; one child of 150 MB for each worker thread.
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


_Output: TypeAlias = WindowedValue | TaggedOutput[Literal["rejects"], WindowedValue]


class _CleanDocument(beam.DoFn):
    """Lets the guarded child work on one page while this process goes on with what comes after it.

    Leaves the child to the next pipeline in the process.
    """

    def __init__(self, deadline_secs: float, max_payload_bytes: int) -> None:
        super().__init__()
        self._deadline_secs = deadline_secs
        self._max_payload_bytes = max_payload_bytes
        self._guarded: GuardedCleaning | None = None
        self._in_child: WindowedValue | None = None

    def setup(self) -> None:
        self._guarded = borrow(self._deadline_secs)

    def start_bundle(self) -> None:
        self._forget()  # what a bundle that has failed has left

    # The window is asked for so that an element of several windows comes once for each. No hint of what is returned:
    # Beam would read it as the element, and it is one in its window.
    def process(self, raw: RawDocument, windowed=beam.DoFn.WindowedValueParam, _=beam.DoFn.WindowParam):  # type: ignore[no-untyped-def]
        if len(raw.payload) > self._max_payload_bytes:
            detail = f"{len(raw.payload)} bytes are above the cap of {self._max_payload_bytes}"
            yield _rejected(windowed, RejectedError(Reason.TOO_LARGE, detail))
        elif raw.media_type is MediaType.HTML and self._guarded is not None:
            yield from self._from_child()
            try:
                self._guarded.submit(raw)
            except RejectedError as error:
                yield _rejected(windowed, error)
            else:
                self._in_child = windowed
        else:
            yield _cleaned(windowed, partial(clean, raw))

    def finish_bundle(self) -> Iterator[_Output]:
        yield from self._from_child()

    def _from_child(self) -> Iterator[_Output]:
        windowed, self._in_child = self._in_child, None
        if windowed is not None and self._guarded is not None:
            guarded = self._guarded
            yield _cleaned(windowed, lambda: identified(guarded.result()))

    def _forget(self) -> None:
        if self._in_child is not None and self._guarded is not None:
            self._guarded.close()
        self._in_child = None

    def teardown(self) -> None:
        self._forget()
        if self._guarded is not None:
            give_back(self._guarded)
            self._guarded = None


def _cleaned(windowed: WindowedValue, article: Callable[[], Article]) -> _Output:
    try:
        made = article()
    except RejectedError as error:
        return _rejected(windowed, error)
    count(Counter.ARTICLES_CLEANED, made.source)
    return windowed.with_value(made)


def _rejected(windowed: WindowedValue, error: RejectedError) -> _Output:
    rejection = reject_document(windowed.value, Stage.CLEAN, error.reason, error.detail, retryable=error.retryable)
    return TaggedOutput(REJECTS, windowed.with_value(rejection))
