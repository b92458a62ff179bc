"""The headline: which of a page's titles, without the publisher's name."""

import pytest

from schemas.vocabulary import TitleSource
from transforms.page import parse_page
from transforms.titles import headline_of_text, page_title, strip_site

LD = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "%s"}</script>'
OG = '<meta property="og:title" content="%s">'
TWITTER = '<meta name="twitter:title" content="%s">'
BODY_LINE = "Le préfet a parlé hier soir devant une foule de plusieurs milliers de personnes réunies sur la place."


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("Un titre | Le Monde", "Un titre", id="bar"),
        pytest.param("Un titre - Le Monde", "Un titre", id="hyphen"),
        pytest.param("Un titre – Europe – Le Monde", "Un titre – Europe", id="only-the-site"),
        pytest.param("Ukraine : un titre", "Ukraine : un titre", id="colon"),
        pytest.param("Le Monde | Un titre", "Un titre", id="site-first"),
        pytest.param("Paris - une ville", "Paris - une ville", id="hyphen-in-a-title"),
        pytest.param("Le Monde", "Le Monde", id="nothing-but-the-site"),
    ],
)
def test_strip_site__title__loses_the_site_only(title: str, expected: str) -> None:
    assert strip_site(title, {"le monde"}) == expected


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        pytest.param(LD % "A" + OG % "B" + TWITTER % "B", "<h1>A</h1>", ("A", TitleSource.JSON_LD), id="two-against-one"),
        pytest.param(LD % "A" + OG % "B", "<h1>A</h1>", ("B", TitleSource.META), id="no-social-wording"),
        pytest.param(LD % "A" + OG % "B" + TWITTER % "B", "", ("A", TitleSource.JSON_LD), id="json-ld-first"),
        pytest.param(OG % "B | Le Monde", "<h1>C</h1>", ("B", TitleSource.META), id="og-before-heading"),
        pytest.param("<title>T - Le Monde</title>", "<h1>C</h1>", ("C", TitleSource.HTML), id="heading-before-title"),
        pytest.param("<title>T - Le Monde</title>", "", ("T", TitleSource.HTML), id="title"),
        pytest.param(OG % "Le Monde", "<h1>C</h1>", ("C", TitleSource.HTML), id="the-site's-name-is-no-title"),
        pytest.param(
            OG % "Un titre assez long pour être…" , "<h1>Un titre assez long pour être coupé</h1>",
            ("Un titre assez long pour être coupé", TitleSource.META), id="cut-short",
        ),
        pytest.param("", "<p>x</p>", (None, None), id="none"),
    ],
)  # fmt: skip
def test_page_title__page__gives_title(head: str, body: str, expected: tuple[str | None, TitleSource | None]) -> None:
    page = parse_page(f"<html><head>{head}</head><body>{body}</body></html>", None)
    assert page_title(page, ["Le Monde"]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"Un titre clair\n\n{BODY_LINE}", "Un titre clair", id="headline"),
        pytest.param(f"Faut-il partir ?\n{BODY_LINE}", "Faut-il partir ?", id="question"),
        pytest.param(f"Il a dit « non »\n\n{BODY_LINE}", "Il a dit « non »", id="quotation-at-the-end"),
        pytest.param(f"2 000 soldats partent\n\n{BODY_LINE}", "2 000 soldats partent", id="number"),
        pytest.param(f"Le préfet a parlé.\n\n{BODY_LINE}", None, id="sentence"),
        pytest.param(f"Il a parlé ! Puis il est parti\n\n{BODY_LINE}", None, id="sentence-inside"),
        pytest.param(f"Deux mots\n\n{BODY_LINE}", None, id="too-short"),
        pytest.param(f"le préfet parle encore\n\n{BODY_LINE}", None, id="small-letter"),
        pytest.param("Un titre clair", None, id="nothing-below"),
        pytest.param("Un titre clair\n\nUn autre titre\n\nEncore un titre de plus", None, id="list-of-titles"),
        pytest.param("", None, id="empty"),
    ],
)
def test_headline_of_text__text__gives_headline(text: str, expected: str | None) -> None:
    assert headline_of_text(text) == expected
