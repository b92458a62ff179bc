"""How far the text stands behind the words of a claim: mood and tense of its main verb, negation, question."""

from language.claim_candidates import CueWords
from language.reading import Reading
from schemas.vocabulary import Modality


def modality_of(reading: Reading, start: int, end: int, cue: CueWords | None) -> Modality:
    """The modality of the words between two offsets, half-open.

    A negated cue ("n'a pas dit que P", not "a nié") comes first, then a question mark at the end, then the
    first finite verb: conditional, or future.
    """
    if cue is not None and cue.negated:
        return Modality.NEGATED
    if (
        reading.text[start:end].rstrip(" »\"”'\u00a0\u202f").endswith("?")
        or reading.text[end : end + 2].lstrip()[:1] == "?"
    ):
        return Modality.QUESTION
    for verb in filter(reading.is_finite, range(reading.token_at(start), reading.token_before(end))):
        if "Mood=Cnd" in reading.features(verb):
            return Modality.CONDITIONAL
        return Modality.FUTURE if "Tense=Fut" in reading.features(verb) else Modality.ASSERTED
    return Modality.ASSERTED
