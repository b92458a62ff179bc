"""What an article has told so far about who speaks: its names, their roles, and who was heard."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from language.mention_places import MentionPlaces
from language.reading import Reading
from language.speaker_genders import genders_of, plurals_of
from language.speaker_history import UNKNOWN, HeardSpeakers, Said, Sayings, Speaker, Stretches
from language.speaker_kinds import OrganisationKinds, with_kind
from language.speaker_missed_names import is_listed, with_missed_names
from language.speaker_offices import KnownRoles
from language.speaker_role_places import find_roles, known_roles
from language.speaker_roles import SpeakerWords, speaker_words
from schemas.entity import EntityMention
from schemas.vocabulary import EntityLabel, SpeakerMethod

_NEAR = 1
"""Sentences back to a person whom "ce dernier" means rather than an organisation."""
_NAMING = frozenset({EntityLabel.PER, EntityLabel.ORG, EntityLabel.LOC})


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
        organised = (with_kind(reading, m) for m in with_missed_names(reading, mentions, self.words))
        named = _persons_by_family_name(reading, [m for m in organised if m.label in _NAMING])
        self.mentions = MentionPlaces(reading, named)
        self.persons = MentionPlaces(reading, [m for m in named if m.label is EntityLabel.PER])
        self.one_name = _one_name(named)
        roles = find_roles(reading, named, self.words, self.one_name)
        self.roles = KnownRoles(roles, self.words)
        self.known_roles = KnownRoles(known_roles(named, self.words, reading.doc.lang_), self.words)
        self.heard = HeardSpeakers()
        self.said = Sayings()
        self.gender = genders_of(reading, named, roles, self.words)
        self._plurals = plurals_of(reading, named)
        self._reported = Stretches(reported)
        self._outer_starts = [s.start for s in reading.outer_sentences]
        surfaces: dict[str, set[str]] = {}
        for mention in named:
            surfaces.setdefault(mention.entity_id, set()).add(mention.surface)
        self._longest = {entity: max(sorted(known), key=len) for entity, known in surfaces.items()}
        people = {m.entity_id: m for m in self.persons.mentions}
        self.only_person = next(iter(people.values())) if len(people) == 1 else None
        self.organisations = MentionPlaces(reading, [m for m in named if m.label is EntityLabel.ORG])
        self.kinds = OrganisationKinds(reading, self.organisations.mentions)
        self.countries = MentionPlaces(
            reading, [m for m in named if m.label is EntityLabel.LOC and m.country_code is not None]
        )
        self._nowhere = MentionPlaces(reading, ())
        self._by_entity = _grouped(reading, named, lambda m: m.entity_id)
        self._by_first_word = _grouped(reading, self.organisations.mentions, lambda m: m.surface.lower().split()[0])
        self._by_gender: dict[str | None, MentionPlaces] = {}
        self._subjects: dict[str, bool] = {}

    def name_of(self, mention: EntityMention) -> str:
        """The fullest name that the article itself gives."""
        if mention.label is EntityLabel.PER and is_listed(mention.entity_id):
            return mention.canonical_name
        return self._longest.get(mention.entity_id, mention.surface)

    def known_as(self, mention: EntityMention, method: SpeakerMethod | None, gender: str | None = None) -> Speaker:
        """The speaker that a mention names."""
        person = mention.label is EntityLabel.PER
        known = self.gender.get(mention.entity_id) or gender
        return Speaker(self.name_of(mention), mention.entity_id, method, known, self.is_plural(mention), person)

    def is_plural(self, mention: EntityMention) -> bool:
        """It stands with a plural article: "les Nations unies"."""
        return mention.entity_id in self._plurals

    def persons_of(self, gender: str | None) -> MentionPlaces:
        """The mentions of persons who are, or may be, of this gender."""
        if gender not in self._by_gender:
            fitting = [m for m in self.persons.mentions if self.gender.get(m.entity_id) in (None, gender)]
            self._by_gender[gender] = MentionPlaces(self.reading, fitting)
        return self._by_gender[gender]

    def places_of(self, entity_id: str) -> MentionPlaces:
        """The mentions of one entity."""
        return self._by_entity.get(entity_id, self._nowhere)

    def organisations_called(self, noun: str) -> MentionPlaces:
        """The mentions of organisations whose name begins with this word, in lower case."""
        return self._by_first_word.get(noun, self._nowhere)

    def last_person(self, before: int) -> EntityMention | None:
        """The person named last before a token."""
        return next(self.persons.ended(self.reading.starts[before]), None)

    def last_named(self, before: int, gender: str) -> EntityMention | None:
        """The person named last before a token; if that is long ago, the organisation or country of this gender."""
        person = next((m for _, m in self.persons_of(gender).back_from(before)), None)
        if person is not None and self.sentences_between(self.reading.token_at(person.start), before) <= _NEAR:
            return person
        for mention in self.mentions.ended(self.reading.starts[before]):
            known = self.gender.get(mention.entity_id)
            place = mention.label is EntityLabel.LOC and mention.country_code is None
            if mention.label is not EntityLabel.PER and not place and not self.is_plural(mention) and known == gender:
                return mention
        return person

    def last_heard(self, method: SpeakerMethod) -> Speaker:
        """Who was heard last, now found by `method`."""
        last = self.heard.last()
        return replace(last.speaker, method=method) if last is not None else UNKNOWN

    def is_reported(self, offset: int) -> bool:
        """The offset lies in somebody's words."""
        return self._reported.holds(offset)

    def sentences_between(self, first: int, second: int) -> int:
        """Sentences of the article from one token to the other; those inside a quotation are not counted."""
        return bisect_right(self._outer_starts, second) - bisect_right(self._outer_starts, first)

    def sentence_start(self, token: int, back: int) -> int:
        """First token of the sentence that stands `back` sentences before that of `token`, behind it if negative; the
        first or the last token where there is none."""
        number = bisect_right(self._outer_starts, token) - 1 - back
        if number >= len(self._outer_starts):
            return len(self.reading.tokens)
        return self._outer_starts[number] if number >= 0 else 0

    def sentence_after(self, count: int) -> int:
        """First token behind the first `count` sentences; the last token where there are no more."""
        return self._outer_starts[count] if count < len(self._outer_starts) else len(self.reading.tokens) - 1

    def is_subject(self, mention: EntityMention, at: int) -> bool:
        """By the parse, or as the name of the subject ("le président Girard"); `at` is the mention's first token."""
        known = self._subjects.get(mention.mention_id)
        if known is None:
            known = self._subjects[mention.mention_id] = _is_subject(self.reading, mention, at)
        return known

    def names_inside(self, start: int, end: int, head: int) -> list[EntityMention]:
        """The mentions that name the noun at `head` within its phrase: behind it, without a preposition."""
        tokens = self.reading.tokens
        return [
            mention
            for at, mention in self.mentions.between(start, end)
            if at <= head or tokens[at - 1].pos_ not in ("ADP", "DET")
        ]

    def around(self, offset: int) -> Said | None:
        """The innermost claim with a known speaker that holds the offset."""
        return self.said.around(offset)


