"""When a feed may be asked again, and how: pure functions of what was answered and of the time given to them.

Each rule names where it is from. The clock is always an argument.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

POLL_SECS = 900
"""Time between polls where the feed asks for none: a quarter of an hour, as large aggregators do."""
MIN_POLL_SECS = 300
MAX_POLL_SECS = 86_400
"""What a feed asks for counts within these limits: news once a month by a forgotten ``ttl`` is no news."""
BACK_OFF_SECS = 60
"""First wait after a failure; doubles with each further one up to `MAX_POLL_SECS`."""
MAX_RETRY_AFTER_SECS = 7 * 86_400
"""A server that wants a year of silence is asked again after a week."""
SPREAD = 0.1
"""Polls are put off by up to this share of their interval, so that feeds do not all fall due at once."""
FULL_GET_EVERY = 24
"""After so many conditional requests in a row the whole feed is asked for: a server with a wrong ETag, or one that
answers 304 to everything, would freeze its feed for ever. 23 of 24 polls can still be 304."""
HOST_DELAY_SECS = 1.0
"""Least time from the end of one request to a host to the start of the next."""
MAX_CRAWL_DELAY_SECS = 30.0
ORIGINAL_AFTER_FAILURES = 3
"""A feed that moved and then failed so often is asked at its first address again."""
OWN_UNTIL_SECS, GUESTS_FROM_SECS, GUESTS_UNTIL_SECS = 3240, 3330, 3510
"""Parts of an hour: a site's own requests start before the 54th minute, those from elsewhere between 55:30 and 58:30.
Between the last start of the one and the first of the other lie 90 seconds: a whole request (`fetching.Limits`) and
the longest delay of a host."""
MAX_ATTEMPTS = 5
"""Times that the page of an entry is tried: over three hours with `page_back_off`."""
PAGE_BACK_OFF_SECS = 600

_DELTA = re.compile(r"[0-9]{1,9}")
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?([0-9]{1,9})", re.I)
_UNCACHED = re.compile(r"(?:^|[,\s])no-(?:store|cache)\b", re.I)
OK, NOT_MODIFIED, GONE, TOO_MANY_REQUESTS, UNAVAILABLE = 200, 304, 410, 429, 503
PERMANENT_REDIRECTS = frozenset({301, 308})
REDIRECTS = PERMANENT_REDIRECTS | {302, 303, 307}
"""RFC 9110, 15.4: 301 and 308 say that the address is no more, 302, 303 and 307 that it stays the right one."""


def conditional_headers(etag: str | None, last_modified: str | None, conditional_polls: int) -> dict[str, str]:
    """The validators of the last answer, verbatim (RFC 9110, 13.1.2 and 13.1.3; 8.8.3: an ETag is opaque).

    A date is sent back as it came and not rewritten: servers compare it as text. After `FULL_GET_EVERY` conditional
    requests none is sent, and caches on the way are asked to look again (RFC 9111, 5.2.1.4).
    """
    if conditional_polls >= FULL_GET_EVERY:
        return {"Cache-Control": "no-cache"}
    headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in headers.items() if value}


def retry_after(value: str | None, now: datetime) -> datetime | None:
    """When ``Retry-After`` allows the next request, at the most `MAX_RETRY_AFTER_SECS` from `now`; None if it cannot
    be read (RFC 9110, 10.2.3: seconds or a date; RFC 6585, 4: with 429)."""
    written = (value or "").strip()
    latest = now + timedelta(seconds=MAX_RETRY_AFTER_SECS)
    if _DELTA.fullmatch(written):
        return min(now + timedelta(seconds=int(written)), latest)
    moment = http_date(written)
    return None if moment is None else min(max(moment, now), latest)


def http_date(value: str | None) -> datetime | None:
    """A moment in UTC from an HTTP date (RFC 9110, 5.6.7), or None."""
    try:
        moment = parsedate_to_datetime(value or "")
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def max_age(headers: Mapping[str, str]) -> int | None:
    """Seconds for which an answer stays fresh from now on: ``max-age`` less ``Age`` (RFC 9111, 4.2 and 5.2.2.1)."""
    control = headers.get("cache-control", "")
    match = _MAX_AGE.search(control)
    if match is None or _UNCACHED.search(control):
        return None
    age = headers.get("age", "").strip()
    return max(int(match.group(1)) - (int(age) if _DELTA.fullmatch(age) else 0), 0)


def share(*parts: str) -> float:
    """A number from 0 up to 1 that depends on `parts` only: jitter that a test or a second run can repeat."""
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:6], "big") / (1 << 48)


def back_off(url: str, failures: int, first_secs: float = BACK_OFF_SECS) -> timedelta:
    """How long to leave `url` alone after so many failures in a row: doubling, with up to a quarter of jitter.

    Exponential back-off with jitter keeps clients of a server that comes back from returning all at once (AWS
    Architecture Blog, "Exponential Backoff And Jitter", 2015; RFC 9309, 2.3.1.4 asks it of crawlers in general).
    """
    wait = min(first_secs * 2.0 ** min(failures - 1, 40), MAX_POLL_SECS)
    return timedelta(seconds=round(wait * (1 + share(url, str(failures)) / 4)))


def poll_interval(asked_secs: Sequence[int | None], usual_secs: int = POLL_SECS) -> int:
    """Seconds between polls: the longest of what is usual and what the feed and its server ask for, within the
    limits (RSS 2.0, ``ttl``; RSS syndication module; RFC 9111, 4.2)."""
    asked = [secs for secs in asked_secs if secs is not None]
    return min(
        max(usual_secs, MIN_POLL_SECS if asked else 0, *(min(secs, MAX_POLL_SECS) for secs in asked)), MAX_POLL_SECS
    )


def next_poll(
    url: str, now: datetime, interval_secs: int, skip_hours: Sequence[int] = (), skip_days: Sequence[int] = ()
) -> datetime:
    """When to ask a feed again that answered well: after the interval, spread, outside its skipped hours."""
    spread = interval_secs * SPREAD * share(url, "spread")
    return outside(now + timedelta(seconds=round(interval_secs + spread)), skip_hours, skip_days)


def outside(moment: datetime, skip_hours: Sequence[int], skip_days: Sequence[int]) -> datetime:
    """The first moment from `moment` on that a feed has not excluded: ``skipHours`` and ``skipDays`` (RSS 2.0; hours
    and days of GMT). A feed that excludes every hour has made a mistake and is not believed."""
    candidate = moment.astimezone(UTC)
    for _ in range(7 * 24):
        if candidate.hour not in skip_hours and candidate.weekday() not in skip_days:
            return candidate
        candidate = candidate.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return moment


def after_failure(url: str, now: datetime, failures: int, status: int, headers: Mapping[str, str]) -> datetime | None:
    """When to ask a feed again that failed; None for never.

    - 410 ends it (RFC 9110, 15.5.11: "likely to be permanent"; feed readers take it for an order to unsubscribe);
    - 429 and 503 wait for ``Retry-After`` (RFC 6585, 4; RFC 9110, 15.6.4), and never less than a back-off would
      if they give none;
    - everything else backs off.
    """
    if status == GONE:
        return None
    told = retry_after(headers.get("retry-after"), now) if status in (TOO_MANY_REQUESTS, UNAVAILABLE) else None
    return told if told is not None and told > now else now + back_off(url, failures)


def page_retry(url: str, now: datetime, attempt: int, status: int, headers: Mapping[str, str]) -> datetime:
    """When to try the page of an entry again: as for feeds, with longer steps, and ``Retry-After`` if it is later."""
    told = retry_after(headers.get("retry-after"), now) if status in (TOO_MANY_REQUESTS, UNAVAILABLE) else None
    return max(now + back_off(url, attempt, PAGE_BACK_OFF_SECS), told or now)


def crawl_delay(asked_secs: float | None, usual_secs: float = HOST_DELAY_SECS) -> float:
    """Seconds between requests to one host: ``Crawl-delay`` of its robots.txt within limits. It is not in RFC 9309,
    but sites write it and mean it."""
    if asked_secs is None or not asked_secs >= 0:  # also "nan"
        return usual_secs
    return max(usual_secs, min(asked_secs, MAX_CRAWL_DELAY_SECS))


def turn_opens(now: datetime, guest: bool) -> datetime:
    """The first moment from `now` on at which a site may be asked by its own feeds, or by links from elsewhere.

    For a run in which two workers, who know nothing of each other, have business with one site: the hour is divided
    between them.
    """
    hour = now.replace(minute=0, second=0, microsecond=0)
    start, end = (GUESTS_FROM_SECS, GUESTS_UNTIL_SECS) if guest else (0, OWN_UNTIL_SECS)
    secs = (now - hour).total_seconds()
    if secs < start:
        return hour + timedelta(seconds=start)
    return now if secs < end else hour + timedelta(hours=1, seconds=start)
