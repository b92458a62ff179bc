import pytest
import spacy
from spacy.language import Language

from language.numerals import digits_value, find_numerals
from language.pipelines import annotate, load_pipeline
from language.quantities import find_quantities


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_pipeline("fr")


def found(nlp: Language, text: str) -> list[tuple[str, float | None, str | None, bool, bool]]:
    mentions = find_quantities(text, annotate(nlp, text))
    assert all(text[m.start : m.end] == m.quantity.surface for m in mentions)
    return [
        (m.quantity.surface, m.quantity.value, m.quantity.unit, m.quantity.approximate, m.quantity.reliable)
        for m in mentions
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Plus de 100 000 soldats sont arrivés.",
            [("100 000 soldats", 100_000, "soldat", True, True)],
        ),
        (
            "Il a promis 200 millions de dollars et 3,5 milliards d’euros.",
            [
                ("200 millions de dollars", 2e8, "USD", False, True),
                ("3,5 milliards d’euros", 3.5e9, "EUR", False, True),
            ],
        ),
        ("La Russie a déployé deux armées.", [("deux armées", 2, "armée", False, True)]),
        ("Une centaine de militaires sont partis.", [("Une centaine de militaires", 100, "militaire", True, True)]),
        ("Le chômage atteint 12,5 %.", [("12,5 %", 12.5, "%", False, True)]),
        ("Il y a 40.000 habitants.", [("40.000 habitants", 40_000, "habitant", False, True)]),
        ("Environ 1,2 milliard d'euros ont été versés.", [("1,2 milliard d'euros", 1.2e9, "EUR", True, True)]),
        ("Au moins 100 XNUMX unités sont là.", [("100 XNUMX unités", None, "unité", True, False)]),
        (
            "Ils envoient 40.000 15.000 soldats et 400 XNUMX véhicules.",
            [
                ("40.000 15.000 soldats", None, "soldat", False, False),
                ("400 XNUMX véhicules", None, "véhicule", False, False),
            ],
        ),
        ("Ils envoient XNUMX soldats.", [("XNUMX soldats", None, "soldat", False, False)]),
        (
            "Entre 600 et 800 personnes ont défilé.",
            [("600", 600, "personne", True, True), ("800 personnes", 800, "personne", True, True)],
        ),
        (
            "De 10 à 20 000 personnes ont défilé.",
            [("10", 10_000, "personne", True, True), ("20 000 personnes", 20_000, "personne", True, True)],
        ),
        (
            "Des dizaines de milliers de manifestants ont défilé.",
            [("Des dizaines de milliers de manifestants", None, "manifestant", True, True)],
        ),
        ("Il a versé trois millions et demi d'euros.", [("trois millions et demi d'euros", 3.5e6, "EUR", False, True)]),
        ("Il a reçu 500 € et $200.", [("500 €", 500, "EUR", False, True), ("$200", 200, "USD", False, True)]),
        ("Le vent souffle à 120 km/h.", [("120 km/h", 120, "kilomètre par heure", False, True)]),
        ("Il en reste 3 000.", [("3 000", 3000, None, False, True)]),
        (
            "Le bilan est de 37 morts et 150 blessés.",
            [("37 morts", 37, "mort", False, True), ("150 blessés", 150, "blessé", False, True)],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_find_quantities__value_unit_and_trust(
    nlp: Language, text: str, expected: list[tuple[str, float | None, str | None, bool, bool]]
) -> None:
    assert found(nlp, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Le 14 juillet 2016, il a plu.",
        "Il est venu à 20h30.",
        "En 2014, la paix est revenue.",
        "Le 82e régiment est parti.",
        "L'article 49 de la Constitution a été invoqué.",
        "Ils ont gagné 15-14 puis 2-1.",
        "Appelez le 01 42 34 56 78.",
        "Le F-16 s'est écrasé.",
        "Le Covid-19 recule.",
        "Un soldat parle à une femme.",
        "La référence [3] est fausse.",
        "Le 12/03/2015 est une date.",
        "12 345 678 " * 50,
        "",
    ],
)
def test_find_quantities__no_dates_times_ordinals_scores_or_labels(nlp: Language, text: str) -> None:
    assert found(nlp, text) == []


def test_find_quantities__a_language_without_words_has_digits_only() -> None:
    text = "Two armies and 3 000 men"
    assert [m.quantity.value for m in find_quantities(text, spacy.blank("en")(text))] == [3000]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("40.000", 40_000),
        ("40 000", 40_000),
        ("40'000", 40_000),
        ("40,000", 40_000),
        ("1,200,000", 1_200_000),
        ("12,5", 12.5),
        ("3.5", 3.5),
        ("0.125", 0.125),
        ("1.234,5", 1234.5),
        ("-5", -5),
        ("12.03.2015", None),
        ("9" * 16, None),
    ],
)
def test_digits_value__french_and_translated_news(written: str, value: float | None) -> None:
    assert digits_value(written) == value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("vingt et un", 21),
        ("soixante-dix-sept", 77),
        ("soixante et onze", 71),
        ("quatre-vingts", 80),
        ("quatre-vingt-dix-neuf", 99),
        ("quatre-vingt-un", 81),
        ("nonante-neuf", 99),
        ("septante-deux", 72),
        ("un million cent onze", 1_000_111),
        ("deux cents", 200),
        ("deux cent trois", 203),
        ("mille neuf cent quatre-vingt-quatre", 1984),
        ("deux cent mille", 200_000),
        ("trois millions deux cent mille", 3_200_000),
    ],
)
def test_find_numerals__number_words(written: str, value: float) -> None:
    assert [(n.value, n.end) for n in find_numerals(written)] == [(value, len(written))]


@pytest.mark.parametrize("text", ["1 " * 50_000, "9" * 100_000, "deux " * 50_000, "XNUMX " * 50_000, "1.1" * 50_000])
def test_find_numerals__endless_rows_take_linear_time(text: str) -> None:
    assert all(text[n.start : n.end].strip() for n in find_numerals(text))
