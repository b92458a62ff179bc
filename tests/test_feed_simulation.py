"""Hours of simulated time over many feeds with faults in many answers, and kills in between.

The suite runs a small world; DEPECHE_SIMULATION=full runs two hours over 200 feeds with faults in a tenth of the answers,
killed ten times; DEPECHE_SIMULATION=50 over so many feeds. -s prints the figures.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from feed_simulation import CUT, KILLS, World, simulate, too_early
from feed_world import Clock
from test_end_to_end import rows
from webserver import Site

from transforms.politeness import back_off


@pytest.fixture(scope="module")
def site():
    server = Site()
    yield server
    server.close()
    assert set(Clock.connections) <= {"127.0.0.1"}


@dataclass
class Run:
    """A simulation that has ended."""

    lake: Path
    world: World


def ended(site, factory, name: str, kills: int = 0) -> Run:
    lake = factory.mktemp(name)
    with pytest.MonkeyPatch.context() as patch:
        world = simulate(lake, site, patch, kills)
    print(f"\n{name}: {world.figures()}")
    return Run(lake, world)


@pytest.fixture(scope="module")
def whole(site, tmp_path_factory) -> Run:
    return ended(site, tmp_path_factory, "whole")


@pytest.fixture(scope="module")
def killed(site, tmp_path_factory) -> Run:
    return ended(site, tmp_path_factory, "killed", KILLS)


def articles(lake) -> list[tuple]:
    columns = "article_id, version_id, url, title, text, feed_url, feed_entry_id, published_at"
    return rows(lake, f"SELECT {columns} FROM articles ORDER BY ALL")


def rules_kept(site: Site, run: Run) -> None:
    world = run.world
    assert world.unchanged.count(304) >= 0.9 * len(world.unchanged) > 0, world.figures()
    assert set(site.most_at_once.values()) == {1}
    assert {CUT, 429} <= {asked.status for asked in world.log}
    assert list(too_early(world)) == []


def test_two_hours__every_article_once(whole):
    assert sorted(url for _, _, url, *_ in articles(whole.lake)) == whole.world.all_published(), whole.world.figures()


def test_two_hours__every_rule_kept(site, whole):
    rules_kept(site, whole)


def test_two_hours__silence_is_kept_to_the_second(whole):
    answered = {(asked.host, asked.moment): asked.wait_secs for asked in whole.world.log if asked.path == "/fil"}
    polls = rows(
        whole.lake, "SELECT feed_url, polled_at, next_due_at, status, failures FROM feed_polls WHERE status >= 400"
    )
    assert {429, 503} & {status for *_, status, _ in polls}
    for feed_url, polled_at, due, status, failures in polls:
        told = answered[feed_url.split("/")[2].partition(":")[0], polled_at]
        asked = timedelta(seconds=told) if status in (429, 503) else back_off(feed_url, failures)
        assert due - polled_at == asked, (feed_url, polled_at, due, status)


def test_killed_again_and_again__the_same_articles(whole, killed):
    assert len(killed.world.kills) == KILLS
    assert articles(killed.lake) == articles(whole.lake), killed.world.figures()


def test_killed_again_and_again__every_rule_kept(site, killed):
    rules_kept(site, killed)
