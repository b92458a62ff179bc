"""A shorter expression for compounds changes how long loading takes, and nothing else."""

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.lang.char_classes import ALPHA_LOWER, HYPHENS
from spacy.lang.fr import tokenizer_exceptions
from spacy.lang.fr.punctuation import ELISION
from support import shared_folder

from language.compounds import short_compounds, shortened

SPACYS = "(?iu)" + "|".join(f"(?:{alternative})" for alternative in tokenizer_exceptions._regular_exp)
TOKENS = """
import sys
from contextlib import nullcontext
import spacy
from language.compounds import short_compounds
with short_compounds() if sys.argv[1] == "short" else nullcontext():
    french = spacy.blank("fr")
text = "Aujourd'hui, l'après-midi du 3 mai, M. Dupont (porte-parole d'Entr'acte) n'a-t-il pas dit « peut-être » à Saint-Elme-lès-Bains ? "
text += " ".join(chr(code) + "zig-ZAG" + chr(code) for code in range(33, 0x2FFF, 7) if chr(code).isprintable())
print([token.text for token in french(text)])
"""


@pytest.fixture(scope="module")
def both() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """spaCy's expression as it is, and shortened."""
    return re.compile(SPACYS), re.compile(shortened(SPACYS))


def test_spacys_expression__is_made_of_what_it_was_shortened_from():
    assert len(shortened(SPACYS)) < len(SPACYS) / 30
    assert tokenizer_exceptions.TOKEN_MATCH.__self__.pattern in (SPACYS, shortened(SPACYS))


def test_shortened__each_beginning_of_a_compound__matches_as_before(both):
    whole, short = both
    beginnings = {word for word in re.findall(r"\w+", SPACYS.replace(ALPHA_LOWER, "")) if len(word) < 20}
    words = [
        begun + mark + rest
        for begun in beginnings
        for mark in (*HYPHENS, *ELISION, "")
        for rest in ("", "x", "Mère", "out", "de-l'air", "-x", "9", "é\n", "ſ")
    ]
    assert [bool(short.match(word)) for word in words] == [bool(whole.match(word)) for word in words]
    assert sum(bool(short.match(word)) for word in words) > 1_000


def test_shortened__words_of_articles__match_as_before(both):
    whole, short = both
    folder = shared_folder("data") / "ner"
    words = {word for path in sorted(folder.glob("*/*.txt"))[:600] for word in path.read_text("utf-8").split()}
    assert [word for word in words if bool(short.match(word)) != bool(whole.match(word))] == []


@given(st.text(alphabet="abàÀœſK-–‑'’ .|9\n", max_size=12))
def test_shortened__any_text__matches_as_before(both, text):
    whole, short = both
    assert bool(short.match(text)) == bool(whole.match(text))


@pytest.mark.parametrize(
    "pattern",
    ["(?iu)(?:^a$)|(?:^b$)", "x" * 200_000, "(?iu)(?:^" + "x" * 200_000],
    ids=["short", "long-and-different", "without-its-end"],
)
def test_shortened__any_other_expression__is_left_alone(pattern):
    assert shortened(pattern) is pattern


def test_tokens_of_french__shortened__are_those_of_spacy():
    runs = [
        subprocess.run([sys.executable, "-c", TOKENS, how], capture_output=True, check=True).stdout
        for how in ("short", "as it comes")
    ]
    assert runs[0] == runs[1]
    assert len(runs[0]) > 10_000


def test_short_compounds__afterwards_and_after_an_error__is_over():
    before = re.compile
    with short_compounds():
        assert re.compile(re.compile("a")).match("a")
    with pytest.raises(re.error), short_compounds():
        re.compile("[a-")
    assert re.compile is before
