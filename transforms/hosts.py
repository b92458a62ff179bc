"""Take turns: one request at a time to a host, a delay between two, and none while it asks for silence."""

import heapq
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class HostMemory:
    """What is to be kept of a host when another process takes it over.

    Args:
        ended: end of the last request.
        delay_secs: its own delay, if it asked for one.
        resting_until: end of the silence that it asked for.
    """

    ended: datetime | None = None
    delay_secs: float | None = None
    resting_until: datetime | None = None


class Hosts:
    """What is known about hosts in this process; safe for several threads.

    Args:
        now: the clock (aware, UTC).
        sleep: waits so many seconds of that clock.
        delay_secs: least time from the end of one request to a host to the start of the next.
        opens: from when on a host may be asked at all, of the host and the time; None for always.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        delay_secs: float,
        opens: Callable[[str, datetime], datetime] | None = None,
    ) -> None:
        self._now = now
        self._sleep = sleep
        self._delay_secs = delay_secs
        self._opens = opens
        self._delays: dict[str, float] = {}
        self._ended: dict[str, datetime] = {}
        self._resting: dict[str, datetime] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """Hold `host` for one request, once it is ready for it."""
        with self._lock:
            mine = self._locks.setdefault(host, threading.Lock())
        with mine:
            while (left := (self.ready_at(host) - self._now()).total_seconds()) > 0:
                self._sleep(left)
            try:
                yield
            finally:
                self._ended[host] = self._now()

    def ready_at(self, host: str) -> datetime:
        """When the next request to `host` may start."""
        return self._ready_at(host, self._now())

    def slow_down(self, host: str, delay_secs: float) -> None:
        """Set the delay of one host (its Crawl-delay), from its last request on."""
        self._delays[host] = delay_secs

    def rest(self, host: str, until: datetime) -> None:
        """Remember that `host` wants no request before `until` (Retry-After)."""
        self._resting[host] = max(until, self._resting.get(host, until))

    def resting_until(self, host: str) -> datetime | None:
        """Until when `host` wants no request, or None."""
        now = self._now()
        until = self._rests_until(host, now)
        return until if until > now else None

    def free_at(self, host: str, now: datetime) -> datetime:
        """The first moment from `now` on at which a request to `host` may start, its silence included.

        The clock is not read: whoever compares the two must find `now` itself where nothing stands in the way.
        """
        return max(self._ready_at(host, now), self._rests_until(host, now))

    def _ready_at(self, host: str, now: datetime) -> datetime:
        ended = self._ended.get(host)
        if ended is None:
            return now
        return ended + timedelta(seconds=self._delays.get(host, self._delay_secs))

    def _rests_until(self, host: str, now: datetime) -> datetime:
        return max(self._resting.get(host, now), self._opens(host, now) if self._opens else now)

    def memory(self, host: str) -> HostMemory:
        """What is known of `host`, to be given to another process."""
        return HostMemory(self._ended.get(host), self._delays.get(host), self._resting.get(host))

    def recall(self, host: str, memory: HostMemory) -> None:
        """Take over what another process has known of `host`, where it is newer."""
        if memory.ended is not None:
            self._ended[host] = max(memory.ended, self._ended.get(host, memory.ended))
        if memory.delay_secs is not None:
            self._delays.setdefault(host, memory.delay_secs)
        if memory.resting_until is not None:
            self.rest(host, memory.resting_until)


def in_turns(
    jobs: Mapping[str, Sequence[Job]],
    act: Callable[[Job], Result],
    hosts: Hosts,
    now: Callable[[], datetime],
    threads: int,
) -> Iterator[Result]:
    """The results of `act` on all `jobs`, as they come: one job of a host at a time, the host that is ready first
    goes first, so that a slow host or a long queue holds nobody up.

    Args:
        jobs: by host, each host's in order.
        act: called in one of the threads; what it raises is raised here.
        threads: requests under way at once.
    """
    queues = {host: deque(queue) for host, queue in jobs.items() if queue}
    waiting = [(hosts.ready_at(host), host) for host in sorted(queues)]
    heapq.heapify(waiting)
    running: dict[Future[Result], str] = {}
    with ThreadPoolExecutor(threads, thread_name_prefix="fetch") as pool:
        while waiting or running:
            patience = None
            while waiting and len(running) < threads:
                left = (waiting[0][0] - now()).total_seconds()
                if left > 0 and running:
                    patience = left  # somebody else may be done before that
                    break
                _, host = heapq.heappop(waiting)
                running[pool.submit(act, queues[host].popleft())] = host
            done, _ = wait(running, timeout=patience, return_when=FIRST_COMPLETED)
            for future in done:
                host = running.pop(future)
                if queues[host]:
                    heapq.heappush(waiting, (hosts.ready_at(host), host))
                yield future.result()
