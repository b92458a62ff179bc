"""The books of a run, and the line that shows its progress."""

import io
from pathlib import Path

import pytest

from pipeline.progress import ProgressLine, progress_text, tick
from pipeline.summary import SourceBook, report, summarise
from transforms.metrics import Counter


def counts(**values):
    return {what: {} for what in Counter} | {Counter(k): v for k, v in values.items()}


BALANCED = counts(
    documents_read={"": 7},
    articles_cleaned={"a.example": 3, "b.example": 2},
    articles_written={"a.example": 3, "b.example": 1},
    already_known={"b.example": 1},
    rejects={"unknown": 2},
    rejects_by_reason={"empty": 1, "binary": 1},
    entities_written={"": 40},
    claims_written={"": 9},
)


def test_summarise__books_by_source():
    summary = summarise(BALANCED, seconds=2.0)
    assert summary.books == (
        SourceBook("a.example", 3, 3, 0, 0),
        SourceBook("b.example", 2, 1, 1, 0),
        SourceBook("unknown", 0, 0, 0, 2),
    )
    assert (summary.read, summary.written, summary.known, summary.rejects) == (7, 4, 1, 2)
    assert summary.imbalances == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"articles_written": {"a.example": 2, "b.example": 1}},
            "a.example: 3 cleaned, but 2 written and 0 already known",
        ),
        (
            {"articles_written": {"a.example": 4, "b.example": 1}},
            "a.example: 3 cleaned, but 4 written and 0 already known",
        ),
        ({"documents_read": {"": 8}}, "8 documents read, but 7 cleaned or rejected"),
    ],
    ids=["lost", "doubled", "lost before cleaning"],
)
def test_summarise__a_violated_sum__is_named(change, message):
    assert summarise(
        BALANCED | counts(**change) | {k: v for k, v in BALANCED.items() if k not in change}, 1.0
    ).imbalances == (message,)


def test_report__shows_books_reasons_and_the_sum():
    assert report(summarise(BALANCED, seconds=2.0), "out") == "\n".join(
        [
            "source     articles  known  rejects",
            "---------  --------  -----  -------",
            "a.example         3      0        0",
            "b.example         1      1        0",
            "unknown           0      0        2",
            "---------  --------  -----  -------",
            "total             4      1        2",
            "",
            "rejects by reason: binary 1, empty 1",
            "",
            "read 7 = articles 4 + known 1 + rejects 2",
            "wrote 40 entities and 9 claims to out in 2.0 s (2.0 articles/s)",
        ]
    )


@pytest.mark.parametrize(
    ("duplicates", "line"),
    [
        (1, "1 article copies an earlier one (duplicate_of) and was not annotated"),
        (2, "2 articles copy an earlier one (duplicate_of) and were not annotated"),
    ],
)
def test_report__counts_duplicates_in_words(duplicates, line):
    summary = summarise(BALANCED | {Counter.DUPLICATES: {"a.example": duplicates}}, seconds=2.0)
    assert line in report(summary, "out").splitlines()


def test_report__of_feeds__says_how_they_were():
    feeds = counts(feeds_polled={"": 5}, feeds_unchanged={"": 3}, feeds_failed={"": 1}, documents_read={"": 4})
    summary = summarise(feeds | {Counter.ENTRIES_KNOWN: {"a.example": 4}}, seconds=2.0)
    assert (summary.known, summary.imbalances) == (4, ())
    assert (
        "5 feeds polled, 3 unchanged, 1 failed (see: python -m pipeline feeds status --lake out)"
        in report(summary, "out").splitlines()
    )


def test_tick__adds_a_byte_and_passes_the_element_on(tmp_path):
    path = str(tmp_path / "ticks")
    assert [tick(element, path) for element in ("a", "b")] == ["a", "b"]
    assert Path(path).stat().st_size == 2


def test_progress_text():
    assert progress_text(30, 12.0) == "30 articles annotated, 2.5/s, 12 s"


def test_progress_line__is_silent_where_nobody_watches(tmp_path):
    stream = io.StringIO()
    with ProgressLine(tmp_path / "ticks", stream):
        pass
    assert stream.getvalue() == ""
