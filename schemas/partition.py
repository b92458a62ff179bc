"""Where a row lives: ``<table>/date=YYYY-MM-DD/source=<slug>/part-<batch>.parquet``."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from schemas.identity import content_id

UNKNOWN_SOURCE = "unknown"
MAX_SLUG_CHARS = 80
"""Folder names of 255 bytes are portable; object-store keys of 1,024 hold three of these with room."""

_NOT_SLUG = re.compile(r"[^a-z0-9.]+")
_DOTS = re.compile(r"\.{2,}|^\.+|\.+$")


def slug(name: str | None) -> str:
    """A folder name for a publisher: lower-case ASCII letters, digits, dots and hyphens, never empty.

    "Ouest-France" becomes "ouest-france", "lemonde.fr" stays. A name that loses letters on the way (another
    script, Unicode look-alikes) or is over-long gets eight digits of its hash, so that two publishers never
    share a folder by accident: "Правда" becomes "x-6b8ae2…", and a Cyrillic "е" cannot pose as a Latin one.
    Nothing that `name` contains can leave the folder (``..``, ``/``, ``=``, control characters).
    """
    if name is None or not name.strip():
        return UNKNOWN_SOURCE
    folded = "".join(c for c in unicodedata.normalize("NFKD", name.strip().casefold()) if not unicodedata.combining(c))
    kept = _DOTS.sub("", _NOT_SLUG.sub("-", folded)).strip("-.")
    if not kept and not any(c.isalnum() for c in folded):
        return UNKNOWN_SOURCE
    lost_letters = any(c.isalnum() and not c.isascii() for c in folded)
    if lost_letters or len(kept) > MAX_SLUG_CHARS:
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        return f"{kept[: MAX_SLUG_CHARS - 9].strip('-.') or 'x'}-{digest}"
    return kept


@dataclass(frozen=True, slots=True, order=True)
class Partition:
    """The key of one folder of the lake, and of a shard of it.

    Args:
        date: UTC day of publication (of capture, for rejects).
        source: a `slug`.
        shard: spreads one large source over several files; part of no path.
    """

    date: date
    source: str
    shard: int = 0

    def folder(self, table: str) -> str:
        """The folder relative to the lake's root, with forward slashes."""
        return f"{table}/date={self.date:%Y-%m-%d}/source={self.source}"


def batch_name(row_ids: Iterable[str]) -> str:
    """The file name of a batch: the hash of its sorted row ids, whatever order they came in."""
    return f"part-{content_id(*sorted(row_ids))}.parquet"
