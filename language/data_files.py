"""Read the data files of a language: TOML tables beside the code, ``language/<code>/<name>.toml``."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parent
NEUTRAL = "data"
"""The folder of what belongs to no language."""


@lru_cache(maxsize=64)
def load_table(folder: str, name: str) -> dict[str, Any]:
    """The table ``<folder>/<name>.toml``, empty where that language has none. Callers must not change it.

    Args:
        folder: an ISO 639-1 code, or `NEUTRAL`.

    Raises:
        ValueError: the file is not TOML; the message names it.
    """
    path = _ROOT / folder / f"{name}.toml"
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not valid TOML: {error}") from error
