"""What tests of feeds share: a loopback server, a clock that stands still, feeds with pages, and one cycle."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from test_end_to_end import contents as contents
from test_end_to_end import rows as rows
from webserver import Reply, Site

from pipeline.feeds import poll_once
from pipeline.options import Settings
from transforms.feed_memory import FeedMemory
from transforms.fetching import Limits
from transforms.web import WebSettings, open_web

START = datetime(2024, 3, 5, 8, 0, tzinfo=UTC)


class Clock:
    """Stands still unless someone sleeps."""

    now = START
    connections: list[str] = []  # noqa: RUF012  one for all tests, emptied by `web`


def now() -> datetime:
    return Clock.now


def now_and_on() -> datetime:
    """A clock that goes on, as real ones do: it is never read twice in one microsecond."""
    Clock.now += timedelta(microseconds=1)
    return Clock.now


def sleep(secs: float) -> None:
    Clock.now += timedelta(seconds=secs)


def resolve(host: str, _: int) -> list[str]:
    """Every name of .example is the loopback server, but for those that attack."""
    return {"metadata.example": ["169.254.169.254"], "intranet.example": ["10.0.0.7"]}.get(host, ["127.0.0.1"])


def connected(address: str) -> None:
    Clock.connections.append(address)


@pytest.fixture
def site():
    server = Site()
    yield server
    server.close()
    # The audit: whatever the test did, no connection left the allowed set.
    assert set(Clock.connections) <= {"127.0.0.1"}


@pytest.fixture
def web():
    Clock.now = START
    Clock.connections.clear()
    open_web.cache_clear()
    limits = Limits(connect_secs=2, silence_secs=0.5, total_secs=1)
    return WebSettings(
        allow_loopback=True, threads=1, limits=limits, now=now, sleep=sleep, resolve=resolve, connected=connected
    )


def page(title: str) -> bytes:
    return (
        f"<html lang='fr'><head><title>{title}</title></head><body><article><h1>{title}</h1>"
        f"<p>{title} : le port de Saint-Elme rouvre lundi matin, a annoncé la préfecture dans un communiqué.</p>"
        "<p>« La digue tient », a déclaré le maire, Aziz Lemoine, devant la presse réunie sur le quai.</p>"
        "</article></body></html>"
    ).encode()


def rss(*items: tuple[str, str], head: str = "") -> bytes:
    """A feed of (guid, link) items, each dated."""
    entries = "".join(
        f"<item><title>Avis {guid}</title><link>{link}</link><guid isPermaLink='false'>{guid}</guid>"
        f"<description>Résumé {guid}.</description><pubDate>Tue, 05 Mar 2024 07:00:00 GMT</pubDate></item>"
        for guid, link in items
    )
    return f'<rss version="2.0"><channel><title>Les Quais</title>{head}{entries}</channel></rss>'.encode()


def settings(lake, **changes) -> Settings:
    return replace(Settings(inputs=(), output=str(lake), feeds=("x",), language="fr"), **changes)


def cycle(lake, web: WebSettings, *urls: str, **changes):
    return poll_once(settings(lake, **changes), list(urls), FeedMemory(str(lake), now), web)


def last(lake, url: str):
    return FeedMemory(str(lake), now).last_polls()[url]


def feed_with_pages(site: Site, host: str = "quais.example", guids: str = "12") -> str:
    for guid in guids:
        site.routes[host, f"/{guid}"] = Reply(body=page(f"Avis {guid}"), headers={"Content-Type": "text/html"})
    body = rss(*((guid, site.url(f"/{guid}", host)) for guid in guids))
    site.routes[host, "/fil"] = Reply(body=body, headers={"ETag": 'W/"v1"', "Last-Modified": "hier"})
    return site.url("/fil", host)
