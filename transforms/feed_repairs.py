"""Mend the text of an XML feed where a slip of the pen would cost its parser more than the slip."""

import re
from html import unescape
from html.entities import html5

from transforms.characters import without_surrogates

_DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,400}\?>", re.I)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What XML 1.0 (2.2) allows in no document; feeds hold it all the same, and it may cost a strict parser the rest."""
_TAG = re.compile(r"</?\w[^<>]{0,300}>")
"""In a tag a forbidden character ends a name, in a word it is left out."""
_AMPERSAND = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    r"|&(?:#(?:x(?P<hexadecimal>[0-9a-f]{1,8})|(?P<decimal>[0-9]{1,8}));|(?P<name>\w{1,32});)?",
    re.I | re.S,
)
"""References and ampersands outside of CDATA and comments; these are matched to be passed over, to the end of the text if
they have none of their own (or each start would look for an end once more)."""
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_MARKUP = frozenset("<>&\"'")


def mended(text: str) -> str:
    """The text of a feed without its XML declaration and what no XML may hold.

    - A pair of surrogates written as two references is the character that it stands for, and numbers from 128 to 159 are
      those of windows-1252, as browsers read them (HTML, 13.2.5.80).
    - A reference by an HTML name is its character, unless the feed declares entities of its own.
    - An ampersand that begins no reference is one: "R&D", "?a=1&b=2".
    """
    declares = "<!ENTITY" in text

    def reference(match: re.Match[str]) -> str:
        written = match.group()
        if not written.startswith("&"):
            return written
        hexadecimal, decimal, name = match.group("hexadecimal", "decimal", "name")
        if hexadecimal or decimal:
            return _number(written, int(hexadecimal, 16) if hexadecimal else int(decimal))
        if name is None:
            return "&amp;"
        return written if declares or name in _OF_XML else _named(name)

    bare = _AMPERSAND.sub(reference, _DECLARATION.sub("", text, count=1))
    bare = without_surrogates(bare)
    if _FORBIDDEN.search(bare):
        bare = _FORBIDDEN.sub("", _TAG.sub(lambda tag: _FORBIDDEN.sub(" ", tag.group()), bare))
    return bare.lstrip("\ufeff \t\r\n")


def _number(written: str, code: int) -> str:
    if 0xD800 <= code <= 0xDFFF:
        return chr(code)  # joined with its other half, if that comes next
    return written if 32 <= code < 127 else unescape(written)


def _named(name: str) -> str:
    characters = html5.get(f"{name};", "")
    return characters if characters and not _MARKUP & set(characters) else f"&amp;{name};"
