"""The clock of a job without end: what makes its watermark follow the time of day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
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
_FOR_EVER = timedelta(days=36_525)


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

    Beam contract: unbounded, global window; one processing-time timer that sets itself again, and no state. A timer
    that is set when another fires holds the watermark at the moment of that one: it follows the clock, a tick or two
    behind. That asks for timers which learn when they were to fire, and not where they hold the watermark. A second timer
    keeps the watermark of the first one's input from its end, at which processing-time timers may be passed over. Ticks
    that were missed are not made up for. The job cannot be drained: its watermark never ends.

    Args:
        start: of the clock; the watermark starts there.
        now: the time of day.
    """

    start: datetime
    now: Callable[[], datetime] = utc_now

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, start: PBegin) -> PCollection[Timestamp]:
        first, last = _stamp(self.start), _stamp(self.start + _FOR_EVER)
        return (
            start
            | "Impulse" >> beam.Impulse()
            | "Start" >> beam.Map(partial(_started, first, last)).with_output_types(tuple[str, Timestamp])
            | "HoldWatermark" >> beam.ParDo(_HoldWatermark()).with_output_types(tuple[str, Timestamp])
            | "Loop" >> beam.ParDo(_Loop(self.now)).with_output_types(Timestamp)
        )


def next_tick(now: datetime) -> Timestamp:
    """The first whole second after `now`."""
    return _stamp(now) if now.microsecond else _stamp(now) + TICK_SECS


def _stamp(moment: datetime) -> Timestamp:
    return Timestamp.of(whole_second(moment).timestamp())


def _always(_: bytes, value: Any) -> Any:
    return value


def _started(first: Timestamp, last: Timestamp, _: bytes) -> TimestampedValue:
    return TimestampedValue(("", first), last)


class _HoldWatermark(beam.DoFn):
    """Keeps the watermark at the timestamp of its one element, and gives it the timestamp that is its value."""

    NEVER = TimerSpec("never", TimeDomain.REAL_TIME)

    def process(  # type: ignore[no-untyped-def]
        self,
        element: tuple[str, Timestamp],
        timestamp=beam.DoFn.TimestampParam,
        timer=beam.DoFn.TimerParam(NEVER),
    ):
        timer.set(timestamp)  # a processing-time timer holds the watermark at the timestamp of what sets it
        yield TimestampedValue(element, element[1])

    @on_timer(NEVER)  # type: ignore[untyped-decorator]
    def end(self) -> None:
        """The end of the clock."""


class _Loop(beam.DoFn):
    NEXT = TimerSpec("next", TimeDomain.REAL_TIME)

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now

    @beam.DoFn.unbounded_per_element()  # type: ignore[untyped-decorator]
    def process(self, _: tuple[str, Timestamp], timer=beam.DoFn.TimerParam(NEXT)):  # type: ignore[no-untyped-def]
        """Start the clock."""
        timer.set(next_tick(self._now()))

    @on_timer(NEXT)
    def tick(self, timestamp=beam.DoFn.TimestampParam, timer=beam.DoFn.TimerParam(NEXT)):  # type: ignore[no-untyped-def]
        """Tick, and go on."""
        timer.set(next_tick(self._now()))
        yield timestamp
