"""When a feed may be asked again: a table a rule."""

from datetime import UTC, datetime, timedelta

import pytest

from transforms.politeness import (
    FULL_GET_EVERY,
    MAX_POLL_SECS,
    MAX_RETRY_AFTER_SECS,
    after_failure,
    back_off,
    conditional_headers,
    crawl_delay,
    max_age,
    next_poll,
    outside,
    page_retry,
    poll_interval,
    retry_after,
)

NOW = datetime(2024, 3, 5, 8, 30, tzinfo=UTC)  # a Tuesday
URL = "https://quais.example/fil.xml"


def secs(number: float) -> datetime:
    return NOW + timedelta(seconds=number)


def test_conditional_headers__are_the_validators_verbatim():
    assert conditional_headers('W/"a"', "mardi", 0) == {"If-None-Match": 'W/"a"', "If-Modified-Since": "mardi"}
    assert conditional_headers(None, None, 0) == {}
    assert conditional_headers('"a"', None, FULL_GET_EVERY - 1) == {"If-None-Match": '"a"'}


def test_conditional_headers__every_so_often__ask_for_the_whole_feed():
    assert conditional_headers('"a"', "mardi", FULL_GET_EVERY) == {"Cache-Control": "no-cache"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", secs(120)),
        (" 0 ", secs(0)),
        ("Tue, 05 Mar 2024 08:35:00 GMT", secs(300)),
        ("Tuesday, 05-Mar-24 08:35:00 GMT", secs(300)),
        ("Mon, 04 Mar 2024 08:30:00 GMT", NOW),
        ("999999999", secs(MAX_RETRY_AFTER_SECS)),
        ("Wed, 05 Mar 2099 08:35:00 GMT", secs(MAX_RETRY_AFTER_SECS)),
        ("-5", None),
        ("bientôt", None),
        ("", None),
        (None, None),
    ],
    ids=repr,
)
def test_retry_after__in_both_forms(value, expected):
    assert retry_after(value, NOW) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"cache-control": "public, max-age=600"}, 600),
        ({"cache-control": 'max-age="600"', "age": "100"}, 500),
        ({"cache-control": "max-age=60", "age": "100"}, 0),
        ({"cache-control": "no-store, max-age=600"}, None),
        ({"cache-control": "s-maxage=600"}, None),
        ({}, None),
    ],
    ids=str,
)
def test_max_age__is_the_freshness_left(headers, expected):
    assert max_age(headers) == expected


@pytest.mark.parametrize(
    ("asked", "usual", "expected"),
    [
        ((), 900, 900),
        ((None, None), 60, 60),
        ((60,), 900, 900),
        ((60,), 60, 300),
        ((3600, 7200), 900, 7200),
        ((10**9,), 900, MAX_POLL_SECS),
    ],
    ids=str,
)
def test_poll_interval__is_the_longest_within_limits(asked, usual, expected):
    assert poll_interval(asked, usual) == expected


def test_next_poll__is_spread_by_the_address_and_never_early():
    due = {next_poll(f"{URL}?{n}", NOW, 900) for n in range(50)}
    assert secs(900) <= min(due) < max(due) <= secs(990)
    assert len(due) > 20
    assert next_poll(URL, NOW, 900) == next_poll(URL, NOW, 900)


@pytest.mark.parametrize(
    ("hours", "days", "expected"),
    [
        ((), (), NOW),
        ((8,), (), datetime(2024, 3, 5, 9, tzinfo=UTC)),
        ((8, 9, 10), (), datetime(2024, 3, 5, 11, tzinfo=UTC)),
        ((), (1,), datetime(2024, 3, 6, 0, tzinfo=UTC)),
        ((0, 1), (1,), datetime(2024, 3, 6, 2, tzinfo=UTC)),
        (tuple(range(24)), (), NOW),
        ((), tuple(range(7)), NOW),
    ],
    ids=str,
)
def test_outside__skipped_hours_and_days(hours, days, expected):
    assert outside(NOW, hours, days) == expected


def test_back_off__doubles_with_jitter_up_to_a_cap():
    waits = [back_off(URL, failures).total_seconds() for failures in range(1, 20)]
    for failures, wait in enumerate(waits[:10], 1):
        assert 60 * 2 ** (failures - 1) <= wait <= 75 * 2 ** (failures - 1)
    assert MAX_POLL_SECS <= waits[-1] <= 1.25 * MAX_POLL_SECS
    assert back_off(URL, 10_000) <= timedelta(seconds=1.25 * MAX_POLL_SECS)
    assert len({back_off(f"{URL}?{n}", 5) for n in range(20)}) > 10


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (410, {}, None),
        (429, {"retry-after": "3"}, secs(3)),
        (503, {"retry-after": "7200"}, secs(7200)),
        (429, {"retry-after": "0"}, NOW + back_off(URL, 2)),
        (503, {}, NOW + back_off(URL, 2)),
        (500, {"retry-after": "7200"}, NOW + back_off(URL, 2)),
        (404, {}, NOW + back_off(URL, 2)),
        (0, {}, NOW + back_off(URL, 2)),
    ],
    ids=str,
)
def test_after_failure__by_status(status, headers, expected):
    assert after_failure(URL, NOW, 2, status, headers) == expected


def test_page_retry__waits_for_the_later_of_back_off_and_retry_after():
    assert page_retry(URL, NOW, 1, 503, {"retry-after": "86400"}) == secs(86_400)
    assert page_retry(URL, NOW, 1, 503, {"retry-after": "1"}) == NOW + back_off(URL, 1, 600)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [(None, 1.0), (5.0, 5.0), (0.1, 1.0), (900.0, 30.0), (float("nan"), 1.0), (-1.0, 1.0)],
    ids=str,
)
def test_crawl_delay__within_limits(asked, expected):
    assert crawl_delay(asked) == expected
