"""Remembered character sets change how long compiling takes, and nothing else."""

import re
import subprocess
import sys

import pytest

from language.character_sets import remembered_character_sets

TOKENS = """
import sys
from contextlib import nullcontext
import spacy
from language.character_sets import remembered_character_sets
with remembered_character_sets() if sys.argv[1] == "remembered" else nullcontext():
    french = spacy.blank("fr")
text = "Aujourd'hui, l'après-midi du 3 mai, M. Dupont (porte-parole d'Entr'acte) n'a-t-il pas dit « peut-être » à Saint-Elme-lès-Bains ? "
text += " ".join(chr(code) + "zig-ZAG" + chr(code) for code in range(33, 0x2FFF, 7) if chr(code).isprintable())
print([token.text for token in french(text)])
"""


def test_tokens_of_french__remembered__are_those_of_spacy() -> None:
    runs = [
        subprocess.run([sys.executable, "-c", TOKENS, how], capture_output=True, check=True).stdout
        for how in ("remembered", "as it comes")
    ]
    assert runs[0] == runs[1]
    assert len(runs[0]) > 10_000


@pytest.mark.parametrize("flags", [re.NOFLAG, re.I, re.I | re.A], ids=["cased", "caseless", "ascii"])
def test_compile__same_set_again_in_another_kind__matches_as_without(flags: re.RegexFlag) -> None:
    with remembered_character_sets():
        remembered = [re.compile(pattern, flags) for pattern in ("[a-zé-ÿſK]+", "[^a-zé-ÿſK]+", "x[a-zé-ÿſK]")]
        re.compile("(?i)[a-zé-ÿſK]+")
    re.purge()
    text = "".join(map(chr, range(0x3000)))
    for pattern in remembered:
        assert pattern.findall(text) == re.compile(pattern.pattern, flags).findall(text)


def test_remembered__afterwards_and_after_an_error__is_over() -> None:
    before = re._compiler._optimize_charset  # type: ignore[attr-defined]
    with pytest.raises(re.error), remembered_character_sets():
        re.compile("[a-")
    assert re._compiler._optimize_charset is before  # type: ignore[attr-defined]
