"""What an article has told so far about who speaks: its names, their roles, and who was heard."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from language.reading import Reading
from language.speaker_roles import Role, SpeakerWords, find_roles, speaker_words
from schemas.entity import EntityMention
from schemas.vocabulary import EntityLabel, SpeakerMethod

_NAMING = frozenset({EntityLabel.PER, EntityLabel.ORG, EntityLabel.LOC})


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks.

    Args:
        name: fullest name, or the description of somebody unnamed; None where it cannot be known.
        entity_id: of the entity, where it is one.
        method: how it was found.
        gender, plural, person: as far as known, for later pronouns.
    """

    name: str | None
    entity_id: str | None
    method: SpeakerMethod | None
    gender: str | None = None
    plural: bool = False
    person: bool = False


UNKNOWN = Speaker(None, None, None)


@dataclass(frozen=True, slots=True)
class Heard:
    """A speaker at the token where he was mentioned, with the noun that described him."""

    at: int
    speaker: Speaker
    noun: str | None


class SpeakerMemory:
    """The names and speakers of one article.

    Args:
        reading: the article.
        mentions: its entities, in text order.
        reported: offsets of the claims: who is a subject in somebody's words is rarely the next to speak.
    """

    def __init__(
        self, reading: Reading, mentions: Sequence[EntityMention], reported: Sequence[tuple[int, int]]
    ) -> None:
        self.reading = reading
        self.words: SpeakerWords = speaker_words(reading.doc.lang_)
        self.mentions = [m for m in mentions if m.label in _NAMING]
        self.persons = [m for m in self.mentions if m.label is EntityLabel.PER]
        self.roles: list[Role] = find_roles(reading, self.mentions, self.words)
        self.heard: list[Heard] = []
        self.gender = self._genders()
        self._reported = sorted(reported)
        self._surfaces: dict[str, set[str]] = {}
        for mention in self.mentions:
            self._surfaces.setdefault(mention.entity_id, set()).add(mention.surface)

    def name_of(self, mention: EntityMention) -> str:
        """The fullest name that the article itself gives."""
        surfaces = self._surfaces.get(mention.entity_id, {mention.surface})
        if mention.canonical_name in surfaces or mention.label is EntityLabel.PER:
            return mention.canonical_name
        return max(sorted(surfaces), key=len)

    def known_as(self, mention: EntityMention, method: SpeakerMethod | None, gender: str | None = None) -> Speaker:
        """The speaker that a mention names."""
        known = self.gender.get(mention.entity_id) or gender
        return Speaker(self.name_of(mention), mention.entity_id, method, known, person=mention.label is EntityLabel.PER)

    def last_person(self, before: int) -> EntityMention | None:
        """The person named last before a token."""
        offset = self.reading.starts[before]
        earlier = [m for m in self.persons if m.end <= offset]
        return earlier[-1] if earlier else None

    def last_heard(self, method: SpeakerMethod) -> Speaker:
        """Who was heard last, now found by `method`."""
        if not self.heard:
            return UNKNOWN
        return replace(self.heard[-1].speaker, method=method)

    def is_reported(self, offset: int) -> bool:
        """The offset lies in somebody's words."""
        return any(start <= offset < end for start, end in self._reported)

    def _genders(self) -> dict[str, str]:
        """Gender of persons by title or role; unknown for the others."""
        found: dict[str, str] = {}
        reading, words = self.reading, self.words
        for mention in self.mentions:
            at = reading.token_at(mention.start)
            around = {reading.lower[i] for i in range(max(0, at - 1), min(len(reading.lower), at + 1))}
            if around & words["title_masculine"]:
                found.setdefault(mention.entity_id, "Masc")
            elif around & words["title_feminine"]:
                found.setdefault(mention.entity_id, "Fem")
        for role in self.roles:
            if role.gender is not None:
                found.setdefault(role.person.entity_id, role.gender)
        return found
