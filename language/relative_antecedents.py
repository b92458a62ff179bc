"""The noun that "qui" stands for: "un militant opposé à la réforme qui a crié « P »"."""

from language.reading import Reading
from language.speaker_roles import speaker_words

_REACH = 14
"""Tokens back to the noun; no finite verb stands between."""


def antecedent_of(reading: Reading, head: int) -> int:
    """The noun that "qui" stands for."""
    if reading.lower[head] not in reading.words["relatives"]:
        return head
    before = head - 1
    while before > 0 and (reading.is_space(before) or reading.lower[before] == ","):
        before -= 1
    speaking = _speaking_noun(reading, before, head)
    if speaking is not None:
        return speaking
    if before >= 0 and reading.ent_type[before] in ("PER", "ORG"):
        name = before
        while reading.head[name] < name and reading.ent_type[reading.head[name]] == reading.ent_type[name]:
            name = reading.head[name]
        return name
    verb = reading.head[head]
    for _ in range(3):
        if reading.dep[verb].startswith("acl"):
            return reading.head[verb]
        verb = reading.head[verb]
    for index in range(head - 1, max(-1, head - 8), -1):
        if reading.pos[index] in ("NOUN", "PROPN"):
            return index
    return head


def _speaking_noun(reading: Reading, last: int, relative: int) -> int | None:
    """The nearest noun that may speak and agrees in number with the verb of the relative clause: of "le chef de la
    police qui" the first one, of "les élus de l'opposition qui disent" the one in the plural; None where a name or such
    a noun stands right before the relative, which the parse tells apart better."""
    words = speaker_words(reading.language)
    verb = next((i for i in range(relative + 1, min(relative + 8, len(reading.lower))) if reading.is_finite(i)), None)
    plural = verb is not None and reading.is_plural(verb)
    speaking = (words["person_nouns"], words["speaking"], words["groups"], words["documents"])
    found: int | None = None
    for index in range(last, max(-1, last - _REACH), -1):
        if (
            reading.is_finite(index)
            or reading.is_space(index)
            or reading.in_quotation[index] != reading.in_quotation[relative]
        ):
            break
        if found is None and (reading.ent_type[index] in ("PER", "ORG") or reading.pos[index] == "PROPN"):
            return None
        if reading.pos[index] != "NOUN" or reading.is_plural(index) != plural:
            continue
        if any(reading.lower[index] in nouns for nouns in speaking):
            if found is None or _governs(reading, index, found):
                found = index
            else:
                break
    return found


def _governs(reading: Reading, first: int, second: int) -> bool:
    """Nothing but adjectives and "de" with its article stands between: "le chef de la police"."""
    between = range(first + 1, second)
    genitive = any(reading.lower[i] in reading.words["genitive"] for i in between)
    return genitive and all(
        reading.lower[i] in reading.words["genitive"] or reading.pos[i] in ("DET", "ADJ") for i in between
    )
