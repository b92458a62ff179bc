"""Characters that no text of the tables holds: controls, lone surrogates, non-characters."""

import re

CONTROLS = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff\u2060\u200e\u200f\u202a-\u202e\u2066-\u2069]+"
)
"""Controls without tab and line breaks, byte order marks inside text, direction marks (they hide and reorder)."""
_PRINTABLE_ASCII = bytes(code for code in range(128) if not CONTROLS.match(chr(code)))
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


_REFERENCE = re.compile(r"&#(?:x([0-9a-f]{1,8})|([0-9]{1,9}));?", re.I)


def without_controls(html: str) -> bytes:
    """A page in UTF-8 without control characters, also those written as references ("&#1;"): no tree can hold them.

    A lone surrogate becomes a question mark.
    """
    if "&#" in html:
        html = _REFERENCE.sub(_valid_reference, html)
    encoded = html.encode("utf-8", "replace")
    rare = encoded.translate(None, _PRINTABLE_ASCII)  # whole characters: in UTF-8 none is found inside others
    if CONTROLS.search(rare.decode("utf-8")) is None:
        return encoded
    return CONTROLS.sub("", html).encode("utf-8", "replace")


def _valid_reference(match: re.Match[str]) -> str:
    hexadecimal, decimal = match.groups()
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    allowed = code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code <= 0x10FFFF
    return match.group() if allowed else ""


def without_surrogates(text: str) -> str:
    """Surrogates, which UTF-8 cannot hold, joined where they are pairs and U+FFFD where they are alone."""
    if not _LONE_SURROGATES.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def one_line(text: str | None) -> str | None:
    """A metadata value: valid characters, one space between words; None if nothing is left."""
    if text is None:
        return None
    return " ".join(CONTROLS.sub("", without_surrogates(text)).split()) or None
