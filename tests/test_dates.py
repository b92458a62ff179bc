"""Publication dates: many spellings, impossible ones refused, best source first."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.vocabulary import DateSource
from transforms.dates import Dated, first_plausible, parse_date

CAPTURED_AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("2024-07-18T08:01:58+02:00", datetime(2024, 7, 18, 6, 1, 58, tzinfo=UTC), id="iso-zone"),
        pytest.param("2024-07-18T08:01:58Z", datetime(2024, 7, 18, 8, 1, 58, tzinfo=UTC), id="iso-utc"),
        pytest.param("2025-11-08T08:24:00+0000", datetime(2025, 11, 8, 8, 24, tzinfo=UTC), id="zone-without-colon"),
        pytest.param("2024-04-28 07:00:00Z", datetime(2024, 4, 28, 7, tzinfo=UTC), id="space"),
        pytest.param("2024-08-08T08:00Z", datetime(2024, 8, 8, 8, tzinfo=UTC), id="no-seconds"),
        pytest.param(
            "2024-11-26T13:27:18.123456789Z", datetime(2024, 11, 26, 13, 27, 18, 123456, tzinfo=UTC), id="nanos"
        ),
        pytest.param("2024-07-18", datetime(2024, 7, 18, tzinfo=UTC), id="day"),
        pytest.param("2024-7-8", datetime(2024, 7, 8, tzinfo=UTC), id="short-day"),
        pytest.param("20240718", datetime(2024, 7, 18, tzinfo=UTC), id="compact-day"),
        pytest.param("Thu, 18 Jul 2024 08:01:58 +0200", datetime(2024, 7, 18, 6, 1, 58, tzinfo=UTC), id="rfc-2822"),
        pytest.param("1721282518", datetime(2024, 7, 18, 6, 1, 58, tzinfo=UTC), id="unix-seconds"),
        pytest.param("1721282518000", datetime(2024, 7, 18, 6, 1, 58, tzinfo=UTC), id="unix-milliseconds"),
        pytest.param("May 15th, 2023", datetime(2023, 5, 15, tzinfo=UTC), id="english"),
        pytest.param("May 15, 2023 6:30 PM", datetime(2023, 5, 15, 18, 30, tzinfo=UTC), id="half-of-day"),
        pytest.param("Thu, 18 Jul 2024 08:01 CEST", datetime(2024, 7, 18, 6, 1, tzinfo=UTC), id="zone-of-europe"),
        pytest.param("Thu, 18 Jul 2024 08:01 EST", datetime(2024, 7, 18, 13, 1, tzinfo=UTC), id="zone-of-america"),
        pytest.param("2024-W10-2", datetime(2024, 3, 5, tzinfo=UTC), id="day-of-a-week"),
        pytest.param("2024-065", datetime(2024, 3, 5, tzinfo=UTC), id="day-of-a-year"),
        pytest.param("2024-W60-2", None, id="no-such-week"),
        pytest.param("2024-400", None, id="no-such-day-of-a-year"),
        pytest.param("15 Mai 2023 vielleicht", None, id="words"),
        pytest.param("03/04/2005", None, id="ambiguous"),
        pytest.param("2024-02-30", None, id="no-such-day"),
        pytest.param("9999-12-31T23:59:59-12:00", None, id="beyond-the-calendar"),
        pytest.param("", None, id="nothing"),
        pytest.param("2024" * 50, None, id="endless"),
    ],
)
def test_parse_date__written__is_a_moment_or_none(written: str, expected: datetime | None) -> None:
    assert parse_date(written) == expected


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        pytest.param([], Dated(None, None, False), id="none"),
        pytest.param(
            [(DateSource.JSON_LD, "2026-05-01"), (DateSource.META, "2026-04-01")],
            Dated(datetime(2026, 5, 1, tzinfo=UTC), DateSource.JSON_LD, False),
            id="best-first",
        ),
        pytest.param(
            [(DateSource.JSON_LD, "nonsense"), (DateSource.META, "2026-04-01")],
            Dated(datetime(2026, 4, 1, tzinfo=UTC), DateSource.META, False),
            id="unreadable-is-passed-over",
        ),
        pytest.param(
            [(DateSource.JSON_LD, "1970-01-01"), (DateSource.SIDECAR, "2026-04-01")],
            Dated(datetime(2026, 4, 1, tzinfo=UTC), DateSource.SIDECAR, True),
            id="too-old-is-refused",
        ),
        pytest.param([(DateSource.SIDECAR, "9999-01-01")], Dated(None, None, True), id="year-9999-is-refused"),
        pytest.param(
            [(DateSource.META, "2026-06-03T12:00:01Z"), (DateSource.HTML, "2026-06-03T12:00:00Z")],
            Dated(datetime(2026, 6, 3, 12, tzinfo=UTC), DateSource.HTML, True),
            id="48-hours-ahead-and-no-more",
        ),
    ],
)
def test_first_plausible__candidates__give_a_date(candidates: list[tuple[DateSource, str]], expected: Dated) -> None:
    assert first_plausible(candidates, CAPTURED_AT) == expected


@settings(deadline=None)
@given(st.text(max_size=70) | st.from_regex(r"[0-9T:Z+. -]{1,40}", fullmatch=True))
def test_parse_date__anything__never_raises_and_is_utc(written: str) -> None:
    moment = parse_date(written)
    assert moment is None or moment.utcoffset() == UTC.utcoffset(None)
