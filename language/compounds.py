"""spaCy's expression for French compounds that stay whole ("là-haut", "entr'acte"), in a thirtieth of its length.

It has 266 alternatives, and most of them name all lower case letters once or twice: 1.4 million characters, which CPython
takes two seconds to compile. Alternatives that end alike are one alternative here.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

_BEGINNING, _BETWEEN, _END = "(?iu)(?:^", "$)|(?:^", "$)"
_MIN_CHARS = 100_000
_ALL_LETTERS = re.compile(r"\[[^\]]{1000,}\]")


@contextmanager
def short_compounds() -> Iterator[None]:
    """Let `re.compile` compile `shortened` expressions while spaCy's French is loaded. All others are left as they are."""
    original = re.compile

    def compile_shortened(pattern: Any, flags: Any = 0) -> Any:
        return original(shortened(pattern) if isinstance(pattern, str) else pattern, flags)

    re.compile = compile_shortened
    try:
        yield
    finally:
        re.compile = original


def shortened(pattern: str) -> str:
    """`pattern`, if it is long and nothing but whole alternatives: those that end alike joined. It matches the same.

    "(?iu)(?:^ab[…]+$)|(?:^cd[…]+$)" becomes "(?iu)^(?:ab|cd)[…]+$", where "[…]" are all letters.
    """
    if len(pattern) < _MIN_CHARS or not (pattern.startswith(_BEGINNING) and pattern.endswith(_END)):
        return pattern
    return _shortened(pattern)


@cache  # the module compiles it, and then the tokenizer that ships
def _shortened(pattern: str) -> str:
    beginnings: dict[str, list[str]] = {}
    for alternative in pattern.removeprefix(_BEGINNING).removesuffix(_END).split(_BETWEEN):
        letters = _ALL_LETTERS.search(alternative)
        place = letters.start() if letters else len(alternative)
        beginnings.setdefault(alternative[place:], []).append(alternative[:place])
    return "(?iu)" + "|".join(f"^(?:{'|'.join(alike)}){end}$" for end, alike in beginnings.items())
