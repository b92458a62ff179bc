"""Text that was decoded with the wrong encoding before it reached us ("Ã©" for "é"): put it right where it is sure."""

import re

from ftfy import TextFixerConfig, fix_encoding
from ftfy.badness import is_bad

_MOJIBAKE_ONLY = TextFixerConfig(
    unescape_html=False,
    remove_terminal_escapes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    fix_surrogates=False,
    remove_control_chars=False,
    replace_lossy_sequences=False,
    normalization=None,
)
"""ftfy mends encodings only: quotation marks, widths and line breaks are the author's."""
_PLAIN = r"\x00-\x7f\s\u00ad\u00b7\u00b4\u2013-\u2015\u2026\u2019"
_SUSPICIOUS = (
    re.compile(f"[^{_PLAIN}][^{_PLAIN}]"),
    re.compile("[\x80-\x9f\u00c2\u00c3\u00ce\u00d0\u00d8\u00d9]"),
    re.compile("[\u0152\u0153][^A-Za-z]"),
)
"""What each alternative of ftfy's expression (6.3, `ftfy.badness`) needs at least, found in a fifth of its time: two
characters beyond ASCII side by side that are no spaces, dashes or apostrophes, or one of those that begin mojibake."""


def mend(text: str) -> str:
    """`text` with the lines mended that ftfy is certain about; a clean text comes back as it was."""
    if text.isascii() or not any(found.search(text) for found in _SUSPICIOUS) or not is_bad(text):
        return text
    return "\n".join(_mend_line(line) for line in text.split("\n"))


def _mend_line(line: str) -> str:
    return fix_encoding(line, _MOJIBAKE_ONLY) if is_bad(line) else line
