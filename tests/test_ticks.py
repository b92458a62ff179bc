"""The clock of a job without end."""

from datetime import timedelta

import apache_beam as beam
import pytest
from feed_world import START, Clock
from streams import after, at
from support import local_pipeline

from transforms.ticks import Tick, TickByTimer, next_tick


@pytest.mark.parametrize(
    ("now", "then"), [(0, 1), (0.000001, 1), (0.999999, 1), (1, 2)], ids=["on it", "just after", "just before", "next"]
)
def test_next_tick__is_the_next_whole_second(now, then):
    assert next_tick(after(now)) == at(after(then))


@pytest.mark.parametrize("clock", [Tick, TickByTimer])
def test_clock__is_unbounded(clock):
    assert not (beam.Pipeline() | clock(START)).is_bounded


class EndedError(Exception):
    """Ends the job: nothing else does."""


class Got:
    ticks: list[tuple[float, float]] = []  # noqa: RUF012
    waits: list[float] = []  # noqa: RUF012


def now():
    return Clock.now


def sleep(secs: float) -> None:
    Got.waits.append(secs)
    if len(Got.waits) == 4:
        raise EndedError
    Clock.now += timedelta(seconds=secs + 0.25)  # a wait is never exact


def keep(tick, timestamp=beam.DoFn.TimestampParam) -> None:
    Got.ticks.append((float(tick) - START.timestamp(), float(timestamp) - START.timestamp()))


def test_tick_by_timer__waits_for_each_moment_and_misses_those_of_a_time_away():
    Got.ticks.clear()
    Got.waits.clear()
    Clock.now = after(100.5)  # it went on from a checkpoint after 100 seconds
    with pytest.raises(Exception, match="EndedError"), local_pipeline() as pipeline:
        _ = pipeline | TickByTimer(START, now, sleep) | "Keep" >> beam.Map(keep)
    assert Got.ticks == [(0, 0), (101, 101), (102, 102), (103, 103)]
    assert Got.waits == [0.5, 0.75, 0.75, 0.75]
