"""robots.txt: may this address be fetched (RFC 9309)?

protego parses it: Python's own `urllib.robotparser` knows neither wildcards nor that the longest rule wins (RFC 9309,
2.2.2 and 2.2.3).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego

CACHE_FOR = timedelta(hours=24)
"""RFC 9309, 2.4: a crawler should not use a cached version for longer."""
RETRY_AFTER = timedelta(minutes=5)
MAX_ROBOTS_BYTES = 512_000
"""RFC 9309, 2.5: at least 500 KiB must be read, the rest may be ignored."""
MAX_ROBOTS_REDIRECTS = 5
"""RFC 9309, 2.3.1.2."""


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one host.

    Args:
        rules: as parsed; None where everything is allowed or nothing is known.
        unreachable: why the rules could not be had, or None. Nothing may be fetched then (RFC 9309, 2.3.1.4).
        valid_until: when to ask for them again.
    """

    rules: Protego | None
    unreachable: str | None
    valid_until: datetime

    def allows(self, url: str, user_agent: str) -> bool:
        """Whether `url` may be fetched by who names himself so."""
        return self.rules is None or bool(self.rules.can_fetch(url, user_agent))

    def crawl_delay(self, user_agent: str) -> float | None:
        """Seconds between requests that the host asks for."""
        delay = self.rules.crawl_delay(user_agent) if self.rules is not None else None
        return float(delay) if delay is not None else None


def robots_answer(status: int, body: bytes, now: datetime) -> Robots:
    """The rules by what a request for robots.txt gave.

    2xx: the rules. 4xx: none, all is allowed (RFC 9309, 2.3.1.3), but 429 says "not now". Everything else: the
    rules exist and cannot be had, so nothing is allowed until they can (2.3.1.4).
    """
    if 200 <= status < 300:
        return Robots(Protego.parse(body[:MAX_ROBOTS_BYTES].decode("utf-8", "replace")), None, now + CACHE_FOR)
    if 400 <= status < 500 and status != 429:
        return Robots(None, None, now + CACHE_FOR)
    return Robots(None, f"its robots.txt was answered with {status}", now + RETRY_AFTER)


def robots_unreachable(detail: str, now: datetime) -> Robots:
    """No rules, because the host was not reached."""
    return Robots(None, f"its robots.txt cannot be had: {detail}", now + RETRY_AFTER)
