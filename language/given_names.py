"""Whether a person's given name is that of a man or of a woman.

The table is ``language/data/given_name_genders.toml``; a name that is not in it says nothing.
"""

from functools import lru_cache
from typing import Literal

from language.data_files import NEUTRAL, load_table
from language.spelling import words

Gender = Literal["Masc", "Fem"]


@lru_cache(maxsize=1)
def _genders() -> dict[str, Gender]:
    table = load_table(NEUTRAL, "given_name_genders")
    men: dict[str, Gender] = dict.fromkeys(str(table.get("men", "")).split(), "Masc")
    women: dict[str, Gender] = dict.fromkeys(str(table.get("women", "")).split(), "Fem")
    return men | women


def gender_of_given_name(name: str) -> Gender | None:
    """The gender that the first part of a full name tells; None for a bare family name or an unknown given name.

    >>> gender_of_given_name("Marie-Claude Petit"), gender_of_given_name("Jean-Marie Petit"), gender_of_given_name("Petit")
    ('Fem', 'Masc', None)
    """
    parts = words(name)
    return _genders().get(parts[0]) if len(parts) > 1 else None
