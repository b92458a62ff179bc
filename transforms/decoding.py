"""From bytes to characters: which encoding, and what had to be mended."""

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from schemas.vocabulary import Reason
from transforms.characters import without_surrogates
from transforms.rejects import RejectedError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NO_ENCODINGS = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape"})
"""Codecs of Python's from bytes to text that no document is written in; some know no replacement of wrong bytes."""
_BROWSER_NAMES = {
    "iso8859-1": "cp1252",  # WHATWG Encoding Standard: pages labelled Latin-1 or ASCII are windows-1252
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "tis-620": "cp874",
}
_META_CHARSET = re.compile(
    rb"""<(?:meta|\?xml)\b[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I
)
_META_BYTES = 4096
"""HTML asks for the declaration within the first 1,024 bytes; real pages overshoot."""
_MAGIC = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF-",
    b"PK\x03\x04",
    b"\x1f\x8b\x08",
    b"\x28\xb5\x2f\xfd",
    b"\x7fELF",
)
_SAMPLE_BYTES = 65_536
_MAX_CONTROL_SHARE = 0.05
"""Random bytes hold 11 % of C0 controls that text does not use; a damaged text file a handful."""
MIN_UTF16_BYTES = 16
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x0b\x1b")) + b"\x7f"
_WESTERN = frozenset("àâäæáãåçéèêëîïíìôöóòõøœùûüúÿñßÀÂÄÆÁÃÅÇÉÈÊËÎÏÍÔÖÓÒÕØŒÙÛÜÚŸÑ«»“”„‘’‚–—…°·¿¡§€£ºª\u00a0©®•²³½")
_MAX_ACCENTED_SHARE = 0.25
"""French has 4 % accented letters; Cyrillic or Greek read as windows-1252 nearly 100 %."""
_ESCAPE = b"\x1b"
_LINE_ENDS = ("\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with line ends as ``\\n``; `repaired` says that its characters are not simply those of the bytes."""

    text: str
    repaired: bool


def decode(payload: bytes, charset: str | None = None, *, markup: bool = False) -> Decoded:
    """The text of `payload`.

    In order: byte order mark; UTF-8 if every byte fits (chance is negligible, declarations are often wrong);
    UTF-16 by its zero bytes; the declared encoding; detection. What a known encoding cannot hold becomes
    U+FFFD.

    Args:
        charset: what the transport declared.
        markup: look for a declaration inside an HTML page as well.

    Raises:
        RejectedError: EMPTY, BINARY or UNDECODABLE.
    """
    if not payload.strip(b"\0 \t\r\n\f"):
        raise RejectedError(Reason.EMPTY, f"{len(payload)} bytes of nothing but white space")
    text, repaired = _characters(payload, charset, markup)
    if "\r" in text:  # one character is looked for many times faster than two
        text = text.replace("\r\n", "\n")
    for line_end in _LINE_ENDS:
        text = text.replace(line_end, "\n")
    if not text.strip("\ufeff\0 \t\n\u00a0\u200b"):
        raise RejectedError(Reason.EMPTY, f"{len(payload)} bytes of nothing but white space")
    return Decoded(text, repaired)


def _characters(payload: bytes, charset: str | None, markup: bool) -> tuple[str, bool]:
    for mark, name in _BOMS:
        if payload.startswith(mark):
            return _decode_as(payload, name)
    if payload.startswith(_MAGIC):
        raise RejectedError(Reason.BINARY, f"the document begins like a binary file: {payload[:8]!r}")
    declared = _codec(charset) or (_codec(_declaration(payload)) if markup else None)
    if _ESCAPE in payload and declared is not None and declared.startswith("iso2022"):
        return _decode_as(payload, declared)
    wide = _utf16_without_mark(payload)
    if wide is not None:
        return _decode_as(payload, wide)
    _refuse_binary(payload)
    try:
        return payload.decode("utf-8"), False
    except UnicodeDecodeError as error:
        unfit = error
    if declared is not None and declared != "utf-8":
        return _decode_as(payload, declared)
    if b"\xed" in payload and (paired := _surrogates_paired(payload)) is not None:
        return paired, True
    lenient = payload.decode("utf-8", "replace")
    broken = lenient.count("\ufffd")
    if sum(c > "\x7f" for c in lenient) >= 2 * broken:  # damaged UTF-8: another encoding gives hardly a valid pair
        return lenient, True
    if _is_western(payload[:_SAMPLE_BYTES]):
        return _decode_as(payload, "cp1252")
    guess = from_bytes(payload[:_SAMPLE_BYTES]).best()
    if guess is None:
        raise RejectedError(Reason.UNDECODABLE, f"no encoding fits; not UTF-8 at byte {unfit.start}")
    return _decode_as(payload, guess.encoding)


def _is_western(sample: bytes) -> bool:
    """Whether windows-1252 gives letters of Western European languages between ASCII ones. It is by far the
    commonest encoding besides UTF-8, and in short texts a detector cannot tell it from rare ones."""
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    beyond = [c for c in text if c > "\x7f"]
    letters = sum(c.isalpha() for c in text)
    return set(beyond) <= _WESTERN and sum(c.isalpha() for c in beyond) <= letters * _MAX_ACCENTED_SHARE


def _decode_as(payload: bytes, name: str) -> tuple[str, bool]:
    try:
        return payload.decode(name), False
    except UnicodeDecodeError:
        return payload.decode(name, "replace"), True


def _codec(charset: str | None) -> str | None:
    """The Python codec that a browser would use for a label, or None for one that is no text encoding."""
    if not charset:
        return None
    try:
        name = codecs.lookup(charset.strip().lower()).name
        b"a".decode(name)  # refuses codecs that are no text encoding (rot13, base64)
    except (LookupError, ValueError, UnicodeError):
        return None
    if name in _NO_ENCODINGS:
        return None
    if name.startswith(("utf-16", "utf-32", "utf-7")):
        return None  # without a byte order mark these are recognised by their zero bytes, or not at all
    return _BROWSER_NAMES.get(name, name)


def _declaration(payload: bytes) -> str | None:
    match = _META_CHARSET.search(payload[:_META_BYTES])
    return match.group(1).decode("ascii", "replace") if match else None


def _utf16_without_mark(payload: bytes) -> str | None:
    """UTF-16 of a script with Latin spaces and digits: zero bytes on one side of the pairs only."""
    sample = payload[:4096].rstrip(b"\0")  # padding is of both sides
    if len(sample) < MIN_UTF16_BYTES or _controls(sample.replace(b"\0", b"")) > len(sample) * _MAX_CONTROL_SHARE:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    many = len(sample) // 10
    if odd > many and even <= odd // 50:
        return "utf-16-le"
    if even > many and odd <= even // 50:
        return "utf-16-be"
    return None


def _controls(sample: bytes) -> int:
    return len(sample) - len(sample.translate(None, _CONTROLS))


def _refuse_binary(payload: bytes) -> None:
    sample = payload[:_SAMPLE_BYTES]
    controls = _controls(sample)
    if controls > len(sample) * _MAX_CONTROL_SHARE:
        raise RejectedError(Reason.BINARY, f"{controls} control characters in the first {len(sample)} bytes")


def _surrogates_paired(payload: bytes) -> str | None:
    """Text with surrogates written as UTF-8 (CESU-8, broken JSON): pairs joined, lone ones U+FFFD."""
    try:
        text = payload.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None
    return without_surrogates(text)
