"""The body of a page: lead, paragraphs, lists and tables stay; furniture and other stories go."""

import json

import pytest

from schemas.vocabulary import Reason
from transforms.body import extract_body
from transforms.page import parse_page
from transforms.rejects import RejectedError

P = [
    "Lundi, le préfet de la région a parlé longuement devant la foule réunie sur la grande place de la ville.",
    "Mardi, les pompiers ont annoncé que le feu était maîtrisé et que personne n'avait été blessé dans l'incendie.",
    "Mercredi, la ministre s'est rendue sur place et a promis une aide rapide aux familles qui ont tout perdu.",
    "Jeudi, le conseil municipal a voté une somme de quarante mille euros pour reconstruire l'école du village.",
]


def _body(inner: str, head: str = "", title: str = "Un titre clair") -> str:
    html = f"<html><head>{head}</head><body>{inner}</body></html>"
    return extract_body(parse_page(html, None), title)


def _story(*inner: str) -> str:
    return "<article><h1>Un titre clair</h1>" + "".join(f"<p>{p}</p>" for p in P) + "".join(inner) + "</article>"


def test_extract_body__paragraphs_and_subheading__an_empty_line_between_blocks() -> None:
    inner = f"<article><h1>Un titre clair</h1><p>{P[0]}</p><p>{P[1]}</p><h2>La suite des faits</h2><p>{P[2]}</p><p>{P[3]}</p></article>"
    assert _body(inner).split("\n\n")[-5:] == [P[0], P[1], "La suite des faits", P[2], P[3]]


def test_extract_body__list_and_table__are_readable_lines() -> None:
    items = "<ul><li>un premier point assez long</li><li>un second point assez long</li></ul>"
    table = "<table><tr><th>Ville</th><th>Habitants</th></tr><tr><td>Lyon</td><td>520 000</td></tr></table>"
    text = _body(_story(items, table, f"<p>{P[0][::-1]}</p>"))
    assert "- un premier point assez long\n- un second point assez long" in text
    assert "Ville | Habitants\nLyon | 520 000" in text


@pytest.mark.parametrize(
    "furniture",
    [
        pytest.param("<figure><img src=x><figcaption>La légende de la photo</figcaption></figure>", id="caption"),
        pytest.param('<div class="article-newsletter">Inscrivez-vous ici tous les jours</div>', id="newsletter"),
        pytest.param('<div class="relatedContent"><p>Une autre histoire du jour</p></div>', id="related-in-camel-case"),
        pytest.param(
            '<ul><li><a href="/a">Une autre histoire</a></li><li><a href="/b">Encore une</a></li></ul>', id="links"
        ),
        pytest.param('<p><a href="/a">Une autre histoire que l\'on peut lire ici</a></p>', id="paragraph-of-one-link"),
        pytest.param("<article><a href='/x'><h3>Une autre histoire</h3></a></article>", id="teaser"),
        pytest.param("<script>var texte = 'Une autre histoire';</script>", id="script"),
        pytest.param("<form><p>Votre adresse de courriel</p><button>Envoyer maintenant</button></form>", id="button"),
    ],
)
def test_extract_body__furniture_inside_the_story__is_left_out(furniture: str) -> None:
    text = _body(_story(furniture, f"<p>{P[0].replace('Lundi', 'Samedi')}</p>"))
    assert all(p in text for p in P)
    for words in ("légende", "Inscrivez", "autre histoire", "Encore une", "courriel", "Envoyer"):
        if words in furniture and words != "courriel":
            assert words not in text


def test_extract_body__short_article_in_a_container_named_like_furniture__stays() -> None:
    assert P[0] in _body(f'<div class="article related-on"><p>{P[0]}</p><p>{P[1]}</p></div><p>Contact</p>')


def test_extract_body__whole_page_in_a_form__stays() -> None:
    text = _body("<form action=x><h1>Un titre clair</h1><div>" + "<br>".join(P * 2) + "</div></form>")
    assert P[1] in text


def test_extract_body__two_long_stories__only_the_one_with_the_headline() -> None:
    other = "<article><h2>Autre chose</h2>" + "".join(f"<p>{p.replace('a', 'o')}</p>" for p in P * 3) + "</article>"
    text = _body(_story() + other)
    assert P[3] in text
    assert P[3].replace("a", "o") not in text


def test_extract_body__body_cut_into_parts__is_joined() -> None:
    parts = "".join(
        '<div class="grid"><div class="body__inner">'
        + "".join(f"<p>{day} {p}</p>" for p in P)
        + "</div><aside>Publicité</aside></div>"
        for day in ("En mars,", "En avril,", "En mai,")
    )
    text = _body(f"<main><article><h1>Un titre clair</h1>{parts}</article></main>")
    assert [f"{day} {P[2]}" in text for day in ("En mars,", "En avril,", "En mai,")] == [True, True, True]


def test_extract_body__lead_outside_the_body__comes_first() -> None:
    lead = "Le feu a détruit trois maisons du village dans la nuit de dimanche à lundi."
    inner = f'<header><h1>Un titre clair</h1><p class="x">{lead}</p></header><div class="content">' + "".join(
        f"<p>{p}</p>" for p in P
    )
    text = _body(inner + "</div>", f'<meta name="description" content="{lead}">')
    assert text.startswith(lead)
    assert text.count(lead) == 1


def test_extract_body__text_only_in_json_ld__is_taken() -> None:
    stated = json.dumps(
        {"@type": "NewsArticle", "headline": "Un titre clair", "articleBody": "<p>" + "</p><p>".join(P * 2) + "</p>"}
    )
    text = _body("<div id=app></div>", f'<script type="application/ld+json">{stated}</script>')
    assert text == "\n\n".join(P * 2)


def test_extract_body__nothing__is_rejected() -> None:
    with pytest.raises(RejectedError) as caught:
        _body("<img src=x>")
    assert caught.value.reason is Reason.NO_ARTICLE
