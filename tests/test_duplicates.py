"""Copies of articles: found by their words, told from their originals by date, whatever the order of arrival."""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that, equal_to
from held_out_copies import FITTED, HELD_OUT
from held_out_copies import texts as generated_texts
from near_duplicates import texts
from support import article, local_pipeline

from schemas.partition import Partition
from schemas.tables import ARTICLES
from transforms.annotation import Annotate
from transforms.duplicates import MarkDuplicates, fingerprint, is_copy, originals
from transforms.fingerprints import content_hash, folded, minhash, simhash, word_count
from transforms.lake import write_batch
from transforms.sketches import sentence_sketches

MONDAY = datetime(2024, 3, 4, 6, 0, tzinfo=UTC)
WIRE = next(t.text for t in texts() if t.event == "barrage")
EDITED = next(t.text for t in texts() if t.event == "barrage" and t.edit == "paragraph added")


def story(name: str, text: str = WIRE, published: datetime | None = MONDAY, **values):
    words = folded(text)
    defaults = {
        "article_id": name,
        "version_id": f"{name}-1",
        "published_at": published,
        "date": (published or MONDAY).date(),
        "word_count": word_count(text),
        "content_hash": content_hash(words),
        "simhash": simhash(words),
        "minhash": minhash(words),
        "sentence_sketches": sentence_sketches(text),
    }
    return article(text, **(defaults | values))


def copied(*stories, others=(), days=3) -> list[str | None]:
    return originals(map(fingerprint, stories), map(fingerprint, others), days)


def test_is_copy__on_wire_copy__is_precise_and_complete():
    known = [(t, fingerprint(story(f"{n}", t.text))) for n, t in enumerate(texts())]
    found = wanted = right = 0
    for (first, a), (second, b) in combinations(known, 2):
        copies = (first.event, first.story) == (second.event, second.story)
        alike = is_copy(a, b)
        found += alike
        wanted += copies
        right += alike and copies
    assert (wanted, len(known)) == (270, 66)
    assert right / found >= 0.98
    assert right / wanted >= 0.95


@pytest.mark.parametrize(
    ("domains", "stories", "copies"), [(FITTED, 30, 330), (HELD_OUT, 60, 660)], ids=["fitted", "held out"]
)
def test_originals__of_generated_copies__are_precise_and_complete(domains, stories, copies):
    made = generated_texts(domains)
    assert [sum(t.kind == "story" for t in made), sum(t.copy_of is not None for t in made)] == [stories, copies]
    found = copied(*(story(t.name, t.text, MONDAY + timedelta(minutes=n)) for n, t in enumerate(made)))
    marked = [(t, original) for t, original in zip(made, found, strict=True) if original is not None]
    story_of = {t.name: t.copy_of or t.name for t in made}
    right = sum(t.copy_of == story_of[original] for t, original in marked)
    assert right / len(marked) >= 0.98
    assert right / copies >= 0.95


def test_originals__every_edited_copy__names_the_wire():
    stories = [
        story(f"{t.event} {n:02} {t.story}", t.text, MONDAY + timedelta(minutes=n)) for n, t in enumerate(texts())
    ]
    wires = {s.article_id.split()[0]: s.article_id for s in reversed(stories) if s.article_id.endswith("wire")}
    expected = [
        wires[s.article_id.split()[0]] if s.article_id.endswith("wire") and s.article_id not in wires.values() else None
        for s in stories
    ]
    assert expected.count(None) == 12
    assert copied(*stories) == expected


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (story("b", published=MONDAY + timedelta(days=3)), "a"),
        (story("b", published=MONDAY + timedelta(days=4)), None),
        (story("b", published=MONDAY - timedelta(hours=1)), None),
        (story("b"), "a"),
        (story("B"), None),
        (story("b", published=None), "a"),
        (story("b", EDITED, MONDAY + timedelta(hours=1)), "a"),
        (story("a", EDITED, MONDAY + timedelta(hours=1), version_id="a-2"), None),
        (story("b", WIRE.upper().replace(",", "")), "a"),
        (story("b", "Avis 12. " * 10), None),
    ],
    ids=[
        "within the days", "after them", "earlier", "same time, later id", "same time, earlier id", "undated",
        "edited", "a correction", "other case and marks", "other text",
    ],
)  # fmt: skip
def test_originals__of_a_second_story(second, expected):
    first = story("a")
    assert copied(second, others=[first]) == [expected]
    assert copied(first, second)[1] == expected
    assert copied(second, first)[0] == expected


