"""The clock of a job without end: what makes its watermark follow the time of day."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import PBegin, PCollection
from apache_beam.transforms.periodicsequence import PeriodicSequence
from apache_beam.transforms.timeutil import TimeDomain
from apache_beam.transforms.userstate import TimerSpec, on_timer
from apache_beam.transforms.window import TimestampedValue
from apache_beam.utils.timestamp import MAX_TIMESTAMP, Timestamp

from transforms.site_visits import whole_second
from transforms.web import utc_now

TICK_SECS = 1
"""The clock ticks so often; nothing is asked for between two ticks."""


@dataclass
class Tick(beam.PTransform[PBegin, PCollection[Timestamp]]):
    """An element every `TICK_SECS`, from `start` on, with the moment as value and timestamp.

    Beam contract: unbounded, global window; a splittable DoFn that puts itself off. The watermark is the next tick, up to
    `TICK_SECS` ahead of the clock.
    """

    start: datetime

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, start: PBegin) -> PCollection[Timestamp]:
        span = (_stamp(self.start), MAX_TIMESTAMP, TICK_SECS)
        return (
            start | "Impulse" >> beam.Impulse() | "Span" >> beam.Map(_always, span) | "Sequence" >> PeriodicSequence()
        )


@dataclass
class TickByTimer(beam.PTransform[PBegin, PCollection[Timestamp]]):
    """An element about every `TICK_SECS`, from `start` on, with the moment as value and timestamp.

    Beam contract: unbounded, global window; one event-time timer that sets itself again, and no state. Its input is at
    its end at once, so that the timer fires as soon as it is set; it then waits until its moment has come. Until then it
    holds the watermark there: the next tick, up to `TICK_SECS` ahead of the clock. (A processing-time timer would need no
    waiting, but may be passed over once the input has come to its end.) Ticks that were missed are not made up for. The
    job cannot be drained: its watermark never ends.

    Args:
        start: of the clock; the watermark starts there.
        now, sleep: the time of day, and the wait.
    """

    start: datetime
    now: Callable[[], datetime] = utc_now
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, start: PBegin) -> PCollection[Timestamp]:
        return (
            start
            | "Impulse" >> beam.Impulse()
            | "Start" >> beam.Map(partial(_started, _stamp(self.start))).with_output_types(tuple[str, Timestamp])
            | "Loop" >> beam.ParDo(_Loop(self.now, self.sleep)).with_output_types(Timestamp)
        )


def next_tick(now: datetime) -> Timestamp:
    """The first whole second after `now`."""
    return _stamp(now) if now.microsecond else _stamp(now) + TICK_SECS


def _stamp(moment: datetime) -> Timestamp:
    return Timestamp.of(whole_second(moment).timestamp())


def _always(_: bytes, value: Any) -> Any:
    return value


def _started(moment: Timestamp, _: bytes) -> TimestampedValue:
    return TimestampedValue(("", moment), moment)


class _Loop(beam.DoFn):
    NEXT = TimerSpec("next", TimeDomain.WATERMARK)

    def __init__(self, now: Callable[[], datetime], sleep: Callable[[float], None]) -> None:
        super().__init__()
        self._now = now
        self._sleep = sleep

    @beam.DoFn.unbounded_per_element()  # type: ignore[untyped-decorator]
    def process(  # type: ignore[no-untyped-def]
        self, _: tuple[str, Timestamp], timestamp=beam.DoFn.TimestampParam, timer=beam.DoFn.TimerParam(NEXT)
    ):
        """Start the clock."""
        timer.set(timestamp)

    @on_timer(NEXT)
    def tick(self, timestamp=beam.DoFn.TimestampParam, timer=beam.DoFn.TimerParam(NEXT)):  # type: ignore[no-untyped-def]
        """Wait for the moment, tick, and go on."""
        early = (timestamp.to_utc_datetime(has_tz=True) - self._now()).total_seconds()
        if early > 0:
            self._sleep(early)
        timer.set(next_tick(self._now()))
        yield timestamp
