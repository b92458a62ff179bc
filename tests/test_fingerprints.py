"""Numbers that stand for a text are the same everywhere."""

from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.fingerprints import content_hash, folded, simhash, word_count

TEXT = "L'Été dernier, le préfet a déclaré que tout allait bien dans la région lyonnaise et au-delà."


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
@given(st.text())
def test_simhash__any_text__fits_a_signed_column(text: str) -> None:
    assert -(2**63) <= simhash(folded(text)) < 2**63


def test_word_count__letters_and_digits__are_runs() -> None:
    assert word_count("L'été 2024 : 40.000 soldats") == 6


SIMHASH_OF_TEXT = 6248158702934080575
