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


def now():
    """Half past 100 seconds, then a second and a quarter later each time, until it ends the job."""
    if Clock.now > after(105):
        raise EndedError
    found, Clock.now = Clock.now, Clock.now + timedelta(seconds=1.25)
    return found


def keep(tick, timestamp=beam.DoFn.TimestampParam) -> None:
    Got.ticks.append((float(tick) - START.timestamp(), float(timestamp) - START.timestamp()))


def test_tick_by_timer__sets_itself_again_and_makes_up_for_nothing():
    Got.ticks.clear()
    Clock.now = after(100.5)
    with pytest.raises(Exception, match="EndedError"), local_pipeline() as pipeline:
        _ = pipeline | TickByTimer(START, now) | "Keep" >> beam.Map(keep)
    assert Got.ticks == [(101, 101), (102, 102), (104, 104)]
