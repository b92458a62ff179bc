"""The person named in apposition to a description: "le maire, Anne Morel, …", "Anne Morel, maire de Lens, …"."""

from language.claim_candidates import Source
from language.speaker_memory import SpeakerMemory
from schemas.entity import EntityMention

_MAX_ASIDE = 8
"""Tokens of a participle between the description and the comma: "un médecin local cité par l'AFP, Jean Petit"."""
_MAX_TITLE = 4
"""Tokens of a title between the comma and the name: "le chef d'état-major, le général Paul Petit"."""


def apposed_name(memory: SpeakerMemory, source: Source, claim: tuple[int, int] | None = None) -> EntityMention | None:
    """The person in apposition to the noun phrase `source`, behind it or before it.

    Args:
        claim: offsets of the words whose speaker is looked for; who is named in them is not the speaker.
    """
    return _behind(memory, source, claim) or _before(memory, source)


def _before(memory: SpeakerMemory, source: Source) -> EntityMention | None:
    """ "Anne Morel, directrice du port"; not "par Anne Morel, des riverains ont"."""
    reading = memory.reading
    index = source.start - 1
    if index > 1 and reading.lower[index] in reading.words["joining"] and reading.pos[source.start] == "NOUN":
        index -= 1  # "Anne Morel, maire de Lens et députée, a dit"
        while index > 0 and reading.pos[index] in ("NOUN", "ADJ", "ADP", "PROPN") and reading.lower[index] != ",":
            index -= 1
    while index > 0 and reading.is_space(index):
        index -= 1
    if (
        index <= 0
        or reading.lower[index] != ","
        or reading.pos[source.head] != "NOUN"
        or reading.is_plural(source.head)
    ):
        return None
    offset = reading.ends[index]
    before = next(memory.persons.ended(offset), None)
    return before if before is not None and reading.text[before.end : offset].strip() == "," else None


def _behind(memory: SpeakerMemory, source: Source, claim: tuple[int, int] | None) -> EntityMention | None:
    """ "la directrice, (Mme) Anne Morel", unless she is the subject of the claim itself."""
    reading = memory.reading
    comma = _comma_behind(memory, source.end)
    if comma is None:
        return None
    name = _name_from(memory, comma + 1)
    if name is None:
        return None
    for mention in memory.persons.touching(reading.starts[name], reading.starts[name] + 1):
        return None if claim is not None and claim[0] <= mention.start < claim[1] else mention
    return None


def _comma_behind(memory: SpeakerMemory, index: int) -> int | None:
    reading = memory.reading
    limit = len(reading.lower) - 1
    while index < limit and reading.is_space(index) and "\n" not in reading.lower[index]:
        index += 1
    if index < limit and "VerbForm=Part" in reading.features(index):
        aside = range(index, min(index + _MAX_ASIDE, limit))
        index = next((i for i in aside if reading.lower[i] == "," or reading.is_finite(i)), limit)
    return index if index < limit and reading.lower[index] == "," else None


def _name_from(memory: SpeakerMemory, index: int) -> int | None:
    """The first token of the name that begins at `index`, behind a civility, or behind a title if a mark ends it."""
    reading, words = memory.reading, memory.words
    limit = len(reading.lower)
    while index < limit - 1 and (reading.is_space(index) or reading.lower[index] in words.titles):
        index += 1
    if reading.pos[index] != "DET":
        return index
    title = range(index + 1, min(index + 1 + _MAX_TITLE, limit))
    name = next((i for i in title if reading.ent_type[i] == "PER"), None)
    if name is None or reading.pos[name - 1] not in ("NOUN", "ADJ", "PROPN"):
        return None
    if any(reading.pos[i] not in ("NOUN", "ADJ", "ADP", "PROPN") for i in range(index + 1, name)):
        return None
    if reading.lower[index + 1] not in words["person_nouns"] and name - index > 2:
        return None
    behind = name
    while behind < limit and reading.ent_type[behind] == "PER":
        behind += 1
    ended = behind >= limit or not reading.is_word(behind)
    return name if ended else None
