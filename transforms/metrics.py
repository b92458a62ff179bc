"""The fixed vocabulary of counters. Each is kept in all and, where it has one, per source."""

from enum import StrEnum
from functools import cache

from apache_beam.metrics import Metrics

NAMESPACE = "depeche"


class Counter(StrEnum):
    """What is counted. A bundle that is retried counts once (Beam commits metrics with the bundle)."""

    DOCUMENTS_READ = "documents_read"
    ARTICLES_CLEANED = "articles_cleaned"
    ALREADY_KNOWN = "already_known"
    DOCUMENTS_KNOWN = "documents_known"
    DUPLICATES = "duplicates"
    ARTICLES_WRITTEN = "articles_written"
    ENTITIES_WRITTEN = "entities_written"
    CLAIMS_WRITTEN = "claims_written"
    REJECTS = "rejects"
    REJECTS_BY_REASON = "rejects_by_reason"
    RECORDS_SKIPPED = "records_skipped"
    ENTRIES_KNOWN = "entries_known"
    FEEDS_POLLED = "feeds_polled"
    FEEDS_UNCHANGED = "feeds_unchanged"
    FEEDS_FAILED = "feeds_failed"
    PAGES_FETCHED = "pages_fetched"
    PAGES_FAILED = "pages_failed"


@cache
def _counter(name: str) -> Metrics.DelegatingCounter:
    return Metrics.counter(NAMESPACE, name)


def count(what: Counter, key: str = "", number: int = 1) -> None:
    """Add `number` to a counter; `key` is a source slug or a reason."""
    _counter(f"{what}:{key}" if key else what).inc(number)


def measure(what: str, value: int) -> None:
    """Add `value` to the distribution of that name."""
    _distribution(what).update(value)


@cache
def _distribution(name: str) -> Metrics.DelegatingDistribution:
    return Metrics.distribution(NAMESPACE, name)
