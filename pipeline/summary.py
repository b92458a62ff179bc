"""What a run did: the books by source, and whether they balance."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from apache_beam.metrics.metric import MetricsFilter
from apache_beam.runners.runner import PipelineResult

from pipeline.text_table import text_table
from transforms.metrics import NAMESPACE, Counter

Counts = Mapping[Counter, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class SourceBook:
    """The articles of one source: those cleaned must be written or already known, and nothing else."""

    source: str
    cleaned: int
    written: int
    known: int
    rejects: int
    set_aside: int = 0
    """Documents, and entries of feeds, that were known before they were made into articles."""

    @property
    def missing(self) -> int:
        """Articles that were cleaned and then lost (or, below zero, doubled)."""
        return self.cleaned - self.written - self.known


@dataclass(frozen=True, slots=True)
class Summary:
    """The books of a run. `seconds` is wall-clock time, start-up included.

    `feeds_polled`, `feeds_unchanged` and `feeds_failed` are of a run over feeds.
    """

    read: int
    books: tuple[SourceBook, ...]
    entities: int
    claims: int
    duplicates: int
    reasons: Mapping[str, int]
    seconds: float
    feeds_polled: int = 0
    feeds_unchanged: int = 0
    feeds_failed: int = 0

    @property
    def written(self) -> int:
        return sum(book.written for book in self.books)

    @property
    def known(self) -> int:
        return sum(book.known + book.set_aside for book in self.books)

    @property
    def rejects(self) -> int:
        return sum(book.rejects for book in self.books)

    @property
    def imbalances(self) -> tuple[str, ...]:
        """Each violated sum in words; empty when nothing was lost or doubled (conservation)."""
        found = [
            f"{book.source}: {book.cleaned} cleaned, but {book.written} written and {book.known} already known"
            for book in self.books
            if book.missing
        ]
        outcomes = sum(book.cleaned + book.rejects + book.set_aside for book in self.books)
        if self.read != outcomes:
            found.append(f"{self.read} documents read, but {outcomes} cleaned or rejected")
        return tuple(found)


def read_counts(result: PipelineResult) -> dict[Counter, dict[str, int]]:
    """All counters of a finished run: `{what: {key: number}}`, with "" for those without a key."""
    counts: dict[Counter, dict[str, int]] = {what: {} for what in Counter}
    for metric in result.metrics().query(MetricsFilter().with_namespace(NAMESPACE))["counters"]:
        what, _, key = metric.key.metric.name.partition(":")
        by_key = counts[Counter(what)]
        by_key[key] = by_key.get(key, 0) + (metric.result or 0)
    return counts


def summarise(counts: Counts, seconds: float) -> Summary:
    """The books from a run's counters."""
    by_source = (
        Counter.ARTICLES_CLEANED,
        Counter.ARTICLES_WRITTEN,
        Counter.ALREADY_KNOWN,
        Counter.REJECTS,
        Counter.ENTRIES_KNOWN,
    )
    sources = sorted({source for what in (*by_source, Counter.DOCUMENTS_KNOWN) for source in counts[what]})
    known = counts[Counter.DOCUMENTS_KNOWN]
    books = (SourceBook(source, *(counts[what].get(source, 0) for what in by_source)) for source in sources)
    return Summary(
        read=counts[Counter.DOCUMENTS_READ].get("", 0),
        books=tuple(replace(book, set_aside=book.set_aside + known.get(book.source, 0)) for book in books),
        entities=counts[Counter.ENTITIES_WRITTEN].get("", 0),
        claims=counts[Counter.CLAIMS_WRITTEN].get("", 0),
        duplicates=sum(counts[Counter.DUPLICATES].values()),
        reasons=dict(sorted(counts[Counter.REJECTS_BY_REASON].items())),
        seconds=seconds,
        feeds_polled=counts[Counter.FEEDS_POLLED].get("", 0),
        feeds_unchanged=counts[Counter.FEEDS_UNCHANGED].get("", 0),
        feeds_failed=counts[Counter.FEEDS_FAILED].get("", 0),
    )


def report(summary: Summary, output: str) -> str:
    """The summary as text for a terminal."""
    rows: list[tuple[object, ...]] = [
        (book.source, book.written, book.known + book.set_aside, book.rejects) for book in summary.books
    ]
    rows.append(("total", summary.written, summary.known, summary.rejects))
    lines = [text_table(("source", "articles", "known", "rejects"), rows, total=True)]
    if summary.reasons:
        lines += ["", "rejects by reason: " + ", ".join(f"{reason} {n}" for reason, n in summary.reasons.items())]
    if summary.feeds_polled:
        failed = f" (see: python -m pipeline feeds status --lake {output})" if summary.feeds_failed else ""
        feeds = f"{summary.feeds_polled} feeds polled, {summary.feeds_unchanged} unchanged"
        lines += ["", f"{feeds}, {summary.feeds_failed} failed{failed}"]
    if summary.duplicates:
        lines += ["", _duplicates_line(summary.duplicates)]
    speed = summary.written / summary.seconds if summary.seconds else 0.0
    lines += [
        "",
        f"read {summary.read} = articles {summary.written} + known {summary.known} + rejects {summary.rejects}",
        f"wrote {summary.entities} entities and {summary.claims} claims to {output} "
        f"in {summary.seconds:.1f} s ({speed:.1f} articles/s)",
    ]
    return "\n".join(lines)


def _duplicates_line(duplicates: int) -> str:
    if duplicates == 1:
        return "1 article copies an earlier one (duplicate_of) and was not annotated"
    return f"{duplicates} articles copy an earlier one (duplicate_of) and were not annotated"
