"""The web as a well-behaved guest sees it: fences, turns, robots.txt and redirects around every request."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from urllib.parse import urljoin, urlsplit

from schemas.vocabulary import Reason
from transforms.fetching import USER_AGENT, Answer, Fetcher, Limits, StaleConnectionError, UnreachableError
from transforms.hosts import Hosts
from transforms.manners import MannersFile
from transforms.politeness import (
    HOST_DELAY_SECS,
    PERMANENT_REDIRECTS,
    REDIRECTS,
    TOO_MANY_REQUESTS,
    UNAVAILABLE,
    crawl_delay,
    retry_after,
)
from transforms.rejects import RejectedError
from transforms.robots import MAX_ROBOTS_REDIRECTS, Robots, robots_answer, robots_unreachable
from transforms.safe_addresses import Resolve, host_of, refused, resolve_host

MAX_REDIRECTS = 5
"""As many as RFC 1945 and robots.txt (RFC 9309, 2.3.1.2) ask for; a chain of more is a loop or a trap."""


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class WebSettings:
    """How the web is approached. Hashable and picklable: one `Web` a process belongs to it.

    Args:
        user_agent: how requests name themselves; its first word is the name that robots.txt is asked for.
        allow_loopback: let requests go to this machine; for tests only.
        threads: requests under way at once, all to different hosts.
        delay_secs: least time between two requests to one host.
        limits: caps of one request.
        now, sleep, resolve: the clock, the wait and the resolver; tests have their own.
        connected: called with the IP address of each connection.
        opens: from when on a host may be asked at all (see `Hosts`).
        manners: path of the file that keeps what a killed process has to remember (see `manners`); None for none.
        on_demand: ask for pages that have failed at once, whatever the back-off says.
    """

    user_agent: str = USER_AGENT
    allow_loopback: bool = False
    threads: int = 16
    delay_secs: float = HOST_DELAY_SECS
    limits: Limits = field(default_factory=Limits)
    now: Callable[[], datetime] = utc_now
    sleep: Callable[[float], None] = time.sleep
    resolve: Resolve = resolve_host
    connected: Callable[[str], None] | None = None
    opens: Callable[[str, datetime], datetime] | None = None
    manners: str | None = None
    on_demand: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """The end of a chain of redirects.

    Args:
        answer: the last answer; its `url` is where it was found.
        moved_to: the address that replaces the one asked for, if the chain began with permanent redirects.
    """

    answer: Answer
    moved_to: str | None


class RestingError(UnreachableError):
    """A host has asked for silence until `until`, or an address is left alone until then, and that is not over."""

    def __init__(self, asked: str, until: datetime) -> None:
        super().__init__(f"{asked} is to have no request before {until:%Y-%m-%d %H:%M:%S} UTC")
        self.until = until


class Web:
    """Requests with manners; safe for several threads."""

    def __init__(self, settings: WebSettings) -> None:
        self.settings = settings
        self.hosts = Hosts(settings.now, settings.sleep, settings.delay_secs, settings.opens)
        self._fetcher = Fetcher(
            settings.limits, settings.user_agent, settings.allow_loopback, settings.resolve, settings.connected
        )
        self._robots: dict[str, Robots] = {}
        self._down: dict[str, str] = {}
        self._manners = MannersFile(settings.manners) if settings.manners is not None else None
        self._waiting: Mapping[str, datetime] = {}
        self._lock = threading.Lock()

    def new_round(self) -> None:
        """Forget which hosts were not to be reached: they may be tried once more. Learn what other processes, also
        those that were killed, have known of hosts and addresses."""
        self._down.clear()
        if self._manners is not None:
            manners = self._manners.read(self.settings.now())
            self._waiting = manners.waiting
            for host, memory in manners.hosts.items():
                self.hosts.recall(host, memory)

    def is_down(self, host: str) -> bool:
        """Whether `host` was not to be reached in this round."""
        return host in self._down

    def leave_alone(self, address: str, until: datetime) -> None:
        """Remember, also for processes to come, that ``feed <address>`` or ``page <address>`` is not to be asked for
        before `until`."""
        if self._manners is not None:
            self._manners.leave_alone(address, until)

    def check_left_alone(self, address: str) -> None:
        """Look whether a feed or a page is to be left alone, as it was known when this round began.

        Raises:
            RestingError: if so.
        """
        until = self._waiting.get(address)
        if until is not None and until > self.settings.now() and not self.settings.on_demand:
            raise RestingError(address, until)

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Visit:
        """The answer to one GET, with redirects followed, each hop checked and waited for like the first.

        A host that is not to be reached is not tried again in the same round. ``Retry-After`` with 429 or 503 lets
        the whole host rest.

        Raises:
            RejectedError: as `Fetcher.get`; FETCH_REFUSED also for what robots.txt forbids and for redirects that
                loop or lead nowhere; `RestingError` for a host that is left alone.
        """
        asked, moved_to, permanent = url, None, True
        for _ in range(MAX_REDIRECTS + 1):
            robots = self._robots_of(asked)
            if robots.unreachable is not None:
                raise UnreachableError(f"{host_of(asked)} may not be read: {robots.unreachable}")
            if not robots.allows(asked, self._robots_name):
                raise refused(f"robots.txt of {host_of(asked)} forbids {asked}")
            answer = self._ask(asked, headers or {})
            if answer.status not in REDIRECTS:
                return Visit(answer, moved_to)
            permanent = permanent and answer.status in PERMANENT_REDIRECTS
            asked = _redirect(answer)
            moved_to = asked if permanent else moved_to
        raise refused(f"{url} redirects more than {MAX_REDIRECTS} times, at last to {asked}")

    @property
    def _robots_name(self) -> str:
        return self.settings.user_agent.partition("/")[0].partition(" ")[0]

    def _ask(self, url: str, headers: Mapping[str, str]) -> Answer:
        host = host_of(url)
        self._check_host(host)
        try:
            return self._ask_once(host, url, headers)
        except StaleConnectionError:
            return self._ask_once(host, url, headers)  # on a new connection, and in a turn of its own

    def _ask_once(self, host: str, url: str, headers: Mapping[str, str]) -> Answer:
        with self.hosts.turn(host):
            self._check_host(host)  # while it waited, another request may have found out
            if self._manners is not None:
                self._manners.begun(host)
            try:
                answer = self._fetcher.get(url, headers)
                if answer.status in (TOO_MANY_REQUESTS, UNAVAILABLE):
                    until = retry_after(answer.headers.get("retry-after"), self.settings.now())
                    if until is not None:
                        self.hosts.rest(host, until)
                return answer
            except StaleConnectionError:
                raise
            except UnreachableError as error:
                self._down[host] = error.detail
                raise
            finally:
                if self._manners is not None:
                    self._manners.ended(host, replace(self.hosts.memory(host), ended=self.settings.now()))

    def _check_host(self, host: str) -> None:
        if host in self._down:
            raise UnreachableError(f"not tried again in this round: {self._down[host]}")
        until = self.hosts.resting_until(host)
        if until is not None:
            raise RestingError(host, until)

    def _robots_of(self, url: str) -> Robots:
        """The rules of the host of `url`, asked for once a day."""
        try:
            parts = urlsplit(url)
        except ValueError as error:
            raise refused(f"{url!r} is no address: {error}") from error
        origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"
        with self._lock:
            known = self._robots.get(origin)
        if known is None or known.valid_until <= self.settings.now():
            known = self._fetch_robots(origin)
            with self._lock:
                self._robots[origin] = known
            delay = known.crawl_delay(self._robots_name)
            if delay is not None:
                self.hosts.slow_down(host_of(origin), crawl_delay(delay, self.settings.delay_secs))
        return known

    def _fetch_robots(self, origin: str) -> Robots:
        asked = f"{origin}/robots.txt"
        try:
            for _ in range(MAX_ROBOTS_REDIRECTS + 1):
                answer = self._ask(asked, {})
                if answer.status not in REDIRECTS:
                    return robots_answer(answer.status, answer.body, self.settings.now())
                asked = _redirect(answer)
        except RestingError:
            raise
        except RejectedError as error:
            if error.reason is Reason.FETCH_REFUSED and asked == f"{origin}/robots.txt":
                raise  # the address itself is forbidden
            return robots_unreachable(error.detail, self.settings.now())
        return robots_answer(404, b"", self.settings.now())  # RFC 9309, 2.3.1.2: too many redirects: unavailable


def _redirect(answer: Answer) -> str:
    """Where an answer redirects to, as an address of the web without a fragment."""
    location = answer.headers.get("location", "").strip()
    if not location:
        raise RejectedError(Reason.FETCH_FAILED, f"{answer.url} redirects without saying where to")
    try:
        target = urljoin(answer.url, location).partition("#")[0]
        scheme = urlsplit(target).scheme
    except ValueError as error:
        raise refused(f"{answer.url} redirects to {location[:200]!r}, which is no address: {error}") from error
    if scheme not in ("http", "https"):
        raise refused(f"{answer.url} redirects to {target[:200]!r}, which is not http or https")
    return target


@cache
def open_web(settings: WebSettings) -> Web:
    """The one `Web` of this process for `settings`: what it knows of hosts outlives a bundle and a cycle."""
    return Web(settings)
