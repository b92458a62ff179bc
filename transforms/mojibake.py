"""Text that was decoded with the wrong encoding before it reached us ("Ã©" for "é"): put it right where it is sure."""

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


def mend(text: str) -> str:
    """`text` with the lines mended that ftfy is certain about; a clean text comes back as it was."""
    if text.isascii() or not is_bad(text):
        return text
    return "\n".join(_mend_line(line) for line in text.split("\n"))


def _mend_line(line: str) -> str:
    return fix_encoding(line, _MOJIBAKE_ONLY) if is_bad(line) else line
