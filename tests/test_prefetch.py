"""The next item is made while the present one is worked on, and nothing else changes."""

import threading
from collections.abc import Iterator

import pytest

from pipeline.prefetch import one_ahead


def test_one_ahead__while_an_item_is_worked_on__the_next_is_made_and_no_more() -> None:
    made = [threading.Event() for _ in range(4)]

    def items() -> Iterator[int]:
        for number, event in enumerate(made):
            event.set()
            yield number

    given = []
    for item in one_ahead(items()):
        given.append(item)
        if item + 1 < len(made):
            assert made[item + 1].wait(10)
        assert [event.is_set() for event in made[item + 2 :]] == [False] * len(made[item + 2 :])
    assert given == [0, 1, 2, 3]


def test_one_ahead__error__comes_in_its_turn() -> None:
    def items() -> Iterator[int]:
        yield from (1, 2)
        raise ValueError("the third")

    ahead = one_ahead(items())
    assert [next(ahead), next(ahead)] == [1, 2]
    with pytest.raises(ValueError, match="the third"):
        next(ahead)


def test_one_ahead__closed_early__waits_for_what_is_being_made() -> None:
    may_go_on, finished = threading.Event(), []

    def items() -> Iterator[int]:
        yield 1
        may_go_on.wait(10)
        finished.append(True)
        yield 2

    ahead = one_ahead(items())
    assert next(ahead) == 1
    threading.Timer(0.05, may_go_on.set).start()
    ahead.close()
    assert finished == [True]


def test_one_ahead__of_nothing__is_nothing() -> None:
    assert list(one_ahead(iter(()))) == []
