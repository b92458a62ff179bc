"""Turns at hosts: the host that is ready first goes first, a result is lost to nobody."""

from datetime import UTC, datetime, timedelta

import pytest

from transforms.hosts import Hosts, in_turns
from transforms.robots import robots_answer

START = datetime(2024, 3, 5, 8, 0, tzinfo=UTC)


class FakeTime:
    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    def sleep(self, secs: float) -> None:
        self.moment += timedelta(seconds=secs)


@pytest.fixture
def fake() -> FakeTime:
    return FakeTime()


def test_in_turns__hosts_alternate_and_only_the_delay_is_waited_for(fake):
    hosts = Hosts(fake.now, fake.sleep, delay_secs=10)
    done = []

    def act(job: str) -> str:
        with hosts.turn(job[0]):
            done.append((job, (fake.now() - START).total_seconds()))
        return job

    jobs = {"a": ["a1", "a2", "a3"], "b": ["b1", "b2"], "c": []}
    assert list(in_turns(jobs, act, hosts, fake.now, threads=1)) == ["a1", "b1", "a2", "b2", "a3"]
    assert done == [("a1", 0), ("b1", 0), ("a2", 10), ("b2", 10), ("a3", 20)]


def test_in_turns__error_in_a_job__is_raised_here(fake):
    def act(job: str) -> str:
        raise ValueError(job)

    with pytest.raises(ValueError, match="a1"):
        list(in_turns({"a": ["a1"]}, act, Hosts(fake.now, fake.sleep, 1), fake.now, threads=2))


def test_slow_down__holds_from_the_last_request_on(fake):
    hosts = Hosts(fake.now, fake.sleep, delay_secs=1)
    with hosts.turn("a"):
        pass
    hosts.slow_down("a", 9)
    assert (hosts.ready_at("a"), hosts.ready_at("b")) == (START + timedelta(seconds=9), START)


def test_rest__lasts_until_the_latest_word(fake):
    hosts = Hosts(fake.now, fake.sleep, delay_secs=1)
    hosts.rest("a", START + timedelta(seconds=60))
    hosts.rest("a", START + timedelta(seconds=30))
    assert hosts.resting_until("a") == START + timedelta(seconds=60)
    fake.sleep(60)
    assert hosts.resting_until("a") is None


def test_free_at__host_that_nothing_keeps__is_the_very_moment_asked_for(fake):
    hosts = Hosts(fake.now, fake.sleep, delay_secs=10)
    fake.sleep(0.000001)  # the clock has gone on since
    assert hosts.free_at("a", START) == START


def test_free_at__is_after_the_delay_the_silence_and_the_turn(fake):
    def opens(_: str, now: datetime) -> datetime:
        return max(now, START + timedelta(seconds=opening))

    opening = 0
    hosts = Hosts(fake.now, fake.sleep, delay_secs=10, opens=opens)
    with hosts.turn("a"):
        pass
    assert hosts.free_at("a", START) == START + timedelta(seconds=10)
    hosts.rest("a", START + timedelta(seconds=20))
    assert hosts.free_at("a", START) == START + timedelta(seconds=20)
    opening = 30
    assert hosts.free_at("a", START) == START + timedelta(seconds=30)
    assert hosts.free_at("a", START + timedelta(seconds=40)) == START + timedelta(seconds=40)


RULES = b"User-agent: *\nDisallow: /prive\nAllow: /prive/avis\nDisallow: /*.pdf$\nUser-agent: Depeche\nCrawl-delay: 3\nDisallow: /non\n"


@pytest.mark.parametrize(
    ("status", "body", "agent", "path", "allowed"),
    [
        (200, RULES, "Autre", "/prive/x", False),
        (200, RULES, "Autre", "/prive/avis/1", True),
        (200, RULES, "Autre", "/a.pdf", False),
        (200, RULES, "Autre", "/a.pdf?x", True),
        (200, RULES, "Depeche", "/prive/x", True),
        (200, RULES, "depeche", "/non", False),
        (200, b"\xff\xfe<html>", "Depeche", "/x", True),
        (404, RULES, "Autre", "/prive", True),
        (403, RULES, "Autre", "/prive", True),
    ],
)
def test_robots__longest_rule_of_the_best_group_counts(status, body, agent, path, allowed):
    assert robots_answer(status, body, START).allows("https://quais.example" + path, agent) is allowed


@pytest.mark.parametrize("status", [429, 500, 503, 304, 0])
def test_robots__that_cannot_be_had__forbid_for_now(status):
    robots = robots_answer(status, b"", START)
    assert robots.unreachable == f"its robots.txt was answered with {status}"
    assert robots.valid_until == START + timedelta(minutes=5)
