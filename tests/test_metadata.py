"""One resolver: what came along with a document and what its page says, with provenance."""

from datetime import UTC, datetime

import pytest

from schemas.document import GivenMetadata
from schemas.vocabulary import DateSource, TitleSource
from transforms.metadata import Metadata, given_metadata, page_metadata
from transforms.page import parse_page

CAPTURED_AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
URL = "https://www.gazette.example/monde/un-article"
LD = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Titre", %s}</script>'


def _page(head: str = "", body: str = "", given: GivenMetadata | None = None, language: str = "fr") -> Metadata:
    html = f'<html lang="{language}"><head>{head}</head><body>{body}</body></html>'
    given = given or GivenMetadata(url=URL)
    return page_metadata(parse_page(html, given.url), given, CAPTURED_AT)


@pytest.mark.parametrize(
    ("head", "body", "given", "expected"),
    [
        pytest.param(
            LD % '"datePublished": "2026-05-01T08:00:00+02:00"',
            "",
            GivenMetadata(published_at="2026-04-30", date_source=DateSource.FEED),
            ("2026-04-30T00:00:00+00:00", DateSource.FEED),
            id="feed-before-json-ld",
        ),
        pytest.param(
            LD % '"datePublished": "2026-05-01T08:00:00+02:00"'
            + '<meta property="article:published_time" content="2026-05-02">',
            "",
            GivenMetadata(published_at="2026-04-30"),
            ("2026-05-01T06:00:00+00:00", DateSource.JSON_LD),
            id="json-ld-before-meta-and-sidecar",
        ),
        pytest.param(
            '<meta property="article:published_time" content="2026-05-02T10:00:00Z">',
            "<time datetime='2026-05-03' pubdate>hier</time>",
            GivenMetadata(),
            ("2026-05-02T10:00:00+00:00", DateSource.META),
            id="meta-before-time",
        ),
        pytest.param(
            "",
            "<article><h1>Titre</h1><time datetime='2026-05-03T09:30:00Z' itemprop='datePublished'>hier</time></article>",
            GivenMetadata(),
            ("2026-05-03T09:30:00+00:00", DateSource.HTML),
            id="time-element",
        ),
        pytest.param(
            "",
            "<p>Rien ici.</p>",
            GivenMetadata(published_at="2026-04-30T10:00:00Z"),
            ("2026-04-30T10:00:00+00:00", DateSource.SIDECAR),
            id="sidecar-last",
        ),
        pytest.param(
            LD % '"datePublished": "9999-12-31"',
            "<p>Rien ici.</p>",
            GivenMetadata(published_at="2026-04-30T10:00:00Z"),
            ("2026-04-30T10:00:00+00:00", DateSource.SIDECAR),
            id="refused-gives-way",
        ),
        pytest.param("", "<p>Rien ici.</p>", GivenMetadata(), (None, None), id="none"),
    ],
)
def test_page_metadata__dates__best_source_wins(
    head: str, body: str, given: GivenMetadata, expected: tuple[str | None, DateSource | None]
) -> None:
    dated = _page(head, body, given).dated
    assert (dated.published_at.isoformat() if dated.published_at else None, dated.source) == expected


def test_page_metadata__full_page__every_field_is_read() -> None:
    head = (
        LD
        % (
            '"datePublished": "2026-05-01T08:00:00Z", "dateModified": "2026-05-02T08:00:00Z", "articleSection": "Monde",'
            ' "keywords": ["Kiev", "Otan"], "description": "Le résumé.", "image": {"url": "/photo.jpg"}, "inLanguage": "fr-FR",'
            ' "publisher": {"name": "La Gazette"}, "author": [{"@type": "Person", "name": "Ann Lee"}]'
        )
        + f'<link rel="canonical" href="{URL}?utm_source=x#haut">'
    )
    found = _page(head, "<h1>Titre - La Gazette</h1>", GivenMetadata(url=URL + "?fbclid=y"))
    assert found.canonical_url == URL
    assert found.url == URL + "?fbclid=y"
    assert (found.title, found.title_source) == ("Titre", TitleSource.JSON_LD)
    assert found.authors == ("Ann Lee",)
    assert found.modified_at == datetime(2026, 5, 2, 8, tzinfo=UTC)
    assert (found.section, found.tags, found.description) == ("Monde", ("Kiev", "Otan"), "Le résumé.")
    assert found.image_url == "https://www.gazette.example/photo.jpg"
    assert found.languages[1:3] == ("fr-FR", "fr")
    assert found.source_name == "La Gazette"


@pytest.mark.parametrize(
    "href",
    [
        pytest.param("https://other.example/un-article", id="another-site"),
        pytest.param("https://www.gazette.example/", id="home-page"),
        pytest.param("https://www.gazette.example/monde", id="section"),
        pytest.param("javascript:void(0)", id="no-address"),
    ],
)
def test_page_metadata__canonical_that_cannot_be__is_not_believed(href: str) -> None:
    assert _page(f'<link rel="canonical" href="{href}">').canonical_url == URL


def test_page_metadata__nothing_on_the_page__sidecar_fills_in() -> None:
    given = GivenMetadata(url=URL, title="Du fichier", authors=("Ann Lee",), tags=("a",), source="Gazette")
    found = _page("", "<p>Rien.</p>", given)
    assert (found.title, found.title_source, found.authors, found.tags) == (
        "Du fichier", TitleSource.SIDECAR, ("Ann Lee",), ("a",),
    )  # fmt: skip
    assert found.source_name == "Gazette"


def test_given_metadata__hostile_values__are_made_storable() -> None:
    given = GivenMetadata(
        url="file:///etc/passwd", title="Un\x00 titre\n\ud800", source=" ", authors=("Par\u202e Ann Lee",)
    )
    found = given_metadata(given, CAPTURED_AT)
    assert (found.url, found.title, found.source_name, found.authors) == (None, "Un titre \ufffd", None, ("Ann Lee",))
