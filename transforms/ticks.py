"""The clock of a job without end: what makes its watermark follow the time of day."""

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

    Beam contract: unbounded, global window; one processing-time timer that sets itself again, and no state. A timer
    that is set when another fires holds the watermark at the moment of that one: it follows the clock, one tick
    behind, and waits while the job is down. That asks for a runner that tells a timer when it was to fire; one that
    tells it its hold instead (Prism 2.77) would hold the watermark at `start` for ever. Ticks that are missed are not made
    up for.

    Args:
        start: of the clock; the watermark starts there.
        now: the time of day.
    """

    start: datetime
    now: Callable[[], datetime] = utc_now

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, start: PBegin) -> PCollection[Timestamp]:
        return (
            start
            | "Impulse" >> beam.Impulse()
            | "Start" >> beam.Map(partial(_started, _stamp(self.start))).with_output_types(tuple[str, Timestamp])
            | "Loop" >> beam.ParDo(_Loop(self.now)).with_output_types(Timestamp)
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
