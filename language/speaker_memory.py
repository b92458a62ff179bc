"""What an article has told so far about who speaks: its names, their roles, and who was heard."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from language.reading import Reading
from language.speaker_genders import genders_of, plurals_of
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
    """A speaker at the token where he was mentioned, with the noun that described him.

    Args:
        reported: he is mentioned in the words of somebody else.
    """

    at: int
    speaker: Speaker
    noun: str | None
    reported: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A claim, in code points, whose speaker is known; `direct` where it is a quotation."""

    start: int
    end: int
    speaker: Speaker
    direct: bool


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
        self.mentions = _persons_by_family_name(reading, [m for m in mentions if m.label in _NAMING])
        self.persons = [m for m in self.mentions if m.label is EntityLabel.PER]
        self.roles: list[Role] = find_roles(reading, self.mentions, self.words)
        self.heard: list[Heard] = []
        self.said: list[Said] = []
        self.gender = genders_of(reading, self.mentions, self.roles, self.words)
        self._plurals = plurals_of(reading, self.mentions)
        self._reported = sorted(reported)
        self._outer_starts = [s.start for s in reading.sentences if s.quotation is None]
        self._surfaces: dict[str, set[str]] = {}
        for mention in self.mentions:
            self._surfaces.setdefault(mention.entity_id, set()).add(mention.surface)

    def name_of(self, mention: EntityMention) -> str:
        """The fullest name that the article itself gives."""
        if mention.label is EntityLabel.PER:
            return mention.canonical_name
        return max(sorted(self._surfaces.get(mention.entity_id, {mention.surface})), key=len)

    def known_as(self, mention: EntityMention, method: SpeakerMethod | None, gender: str | None = None) -> Speaker:
        """The speaker that a mention names."""
        person = mention.label is EntityLabel.PER
        known = self.gender.get(mention.entity_id) or gender
        plural = mention.entity_id in self._plurals
        return Speaker(self.name_of(mention), mention.entity_id, method, known, plural, person)

    def last_person(self, before: int) -> EntityMention | None:
        """The person named last before a token."""
        offset = self.reading.starts[before]
        earlier = [m for m in self.persons if m.end <= offset]
        return earlier[-1] if earlier else None

    def last_heard(self, method: SpeakerMethod) -> Speaker:
        """Who was heard last, now found by `method`."""
        heard = [h for h in self.heard if not h.reported] or self.heard
        return replace(heard[-1].speaker, method=method) if heard else UNKNOWN

    def is_reported(self, offset: int) -> bool:
        """The offset lies in somebody's words."""
        return any(start <= offset < end for start, end in self._reported)

    def sentences_between(self, first: int, second: int) -> int:
        """Sentences of the article from one token to the other; those inside a quotation are not counted."""
        return bisect_right(self._outer_starts, second) - bisect_right(self._outer_starts, first)

    def sentence_start(self, token: int, back: int) -> int:
        """First token of the sentence that stands `back` sentences before that of `token`."""
        number = bisect_right(self._outer_starts, token) - 1 - back
        return self._outer_starts[number] if number >= 0 else 0

    def sentence_after(self, count: int) -> int:
        """First token behind the first `count` sentences; the last token where there are no more."""
        return self._outer_starts[count] if count < len(self._outer_starts) else len(self.reading.tokens) - 1

    def is_subject(self, mention: EntityMention, at: int) -> bool:
        """By the parse, or as the name of the subject ("le président Girard"); `at` is the mention's first token."""
        tokens = self.reading.tokens
        last = max(at + 1, self.reading.token_before(mention.end))
        if any(tokens[i].dep_.startswith("nsubj") for i in range(at, last)):
            return True
        names = tokens[at].dep_ == "appos" or (
            tokens[at].dep_ in ("flat:name", "nmod") and at > 0 and tokens[at - 1].pos_ not in ("ADP", "DET")
        )
        return names and tokens[at].head.dep_.startswith("nsubj")

    def names_inside(self, start: int, end: int, head: int) -> list[EntityMention]:
        """The mentions that name the noun at `head` within its phrase: behind it, without a preposition."""
        found = []
        for mention in self.mentions:
            at = self.reading.token_at(mention.start)
            if start <= at < end and (at <= head or self.reading.tokens[at - 1].pos_ not in ("ADP", "DET")):
                found.append(mention)
        return found

    def around(self, offset: int) -> Said | None:
        """The innermost claim with a known speaker that holds the offset."""
        holding = [said for said in self.said if said.start <= offset < said.end]
        return min(holding, key=lambda said: said.end - said.start) if holding else None


def _persons_by_family_name(reading: Reading, mentions: Sequence[EntityMention]) -> list[EntityMention]:
    """A bare family name that the model took for a place or a firm ("Hollande évoque …") is the person's.

    Not behind an article or a preposition, where it may well be the place ("en Hollande", "la Hollande").
    """
    persons: dict[str, EntityMention] = {}
    for mention in mentions:
        parts = mention.canonical_name.split()
        if mention.label is EntityLabel.PER and len(parts) > 1:
            persons.setdefault(parts[-1], mention)
    found: list[EntityMention] = []
    for mention in mentions:
        person = persons.get(mention.surface)
        at = reading.token_at(mention.start)
        governed = at > 0 and reading.tokens[at - 1].pos_ in ("DET", "ADP")
        if person is None or mention.label is EntityLabel.PER or governed:
            found.append(mention)
        else:
            found.append(
                replace(
                    mention,
                    label=EntityLabel.PER,
                    entity_id=person.entity_id,
                    canonical_name=person.canonical_name,
                    country_code=person.country_code,
                )
            )
    return found
