import pytest

from language.places import country_code, nationality_code, place_words


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("États-Unis", "US"),
        ("les États-Unis", "US"),
        ("ETATS-UNIS", "US"),
        ("Royaume-Uni", "GB"),
        ("la Russie", "RU"),
        ("Côte d’Ivoire", "CI"),
        ("République démocratique du Congo", "CD"),
        ("Congo-Brazzaville", "CG"),
        ("Myanmar", "MM"),
        ("Kosovo", "XK"),
        ("Royaume du Cambodge", "KH"),
        ("République islamique d'Iran", "IR"),
        ("Washington", None),
        ("Mexico", None),
        ("Congo", None),
        ("Europe", None),
        ("Union européenne", None),
        ("", None),
    ],
)
def test_country_code__countries_only(name: str, code: str | None) -> None:
    assert country_code(name) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("secrétaire d'État américain", "US"),
        ("ministre ukrainienne des Affaires étrangères", "UA"),
        ("président de la Russie", "RU"),
        ("Premier ministre sud-africain", "ZA"),
        ("président des États-Unis", "US"),
        ("ambassadeur russe en France", None),
        ("porte-parole du Kremlin", None),
        ("", None),
    ],
)
def test_nationality_code__of_one_country(text: str, code: str | None) -> None:
    assert nationality_code(text) == code


def test_nationality_code__a_language_without_a_table_has_country_names() -> None:
    assert nationality_code("president of Russie", "xx") == "RU"


def test_place_words__no_article_and_saints_written_out() -> None:
    assert place_words("Le St-Esprit") == ("saint", "esprit")