def _one_name(mentions: Sequence[EntityMention]) -> Callable[[str], str]:
    """For texts in lower case: writes each organisation by one name, "secrétaire général de l'onu" and "… des nations
    unies" alike."""
    surfaces: dict[str, set[str]] = defaultdict(set)
    for mention in mentions:
        if mention.label is EntityLabel.ORG:
            surfaces[mention.entity_id].add(mention.surface.lower().replace("’", "'"))
    names = {name: min(sorted(known), key=len) for known in surfaces.values() if len(known) > 1 for name in known}
    if not names:
        return str
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    pattern = re.compile(rf"\b(?:{'|'.join(re.escape(name) for name in longest_first)})\b")
    return lambda text: pattern.sub(lambda found: names[found.group()], text)


def _grouped(
    reading: Reading, mentions: Sequence[EntityMention], key: Callable[[EntityMention], str]
) -> dict[str, MentionPlaces]:
    groups: dict[str, list[EntityMention]] = defaultdict(list)
    for mention in mentions:
        groups[key(mention)].append(mention)
    return {name: MentionPlaces(reading, members) for name, members in groups.items()}


def _is_subject(reading: Reading, mention: EntityMention, at: int) -> bool:
    tokens = reading.tokens
    last = max(at + 1, reading.token_before(mention.end))
    if any(tokens[i].dep_.startswith("nsubj") for i in range(at, last)):
        return True
    names = tokens[at].dep_ == "appos" or (
        tokens[at].dep_ in ("flat:name", "nmod") and at > 0 and tokens[at - 1].pos_ not in ("ADP", "DET")
    )
    return names and tokens[at].head.dep_.startswith("nsubj")


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
