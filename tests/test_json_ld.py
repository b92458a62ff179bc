"""Structured data is read from JSON that is not quite JSON."""

import json

import pytest
from lxml.html import document_fromstring

from transforms.json_ld import load_lenient, main_article, node_types, page_nodes, plain_address, text, texts

ARTICLE = '{"@type": "NewsArticle", "headline": "Titre"}'


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        pytest.param(ARTICLE, [json.loads(ARTICLE)], id="json"),
        pytest.param(f"<!-- {ARTICLE} -->", [json.loads(ARTICLE)], id="comment"),
        pytest.param(f"//<![CDATA[\n{ARTICLE}\n//]]>", [json.loads(ARTICLE)], id="cdata"),
        pytest.param(ARTICLE + ";", [json.loads(ARTICLE)], id="semicolon"),
        pytest.param(ARTICLE + ARTICLE, [json.loads(ARTICLE)] * 2, id="two-documents"),
        pytest.param('{"a": [1, 2,],}', [{"a": [1, 2]}], id="trailing-commas"),
        pytest.param('{"a": "l\\\'été"}', [{"a": "l\\'été"}], id="wrong-escape"),
        pytest.param('{"a": "b\nc"}', [{"a": "b\nc"}], id="raw-line-break"),
        pytest.param("{&quot;a&quot;: 1}", [{"a": 1}], id="entities"),
        pytest.param(
            '{"headline": "Un "mot" cité", "datePublished": "2024-01-01", "author": {"name": "Ann"}',
            [
                {
                    "@type": "NewsArticle",
                    "headline": "Un ",
                    "datePublished": "2024-01-01",
                    "author": [{"@type": "Person", "name": "Ann"}],
                }
            ],
            id="broken-beyond-repair",
        ),
        pytest.param("[" * 100_000, [], id="endless-nesting"),
        pytest.param("", [], id="empty"),
    ],
)
def test_load_lenient__script__gives_documents(script: str, expected: list[object]) -> None:
    assert load_lenient(script) == expected


def test_main_article__several_nodes__the_one_of_this_address_wins() -> None:
    nodes = [
        {"@type": "VideoObject", "name": "Film", "datePublished": "2024"},
        {"@type": "NewsArticle", "headline": "Autre", "url": "https://a.fr/autre"},
        {
            "@type": ["Article", "NewsArticle"],
            "headline": "Celui-ci",
            "mainEntityOfPage": {"@id": "http://www.a.fr/ceci/?x"},
        },
    ]
    found = main_article(nodes, frozenset({plain_address("https://a.fr/ceci#haut")}))
    assert found is not None
    assert text(found, "headline") == "Celui-ci"


def test_main_article__no_address_known__a_proper_article_before_a_video() -> None:
    nodes = [{"@type": "VideoObject", "name": "Film"}, {"@type": "schema:NewsArticle", "headline": "Titre"}]
    assert main_article(nodes, frozenset()) is nodes[1]


def test_page_nodes__graph_and_ten_thousand_items__are_read_up_to_the_cap() -> None:
    items = [{"@type": "Article", "headline": str(i)} for i in range(10_000)]
    script = f'<script type="application/ld+json">{json.dumps({"@graph": items})}</script>'
    nodes = page_nodes(document_fromstring(f"<html><head>{script}</head></html>"))
    assert len(nodes) == 2_000
    assert node_types(nodes[0]) == {"article"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("L&amp;#39;été &lt;b&gt;chaud&lt;/b&gt;", ["L'été chaud"], id="entities-twice-and-tags"),
        pytest.param(["a", {"name": "b"}, {"@value": "c"}, None, 3], ["a", "b", "c", "3"], id="mixed-list"),
        pytest.param({"@id": "#x"}, ["#x"], id="reference"),
        pytest.param("\ud800 seul", ["\ufffd seul"], id="lone-surrogate"),
        pytest.param(True, [], id="boolean"),
        pytest.param(None, [], id="nothing"),
    ],
)
def test_texts__value__gives_strings(value: object, expected: list[str]) -> None:
    assert texts({"key": value}, "missing", "key") == expected
