"""The pieces that cleaning takes out can be put back."""

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.article import Edit
from schemas.vocabulary import EditRule
from transforms.edits import Removal, put_back, take_out


def test_take_out__two_pieces_in_any_order__are_recorded_in_text_order() -> None:
    removals = [Removal(6, 8, EditRule.CRUMB), Removal(0, 2, EditRule.CAPTION)]
    text, edits = take_out("abcdefgh", removals)
    assert text == "cdef"
    assert edits == (Edit(EditRule.CAPTION, 0, "ab"), Edit(EditRule.CRUMB, 4, "gh"))


def test_take_out__overlapping_pieces__share_is_taken_once() -> None:
    text, edits = take_out("abcdef", [Removal(0, 4, EditRule.CAPTION), Removal(2, 5, EditRule.CRUMB)])
    assert text == "f"
    assert [edit.removed for edit in edits] == ["abcd", "e"]


def test_take_out__neighbouring_pieces__go_back_in_order() -> None:
    text, edits = take_out("abcd", [Removal(1, 2, EditRule.CRUMB), Removal(2, 3, EditRule.CAPTION)])
    assert (text, put_back(text, edits)) == ("ad", "abcd")


@settings(deadline=None)
@given(st.text(), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60))))
def test_put_back__any_pieces_of_any_text__gives_the_text_again(text: str, ranges: list[tuple[int, int]]) -> None:
    removals = [Removal(min(a, len(text)), min(b, len(text)), EditRule.CRUMB) for a, b in ranges]
    shorter, edits = take_out(text, removals)
    assert put_back(shorter, edits) == text
    assert len(shorter) + sum(len(edit.removed) for edit in edits) == len(text)
