"""Sentences in 16 bytes: the same ones found again, templates filled anew told apart."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.sketches import MAX_SENTENCES, SKETCH_DIGITS, common_share, sentence_sketches

QUOTED = "« Le pont de Valbrune rouvrira lundi à 6 heures, après trois semaines de travaux », a dit Aziz Lemoine."


@pytest.mark.parametrize(
    ("other", "share"),
    [
        (QUOTED, 1.0),
        (QUOTED.replace("rouvrira", "sera rouvert"), 1.0),
        (QUOTED.replace("« ", "“").replace(" »", "”").replace("après", "APRÈS"), 1.0),
        ("Le pont de Valbrune rouvrira lundi à 6 heures.", 1.0),
        (QUOTED.replace("6 heures", "8 heures"), 0.0),
        (QUOTED.replace("Valbrune", "Charmelle").replace("Aziz", "Odile"), 0.0),
        (
            "Aziz Lemoine l'assure : dès 6 heures, chacun pourra de nouveau franchir, à pied ou en voiture, l'ouvrage de Valbrune.",
            0.0,
        ),
        ("", 0.0),
        ("Lire aussi", 0.0),
    ],
    ids=["same", "reworded", "typography", "cut", "other number", "other names", "other words", "nothing", "crumb"],
)
def test_common_share__of_two_sentences(other, share):
    assert common_share(sentence_sketches(QUOTED), sentence_sketches(other)) == share
    assert common_share(sentence_sketches(other), sentence_sketches(QUOTED)) == share


def test_sentence_sketches__known_text__are_the_same_on_every_machine():
    assert sentence_sketches("Le 3 mars, Odile part. Oui. Elle reviendra demain !") == KNOWN


def test_sentence_sketches__of_a_long_text__end_somewhere():
    text = " ".join(f"La phrase {n} est finie." for n in range(MAX_SENTENCES + 50))
    assert len(sentence_sketches(text)) == MAX_SENTENCES * SKETCH_DIGITS


@settings(deadline=None)
@given(st.text())
def test_sentence_sketches__of_any_text__have_whole_sentences(text):
    sketches = sentence_sketches(text)
    assert len(sketches) % SKETCH_DIGITS == 0
    assert common_share(sketches, sketches) in (0.0, 1.0)


KNOWN = "0800004000000080004000400000080800000000000000200400000000000400"