def test_originals__a_correction_after_its_copy__is_no_copy_of_it():
    first, copy = story("a"), story("b", published=MONDAY + timedelta(hours=1))
    correction = story("a", EDITED, MONDAY + timedelta(hours=2), version_id="a-2")
    assert copied(first, copy, correction) == [None, "a", None]


def test_originals__of_a_correction__do_not_look_farther_back_than_the_days():
    first = story("a", published=MONDAY - timedelta(days=9))
    copy, correction = story("b"), story("a", EDITED, MONDAY + timedelta(hours=1), version_id="a-2")
    assert copied(first, copy, correction) == [None, None, "b"]
    assert copied(copy, correction) == [None, "b"]


def test_originals__short_notices__are_copies_only_word_for_word():
    notices = [story(f"n{n}", f"Avis {n} : le port de Saint-Elme rouvre lundi matin à six heures.") for n in (1, 2)]
    again = story("n3", "AVIS 1 : le port de Saint-Elme rouvre lundi matin à six heures !")
    assert copied(*notices, again) == [None, None, "n1"]


def test_originals__three_copies__all_name_the_earliest():
    stories = [story(name, published=MONDAY + timedelta(days=n)) for n, name in enumerate("cab")]
    assert copied(*stories) == [None, "c", "c"]


def marked(lake, stories, days=3):
    with local_pipeline() as pipeline:
        found = pipeline | beam.Create(stories) | MarkDuplicates(str(lake), days)
        pairs = found | beam.Map(lambda s: (s.version_id, s.duplicate_of))
        yield pairs


def test_mark_duplicates__compares_with_the_lake_and_within_the_run(tmp_path):
    old = story("a", date=date(2024, 3, 3), published=MONDAY - timedelta(days=1), source="autre.example")
    write_batch(str(tmp_path), Partition(old.date, old.source), ARTICLES, "part-x.parquet", [old])
    other = next(t.text for t in texts() if t.event == "usine")
    stories = [story("b"), story("c", other), story("d", other, MONDAY + timedelta(days=3)), story("e", "Autre chose.")]
    for days, expected in (
        (3, [("b-1", "a"), ("c-1", None), ("d-1", "c"), ("e-1", None)]),
        (1, [("b-1", "a"), ("c-1", None), ("d-1", None), ("e-1", None)]),
    ):
        for pairs in marked(tmp_path, stories, days):
            assert_that(pairs, equal_to(expected))


def test_mark_duplicates__in_any_order__marks_the_same(tmp_path):
    stories = [story(f"{n}", t.text, MONDAY + timedelta(hours=n)) for n, t in enumerate(texts())]
    expected = [(s.version_id, original) for s, original in zip(stories, copied(*stories), strict=True)]
    random.Random("ordre").shuffle(stories)
    for pairs in marked(tmp_path, stories):
        assert_that(pairs, equal_to(expected))


def test_mark_duplicates__no_days__is_refused():
    with pytest.raises(ValueError, match="days must be 1 or more, not 0"):
        MarkDuplicates("out", 0)


def test_annotate__a_copy__passes_without_annotation():
    copy = story("b", duplicate_of="a")
    with local_pipeline() as pipeline:
        found = pipeline | beam.Create([copy]) | Annotate({})
        assert_that(
            found | beam.Map(lambda a: (a.doc, a.article.quality_flags, a.article.nlp_model)),
            equal_to([(None, (), None)]),
        )
