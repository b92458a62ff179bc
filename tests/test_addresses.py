"""Addresses are absolute, of the web, and without tracking."""

import pytest

from transforms.addresses import canonical_address, is_home_page, is_section_of, web_address

BASE = "https://www.example.org/news/a.html"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("/b", "https://www.example.org/b", id="relative"),
        pytest.param("//cdn.example.org/p.jpg", "https://cdn.example.org/p.jpg", id="without-scheme"),
        pytest.param("javascript:alert(1)", None, id="script"),
        pytest.param("http://[", None, id="invalid-host"),
        pytest.param("https://e.org/" + "a" * 3000, None, id="endless"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="none"),
    ],
)
def test_web_address__written__is_absolute_or_none(written: str | None, expected: str | None) -> None:
    assert web_address(written, BASE) == expected


def test_canonical_address__tracking_and_fragment__are_gone() -> None:
    written = "https://www.Example.org/a?utm_source=x&id=7&fbclid=y#top"
    assert canonical_address(written) == "https://www.example.org/a?id=7"


@pytest.mark.parametrize(
    ("url", "article", "section"),
    [
        pytest.param("https://e.org/news", "https://e.org/news/article-1", True, id="section"),
        pytest.param("https://e.org/news/article-1", "https://e.org/news/article-1/amp", False, id="variant"),
        pytest.param("https://e.org/news/article-2", "https://e.org/news/article-1", False, id="sibling"),
        pytest.param("https://e.org/a", "https://e.org/a", False, id="same"),
    ],
)
def test_is_section_of__addresses__are_told_apart(url: str, article: str, section: bool) -> None:
    assert is_section_of(url, article) is section


@pytest.mark.parametrize(
    ("url", "home"), [("https://e.org/", True), ("https://e.org", True), ("https://e.org/?p=1", False)]
)
def test_is_home_page__address__is_judged(url: str, home: bool) -> None:
    assert is_home_page(url) is home
