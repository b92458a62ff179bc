"""By-lines become lists of names."""

import pytest

from transforms.authors import clean_names, page_authors
from transforms.page import parse_page


@pytest.mark.parametrize(
    ("written", "names"),
    [
        pytest.param(["Par Marie Curie"], ("Marie Curie",), id="prefix"),
        pytest.param(["Von Anna Sleegers, Frankfurt"], ("Anna Sleegers",), id="place"),
        pytest.param(["By Tom Davies and Ann Lee"], ("Tom Davies", "Ann Lee"), id="and"),
        pytest.param(["Marie Curie et Jean Perrin"], ("Marie Curie", "Jean Perrin"), id="et"),
        pytest.param(["Ana Ruiz y Luis Gil"], ("Ana Ruiz", "Luis Gil"), id="y"),
        pytest.param(["José Ortega y Gasset"], ("José Ortega", "Gasset"), id="y-in-a-name-is-split"),
        pytest.param(["Ann Lee, Tom Fox, Senior Reporter"], ("Ann Lee", "Tom Fox"), id="role"),
        pytest.param(["Ann Lee (AFP)"], ("Ann Lee",), id="agency-in-brackets"),
        pytest.param(["Ann Lee https://x.com/annlee", "ann@lee.org", "@annlee"], ("Ann Lee",), id="addresses"),
        pytest.param(["Ann Lee", "ANN LEE"], ("Ann Lee",), id="twice"),
        pytest.param(["Ярослав Кузишин, Антон Зелинский"], ("Ярослав Кузишин", "Антон Зелинский"), id="cyrillic"),
        pytest.param(["박준석"], ("박준석",), id="korean"),
        pytest.param(["de Gaulle", "dpa"], ("de Gaulle", "dpa"), id="lower-case-particle-and-agency"),
        pytest.param(["5 Min", "12.03.2024", "", "Lire la suite de cet article sur notre site"], (), id="no-names"),
    ],
)
def test_clean_names__written__gives_names(written: list[str], names: tuple[str, ...]) -> None:
    assert clean_names(written) == names


def _authors(head: str, body: str = "") -> tuple[str, ...]:
    page = parse_page(f"<html><head>{head}</head><body>{body}</body></html>", None)
    return page_authors(page, "Titre", ["Le Monde", "lemonde.fr"])


JSON_LD = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Titre", "author": %s}</script>'


@pytest.mark.parametrize(
    ("head", "body", "names"),
    [
        pytest.param(
            JSON_LD % '[{"@type": "Person", "name": "Ann Lee"}, "Tom Fox"]', "", ("Ann Lee", "Tom Fox"), id="json-ld"
        ),
        pytest.param(
            '<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "author": {"@id": "#p"}},'
            ' {"@type": "Person", "@id": "#p", "name": "Ann Lee"}]}</script>',
            "",
            ("Ann Lee",),
            id="reference-in-a-graph",
        ),
        pytest.param(
            JSON_LD % '{"@type": "Organization", "name": "Le Monde"}' + '<meta name="author" content="Ann Lee">',
            "",
            ("Ann Lee",),
            id="a-person-before-the-publisher",
        ),
        pytest.param(JSON_LD % '["Ann Lee", "AFP"]', "", ("Ann Lee",), id="no-agency-beside-a-person"),
        pytest.param(JSON_LD % '"AFP"', "", ("AFP",), id="an-agency-alone"),
        pytest.param("", '<p class="byline">Par Ann Lee</p>', ("Ann Lee",), id="class"),
        pytest.param("", "<p>Par Ann Lee</p>", ("Ann Lee",), id="words"),
        pytest.param("", '<ul><li><a href="/x">Par Tom Fox</a></li></ul>', (), id="another-story's-by-line"),
        pytest.param("", "", (), id="nobody"),
    ],
)
def test_page_authors__page__gives_names(head: str, body: str, names: tuple[str, ...]) -> None:
    assert _authors(head, body) == names
