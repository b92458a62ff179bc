"""Make the next item while the present one is worked on."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def one_ahead(items: Iterator[Item]) -> Generator[Item, None, None]:
    """The items, each made in a thread from when the one before it is given out.

    An error while an item is made is raised when that item's turn has come. Closing waits for the one that is being made.
    """

    def following() -> list[Item]:
        return list(islice(items, 1))

    with ThreadPoolExecutor(max_workers=1) as thread:
        made = following()
        while made:
            future = thread.submit(following)
            yield made[0]
            made = future.result()
