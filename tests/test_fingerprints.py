"""Numbers that stand for a text are the same everywhere."""

from itertools import pairwise

import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st
from trafilatura.deduplication import Simhash

from transforms.fingerprints import MINHASH_BYTES, content_hash, folded, minhash, simhash, word_count

TEXT = "L'Été dernier, le préfet a déclaré que tout allait bien dans la région lyonnaise et au-delà."
SIMHASH_OF_TEXT = 6248158702934080575
MINHASH_OF_TEXT = (
    "55095b0776c8ad9fdc4ac4053e5e737f03180a37eaecfc1df5b0e545ede66074"
    "f9bbd4d71205590fd5032f5290864ff5cb6a2bcfef2d94ae4b918e8798dc876f"
    "8c74a55ffaf39e3b5dcca4f0410e8e3752838d8d91a2cda7548215abbc6aab5e"
    "7069dbc947898e68be604ee06b41980e28a3462c45bef48ad8531b1aa499f2ae"
)


def test_folded__case_accents_punctuation__are_gone() -> None:
    assert folded("L'Été   «chaud»!") == "l ete chaud"


def test_content_hash__same_words_other_typing__is_the_same() -> None:
    assert content_hash(folded("L'Été, chaud.")) == content_hash(folded("l’été chaud"))
    assert content_hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_simhash__known_text__is_the_same_on_every_machine() -> None:
    assert simhash(folded(TEXT)) == SIMHASH_OF_TEXT


def test_simhash__one_word_changed__few_bits_differ() -> None:
    long = " ".join(f"mot{i}" for i in range(400))
    other = long.replace("mot7 ", "autre ")
    assert ((simhash(long) ^ simhash(other)) & (2**64 - 1)).bit_count() <= 4


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8")))
def test_simhash__any_text__is_that_of_trafilatura(text: str) -> None:
    assert simhash(folded(text)) & (2**64 - 1) == Simhash(folded(text), length=64).hash


@settings(deadline=None)
@given(st.text())
def test_simhash__any_text__fits_a_signed_column(text: str) -> None:
    assert -(2**63) <= simhash(folded(text)) < 2**63


def test_word_count__letters_and_digits__are_runs() -> None:
    assert word_count("L'été 2024 : 40.000 soldats") == 6


def test_minhash__known_text__is_that_of_datasketch() -> None:
    """Values of datasketch 2.0.0 for the pairs of this text: tables that exist hold them."""
    assert minhash(folded(TEXT)) == MINHASH_OF_TEXT


@settings(deadline=None)
@given(st.lists(st.text(alphabet="abé\ud800 ", min_size=1)).map(" ".join))
def test_minhash__any_text__is_that_of_datasketch(text: str) -> None:
    words = text.split()
    theirs = MinHash(num_perm=MINHASH_BYTES, seed=1, scheme="affine32")
    theirs.update_batch([f"{a} {b}".encode("utf-8", "surrogatepass") for a, b in pairwise(words)])
    assert minhash(text) == bytes(int(value) & 0xFF for value in theirs.hashvalues).hex()


@pytest.mark.parametrize("text", ["", "mot"], ids=["nothing", "one-word"])
def test_minhash__no_pair_of_words__is_the_signature_of_nothing(text: str) -> None:
    assert minhash(text) == "ff" * 128
