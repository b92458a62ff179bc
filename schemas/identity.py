"""Identifiers that depend on content only: the same on every machine, in every run and process."""

import hashlib

ID_CHARS = 32
"""128 bits as hexadecimal digits: at 10^12 rows a collision has a chance of about 10^-15 (birthday bound)."""

_SEPARATOR = "\x1f"


def content_id(*parts: str) -> str:
    """SHA-256 over `parts`, cut to `ID_CHARS` hexadecimal digits.

    Each part is preceded by its length, so that ``("ab", "c")`` and ``("a", "bc")`` differ. Lone surrogates
    cannot be encoded as UTF-8 and are hashed as their three-byte form.
    """
    joined = "".join([f"{len(part)}{_SEPARATOR}{part}" for part in parts])
    if joined.isascii():  # as nearly all are: each character is a byte
        return hashlib.sha256(joined.encode()).hexdigest()[:ID_CHARS]
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    whole = b"".join([b"%d%b%b" % (len(part), _SEPARATOR.encode(), part) for part in encoded])
    return hashlib.sha256(whole).hexdigest()[:ID_CHARS]


def payload_sha256(payload: bytes) -> str:
    """SHA-256 of raw bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(payload).hexdigest()
