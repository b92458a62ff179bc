"""What is remembered of feeds, over days and months."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.feed_poll import FeedPoll
from schemas.partition import Partition
from schemas.tables import FEED_POLLS
from transforms import feed_memory
from transforms.feed_memory import FeedMemory
from transforms.lake import write_batch

FIRST = datetime(2024, 3, 5, 23, 59, tzinfo=UTC)
FEED = "https://quais.example/fil"


class Clock:
    now = FIRST


@pytest.fixture
def lake(tmp_path):
    Clock.now = FIRST
    return str(tmp_path)


def write(lake: str, polled_at: datetime) -> None:
    poll = FeedPoll(FEED, "quais.example", polled_at.date(), polled_at, 200, 1, 1, None, 0)
    write_batch(lake, Partition(poll.date, poll.source), FEED_POLLS, f"part-{polled_at:%d%H%M}.parquet", [poll])


def last(memory: FeedMemory) -> datetime:
    return memory.last_polls()[FEED].polled_at


@pytest.mark.parametrize("later", [timedelta(minutes=2), timedelta(days=8), timedelta(days=60)], ids=str)
def test_last_polls__written_by_another_process_later__are_seen(lake, later):
    write(lake, FIRST)
    memory = FeedMemory(lake, lambda: Clock.now)
    assert last(memory) == FIRST
    write(lake, FIRST + later)
    Clock.now = FIRST + later
    assert last(memory) == FIRST + later


def test_last_polls__again__only_days_are_listed_that_can_have_new_files(lake, monkeypatch):
    write(lake, FIRST - timedelta(days=30))
    write(lake, FIRST)
    memory = FeedMemory(lake, lambda: Clock.now)
    memory.last_polls()
    asked: list[str] = []
    match = feed_memory.FileSystems.match

    def noted(patterns: list[str]) -> object:
        asked.extend(patterns)
        return match(patterns)

    monkeypatch.setattr(feed_memory.FileSystems, "match", noted)
    Clock.now = FIRST + timedelta(hours=1)
    memory.last_polls()
    days = [pattern.partition("date=")[2].partition("/")[0] for pattern in asked]
    assert sorted(days) == ["2024-03-04", "2024-03-05", "2024-03-06", "2024-03-07"]
