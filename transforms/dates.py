"""Publication dates: read what publishers write, refuse what cannot be, and take the best source."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from dateutil import parser as date_parser

from schemas.vocabulary import DateSource

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""The first news page is younger; an older date is a place-holder (1970-01-01, 0001-01-01)."""
MAX_AHEAD = timedelta(hours=48)
"""A page may be dated ahead of its capture by embargoes, time zones and wrong clocks, not by more."""

_DIGITS = re.compile(r"\d{9,17}(?:\.\d+)?")
_ISO_LIKE = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{0,2})?"
)
_COMPACT = re.compile(r"\d{8}(?:T?\d{4,6})?Z?")
_WEEK_OR_DAY_OF_YEAR = re.compile(r"\d{4}-?W\d{2}(?:-?\d)?|\d{4}-\d{3}")
_ZONES = {"CET": "+0100", "CEST": "+0200", "MET": "+0100", "MEST": "+0200", "WET": "+0000", "WEST": "+0100",
          "BST": "+0100", "EET": "+0200", "EEST": "+0300", "MSK": "+0300"}  # fmt: skip
"""Zones of Europe, which RFC 2822 (4.3) does not name: it takes them for UTC."""
_ZONE = re.compile(r"\b(?:" + "|".join(_ZONES) + r")$")
_HALF_OF_DAY = re.compile(r"\d\s*[ap]\.?m\b", re.I)
_WEEKDAY_OR_MONTH = re.compile(r"[A-Za-z]{3,}")
MAX_DATE_CHARS = 64


@dataclass(frozen=True, slots=True)
class Dated:
    """A publication date, where it came from, and whether a better source was refused on the way."""

    published_at: datetime | None
    source: DateSource | None
    refused: bool


def parse_date(written: str) -> datetime | None:
    """A moment in UTC from ISO 8601 in all the ways it is misspelt, RFC 2822, Unix seconds or milliseconds,
    or an English date; None if it is none of them. A date without a zone is taken as UTC, without a time as
    midnight: guessing a publisher's zone would be wrong as often."""
    value = " ".join(written.split())
    if not value or len(value) > MAX_DATE_CHARS:
        return None
    value = _ZONE.sub(lambda zone: _ZONES[zone.group()], value)
    for read in (_iso, _epoch, _rfc, _english):
        moment = read(value)
        if moment is not None:
            return _utc(moment)
    return None


def _utc(moment: datetime) -> datetime | None:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        return aware.astimezone(UTC)
    except OverflowError:  # the first or last day of the calendar in another zone
        return None


def _iso(value: str) -> datetime | None:
    if _WEEK_OR_DAY_OF_YEAR.fullmatch(value):
        return _week_or_day_of_year(value)
    match = _ISO_LIKE.match(value)
    if match is None:
        if not _COMPACT.fullmatch(value):
            return None
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    offset = _offset(zone)
    try:
        moment = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0),
            int((fraction or "0")[:6].ljust(6, "0")), tzinfo=UTC,
        )  # fmt: skip
        return moment - offset
    except (ValueError, OverflowError):
        return None


def _week_or_day_of_year(value: str) -> datetime | None:
    """ISO 8601, 5.2.2 and 5.2.3: "2024-W10-2" and "2024-065"."""
    try:
        return datetime.fromisoformat(value) if "W" in value else datetime.strptime(value, "%Y-%j").replace(tzinfo=UTC)
    except ValueError:
        return None


def _offset(zone: str | None) -> timedelta:
    if not zone or not zone.startswith(("+", "-")):
        return timedelta()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]))
    return size if zone[0] == "+" else -size


def _epoch(value: str) -> datetime | None:
    if not _DIGITS.fullmatch(value):
        return None
    seconds = float(value)
    while seconds > 1e11:  # milliseconds, microseconds: 10^11 seconds are the year 5138
        seconds /= 1000
    return datetime.fromtimestamp(seconds, UTC)


def _rfc(value: str) -> datetime | None:
    if _HALF_OF_DAY.search(value):  # would be passed over
        return None
    try:
        return parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None


def _english(value: str) -> datetime | None:
    """What dateutil reads for certain: only with a four-digit year and a month's name, so that 03/04/05
    stays unread."""
    if not (_WEEKDAY_OR_MONTH.search(value) and re.search(r"\b\d{4}\b", value)):
        return None
    try:
        return date_parser.parse(value, default=datetime(1, 1, 1))
    except (ValueError, OverflowError, TypeError):
        return None


def plausible(moment: datetime, captured_at: datetime) -> bool:
    """Whether an article captured then can have been published at `moment`."""
    return EARLIEST <= moment <= captured_at.astimezone(UTC) + MAX_AHEAD


def first_plausible(candidates: Iterable[tuple[DateSource, str]], captured_at: datetime) -> Dated:
    """The first readable and plausible date of the candidates, best source first; lazily, so that a costly
    source at the end is only asked where the others have nothing."""
    refused = False
    for source, written in candidates:
        moment = parse_date(written)
        if moment is None:
            continue
        if plausible(moment, captured_at):
            return Dated(moment, source, refused)
        refused = True
    return Dated(None, None, refused)


def readable(written: Iterable[str], captured_at: datetime) -> Iterator[datetime]:
    """The plausible ones among written dates."""
    for value in written:
        moment = parse_date(value)
        if moment is not None and plausible(moment, captured_at):
            yield moment
