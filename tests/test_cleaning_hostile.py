"""Hostile pages end within the deadline, with the right reason, and their neighbours go through."""

import json
import time
from collections.abc import Iterator

import pytest

from schemas.article import Article
from schemas.vocabulary import MediaType, QualityFlag, Reason
from tests.support import raw_document
from transforms.articles import identified
from transforms.cleaning import MAX_PAYLOAD_BYTES
from transforms.guard import GuardedCleaning
from transforms.rejects import RejectedError

DEADLINE_SECS = 20.0
_FOLLOWERS = ("Hier", "Aujourd'hui", "Demain", "Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi")
SENTENCES = "".join(
    f"<p>{day}, le préfet de la région a parlé longuement devant la foule réunie.</p>" for day in _FOLLOWERS
).encode()
HEAD = b"<html><head><title>Un titre clair</title>"
PAGE = HEAD + b"</head><body><article><h1>Un titre clair</h1>" + SENTENCES + b"</article></body></html>"


def _with_script(script: bytes) -> bytes:
    return PAGE.replace(b"</head>", b'<script type="application/ld+json">' + script + b"</script></head>")


def _entity_bomb() -> bytes:
    entities = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10 if i else "aaaaaaaaaa"}">' for i in range(10))
    return f"<!DOCTYPE html [{entities}]>".encode() + PAGE.replace(b"</article>", b"<p>&a9;</p></article>")


@pytest.fixture(scope="module")
def guarded() -> Iterator[GuardedCleaning]:
    guard = GuardedCleaning(DEADLINE_SECS)
    yield guard
    guard.close()


def _clean(guarded: GuardedCleaning, payload: bytes, **values: object) -> Article:
    started = time.monotonic()
    try:
        return identified(guarded.call(raw_document(payload, media_type=MediaType.HTML, **values)))
    finally:
        assert time.monotonic() - started < DEADLINE_SECS + 10


ARTICLE_DATES = json.dumps(
    [{"@type": "NewsArticle", "headline": f"Titre {i}", "datePublished": "2024-03-01"} for i in range(10_000)]
).encode()


@pytest.mark.parametrize(
    ("payload", "title"),
    [
        pytest.param(_entity_bomb(), "Un titre clair", id="entity-bomb"),
        pytest.param(_with_script(ARTICLE_DATES), "Un titre clair", id="ten-thousand-items"),
        pytest.param(_with_script(b"[" * 100_000), "Un titre clair", id="endless-json"),
        pytest.param(_with_script(b'{"author": ' + b'"author": [{' * 50_000), "Un titre clair", id="broken-json"),
        pytest.param(
            PAGE.replace(b"</article>", b"<p>" + b"(Image : " * 5_000 + b"A " * 20_000 + b"</p></article>"),
            "Un titre clair",
            id="backtracking-candidate",
        ),
        pytest.param(
            PAGE.replace(b"<head>", b'<head><meta charset="absurd-8">'), "Un titre clair", id="absurd-charset"
        ),
        pytest.param(PAGE.replace(b"foule", b"fou\0le"), "Un titre clair", id="zero-bytes"),
        pytest.param(
            PAGE.replace(b"</h1>", b"</h1><script></script>\x01&#2;&#xD800;&#x1F;<script></script>&#3;"),
            "Un titre clair",
            id="control-characters-and-references-to-them",
        ),
        pytest.param(PAGE.decode().encode("utf-16-le"), "Un titre clair", id="utf-16-undeclared"),
        pytest.param(
            PAGE.replace(b"<head>", b'<head><meta charset="utf-16">'), "Un titre clair", id="utf-8-declared-utf-16"
        ),
    ],
)
def test_clean__hostile_page_with_an_article__gives_the_article(
    guarded: GuardedCleaning, payload: bytes, title: str
) -> None:
    found = _clean(guarded, payload)
    assert found.title == title
    assert "le préfet de la région a parlé longuement devant la foule réunie." in found.text


def test_clean__invalid_utf_8__is_mended_and_flagged(guarded: GuardedCleaning) -> None:
    found = _clean(guarded, PAGE.replace(b"longuement", b"longue\xffment"))
    assert QualityFlag.ENCODING_REPAIRED in found.quality_flags
    assert "longue\ufffdment" in found.text


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        pytest.param(b"<div>" * 100_000 + SENTENCES + b"</div>" * 100_000, Reason.NO_ARTICLE, id="nested-tags"),
        pytest.param(b"<html><body><p>" + b"a" * 10_000_000, Reason.NO_ARTICLE, id="one-line-of-10-mb"),
        pytest.param(b"<html></html>", Reason.NO_ARTICLE, id="no-content"),
        pytest.param(b"<html><body><img src=x></body></html>", Reason.NO_ARTICLE, id="picture-only"),
        pytest.param(b" \n ", Reason.EMPTY, id="empty"),
        pytest.param(b"%PDF-1.7" + b"a" * 1000, Reason.BINARY, id="pdf"),
    ],
)
def test_clean__page_without_an_article__is_rejected_and_the_next_is_served(
    guarded: GuardedCleaning, payload: bytes, reason: Reason
) -> None:
    with pytest.raises(RejectedError) as caught:
        _clean(guarded, payload)
    assert caught.value.reason is reason
    assert _clean(guarded, PAGE).title == "Un titre clair"


def test_clean__200_mb__is_above_the_cap() -> None:
    assert MAX_PAYLOAD_BYTES < 200_000_000
