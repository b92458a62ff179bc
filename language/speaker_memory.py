"""What an article has told so far about who speaks: its names, their roles, and who was heard."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import compress, count

from language.mention_places import MentionPlaces
from language.reading import Reading
from language.speaker_genders import gender_told, is_named_in_plural
from language.speaker_history import UNKNOWN, HeardSpeakers, Said, Sayings, Speaker, Stretches
from language.speaker_kinds import OrganisationKinds
from language.speaker_labels import LOC, ORG, PER
from language.speaker_mentions import naming_mentions, one_name_of_organisations
from language.speaker_missed_names import is_listed
from language.speaker_offices import KnownRoles
from language.speaker_role_places import find_roles, known_roles
from language.speaker_roles import Role, SpeakerWords, speaker_words
from schemas.entity import EntityMention
from schemas.vocabulary import SpeakerMethod

_NEAR = 1
"""Sentences back to a person whom "ce dernier" means rather than an organisation."""
LEADING = frozenset({"nsubj", "nsubj:pass", "obl:agent"})
_MAIN = frozenset({"ROOT", "conj", "parataxis"})


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
        self.words: SpeakerWords = speaker_words(reading.language)
        named = naming_mentions(reading, mentions, self.words)
        self.mentions = MentionPlaces(named, [reading.token_at(m.start) for m in named])
        self.heard = HeardSpeakers()
        self.said = Sayings()
        self._reported = Stretches(reported)
        self._outer_starts = [s.start for s in reading.outer_sentences]
        self._by_entity: dict[str, list[int]] = defaultdict(list)
        for number, mention in enumerate(named):
            self._by_entity[mention.entity_id].append(number)
        self._places: dict[str, MentionPlaces] = {}
        self._roles: dict[str, list[Role]] = {}
        self._genders: dict[str, str | None] = {}
        self._plural: dict[str, bool] = {}
        self._longest: dict[str, str] = {}
        self._by_gender: dict[str | None, MentionPlaces] = {}
        self._subjects: dict[str, bool] = {}

    @cached_property
    def persons(self) -> MentionPlaces:
        return self.mentions.labelled(PER)

    @cached_property
    def organisations(self) -> MentionPlaces:
        return self.mentions.labelled(ORG)

    @cached_property
    def countries(self) -> MentionPlaces:
        return self.mentions.labelled(LOC).only(lambda m: m.country_code is not None)

    @cached_property
    def only_person(self) -> EntityMention | None:
        """The last mention of the person, where the article names one only."""
        people = {m.entity_id: m for m in self.persons.mentions}
        return next(iter(people.values())) if len(people) == 1 else None

    @cached_property
    def one_name(self) -> Callable[[str], str]:
        """Gives each organisation in a text in lower case one name."""
        return one_name_of_organisations(self.organisations.mentions)

    @cached_property
    def roles(self) -> KnownRoles:
        """What the article tells of its persons."""
        return KnownRoles([role for m in self.persons.mentions for role in self._roles_at(m)], self.words)

    @cached_property
    def known_roles(self) -> KnownRoles:
        """What the news tells of them."""
        return KnownRoles(known_roles(self.mentions.mentions, self.words, self.reading.language), self.words)

    @cached_property
    def kinds(self) -> OrganisationKinds:
        return OrganisationKinds(self.reading, self.organisations.mentions)

    def name_of(self, mention: EntityMention) -> str:
        """The fullest name that the article itself gives."""
        if mention.label is PER and is_listed(mention.entity_id):
            return mention.canonical_name
        entity_id = mention.entity_id
        if entity_id not in self._longest:
            surfaces = {m.surface for m in self.places_of(entity_id).mentions}
            self._longest[entity_id] = max(sorted(surfaces), key=len, default=mention.surface)
        return self._longest[entity_id]

    def known_as(self, mention: EntityMention, method: SpeakerMethod | None, gender: str | None = None) -> Speaker:
        """The speaker that a mention names."""
        person = mention.label is PER
        known = self.gender_of(mention.entity_id) or gender
        return Speaker(self.name_of(mention), mention.entity_id, method, known, self.is_plural(mention), person)

    def gender_of(self, entity_id: str) -> str | None:
        """ "Masc", "Fem", or None where it may be either."""
        if entity_id not in self._genders:
            mentions = self.places_of(entity_id).mentions
            roles = (role for m in mentions if m.label is PER for role in self._roles_at(m))
            self._genders[entity_id] = gender_told(self.reading, mentions, roles, self.words)
        return self._genders[entity_id]

    def is_plural(self, mention: EntityMention) -> bool:
        """It stands with a plural article: "les Nations unies"."""
        entity_id = mention.entity_id
        if entity_id not in self._plural:
            self._plural[entity_id] = is_named_in_plural(self.reading, self.places_of(entity_id).mentions)
        return self._plural[entity_id]

    def persons_of(self, gender: str | None) -> MentionPlaces:
        """The mentions of persons who are, or may be, of this gender."""
        if gender not in self._by_gender:
            self._by_gender[gender] = self.persons.only(lambda m: self.gender_of(m.entity_id) in (None, gender))
        return self._by_gender[gender]

    def places_of(self, entity_id: str) -> MentionPlaces:
        """The mentions of one entity."""
        if entity_id not in self._places:
            self._places[entity_id] = self.mentions.at(self._by_entity.get(entity_id, ()))
        return self._places[entity_id]

    def _roles_at(self, mention: EntityMention) -> list[Role]:
        if mention.mention_id not in self._roles:
            self._roles[mention.mention_id] = list(find_roles(self.reading, mention, self.words, self.one_name))
        return self._roles[mention.mention_id]

    def organisations_called(self, noun: str) -> MentionPlaces:
        """The mentions of organisations whose name begins with this word, in lower case."""
        return self.organisations.only(lambda m: m.surface.lower().split()[0] == noun)

    def main_subjects(self, first: int, last: int) -> Sequence[int]:
        """The tokens from `first` to before `last` that are subjects or agents of main clauses."""
        return self._main_subjects[bisect_left(self._main_subjects, first) : bisect_left(self._main_subjects, last)]

    @cached_property
    def _main_subjects(self) -> list[int]:
        dep, head = self.reading.dep, self.reading.head
        return [i for i in compress(count(), map(LEADING.__contains__, dep)) if dep[head[i]] in _MAIN]

    def last_named(self, before: int, gender: str) -> EntityMention | None:
        """The person named last before a token; if that is long ago, the organisation or country of this gender."""
        person = next((m for _, m in self.persons_of(gender).back_from(before)), None)
        if person is not None and self.sentences_between(self.reading.token_at(person.start), before) <= _NEAR:
            return person
        for mention in self.mentions.ended(self.reading.starts[before]):
            known = self.gender_of(mention.entity_id)
            place = mention.label is LOC and mention.country_code is None
            if mention.label is not PER and not place and not self.is_plural(mention) and known == gender:
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
            return len(self.reading.lower)
        return self._outer_starts[number] if number >= 0 else 0

    def sentence_after(self, count: int) -> int:
        """First token behind the first `count` sentences; the last token where there are no more."""
        return self._outer_starts[count] if count < len(self._outer_starts) else len(self.reading.lower) - 1

    def is_subject(self, mention: EntityMention, at: int) -> bool:
        """By the parse, or as the name of the subject ("le président Girard"); `at` is the mention's first token."""
        known = self._subjects.get(mention.mention_id)
        if known is None:
            known = self._subjects[mention.mention_id] = _is_subject(self.reading, mention, at)
        return known

    def names_inside(self, start: int, end: int, head: int) -> list[EntityMention]:
        """The mentions that name the noun at `head` within its phrase: behind it, without a preposition."""
        pos = self.reading.pos
        return [
            mention
            for at, mention in self.mentions.between(start, end)
            if at <= head or pos[at - 1] not in ("ADP", "DET")
        ]

    def around(self, offset: int) -> Said | None:
        """The innermost claim with a known speaker that holds the offset."""
        return self.said.around(offset)


def _is_subject(reading: Reading, mention: EntityMention, at: int) -> bool:
    dep = reading.dep
    last = max(at + 1, reading.token_before(mention.end))
    if any(dep[i].startswith("nsubj") for i in range(at, last)):
        return True
    names = dep[at] == "appos" or (
        dep[at] in ("flat:name", "nmod") and at > 0 and reading.pos[at - 1] not in ("ADP", "DET")
    )
    return names and dep[reading.head[at]].startswith("nsubj")
