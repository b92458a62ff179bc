"""Which language a text is in: what its words say, checked against what was declared."""

import re
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

MAX_CHARS = 2_000
"""Enough to be certain, in code points; the time is linear in it (1 ms for these)."""
MIN_CHARS = 200
"""Below this many code points a declaration outweighs the identifier, whatever its score."""
CERTAIN = 0.9
"""A score from which the identifier outweighs a declaration: templates often declare the wrong language."""
MIN_SCORE = 0.1
"""Below this the identifier knows nothing: over 140 languages a text without words gets 0.007 for each."""

_ALIASES = {"nb": "no", "iw": "he", "in": "id", "fil": "tl", "cmn": "zh", "ji": "yi", "sh": "sr"}
_CODE = re.compile(r"([A-Za-z]{2,3})(?:[-_].*)?")


@cache
def identifier() -> LanguageIdentifier:
    """The identifier of a process; loading it takes 0.4 s, most of it to unpack its weights."""
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def language_code(declared: str | None) -> str | None:
    """The ISO 639 code in a declaration ("fr", "fr-FR", "fr_CA.UTF-8"), or None if there is none."""
    match = _CODE.fullmatch(declared.strip()) if declared else None
    if match is None:
        return None
    code = match.group(1).lower()
    return _ALIASES.get(code, code)


def identify_language(text: str, declared: tuple[str | None, ...] = ()) -> tuple[str | None, float | None]:
    """Language of `text` and the identifier's score for it (0 to 1).

    If the identifier's first choice is one of the `declared` languages, that is it. If they differ, the
    identifier wins on at least `MIN_CHARS` with at least `CERTAIN`; else the first declaration does.
    With no declaration the identifier decides, and a text in which it knows nothing has no language.
    """
    codes = [code for code in map(language_code, declared) if code]
    scores = dict(identifier().rank(text[:MAX_CHARS]))
    best = max(scores, key=lambda code: scores[code])
    knows = scores[best] >= MIN_SCORE
    if knows and (best in codes or not codes or (len(text) >= MIN_CHARS and scores[best] >= CERTAIN)):
        return best, round(scores[best], 4)
    if codes:
        return codes[0], round(scores[codes[0]], 4) if knows and codes[0] in scores else None
    return None, None
