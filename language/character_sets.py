"""Compile many regular expressions over the same large character sets in a quarter of the time."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

_COMPILER: Any = getattr(re, "_compiler", None)
_NAME = "_optimize_charset"


@contextmanager
def remembered_character_sets() -> Iterator[None]:
    """Let `re.compile` work out each character set once, for as long as this lasts.

    spaCy's French tokenizer names all letters some hundred times in one expression that ignores case, and CPython (3.11 to
    3.14) walks through all of Unicode for each: 1.5 of the 2 s that the import takes. What is kept depends on the set and
    on the kind of comparison alone. Where CPython has no such function the import takes its time.
    """
    original: Callable[..., Any] | None = getattr(_COMPILER, _NAME, None)
    if original is None:
        yield
        return
    results: dict[Any, Any] = {}

    def remembered(charset: Sequence[Any], iscased: Any = None, fixup: Any = None, fixes: Any = None) -> Any:
        # Which other cases there are ("fixes") follows from how case is folded ("fixup").
        key = (tuple(charset), iscased, fixup, fixes is None)
        if key not in results:
            results[key] = original(charset, iscased, fixup, fixes)
        return results[key]

    setattr(_COMPILER, _NAME, remembered)
    try:
        yield
    finally:
        setattr(_COMPILER, _NAME, original)
