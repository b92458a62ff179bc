"""Given names tell men from women where they can."""

import pytest

from language.data_files import NEUTRAL, load_table
from language.given_names import gender_of_given_name


@pytest.mark.parametrize(
    ("name", "gender"),
    [
        pytest.param("Anne Morel", "Fem", id="woman"),
        pytest.param("Sergueï Petrov", "Masc", id="man-with-accents"),
        pytest.param("Jean-Marie Petit", "Masc", id="first-part-of-a-compound"),
        pytest.param("Dominique Petit", None, id="both"),
        pytest.param("Anne", None, id="one-word-may-be-a-family-name"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_gender_of_given_name__full_names(name: str, gender: str | None) -> None:
    assert gender_of_given_name(name) == gender


def test_given_name_genders__no_name_is_in_both_lists() -> None:
    table = load_table(NEUTRAL, "given_name_genders")
    assert set(table["men"].split()) & set(table["women"].split()) == set()
