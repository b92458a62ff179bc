"""Say who a speaker is: the fullest name in the article for a pronoun, a role or a short name."""

from collections.abc import Sequence
from dataclasses import dataclass

from language.claim_candidates import Candidate, Source
from language.reading import Reading
from language.speaker_roles import Role, SpeakerWords, content_words, find_roles, speaker_words
from schemas.entity import EntityMention
from schemas.vocabulary import EntityLabel, SpeakerMethod

_PRONOUN_REACH_SENTENCES = 6
_NAMING = frozenset({EntityLabel.PER, EntityLabel.ORG, EntityLabel.LOC})


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks.

    Args:
        name: fullest name, or the description of somebody unnamed; None where it cannot be known.
        entity_id: of the entity, where it is one.
        method: how it was found.
        gender, plural: as far as known, for later pronouns.
    """

    name: str | None
    entity_id: str | None
    method: SpeakerMethod | None
    gender: str | None = None
    plural: bool = False


@dataclass(frozen=True, slots=True)
class _Heard:
    """A speaker at the place where he was mentioned."""

    at: int
    speaker: Speaker
    noun: str | None


class SpeakerResolver:
    """Resolves the sources of one article; call `resolve` in text order of the claims.

    Args:
        reading: the article.
        mentions: its entities, in text order.
    """

    def __init__(self, reading: Reading, mentions: Sequence[EntityMention]) -> None:
        self._reading = reading
        self._words: SpeakerWords = speaker_words(reading.doc.lang_)
        self._mentions = [m for m in mentions if m.label in _NAMING]
        self._roles: list[Role] = find_roles(reading, self._mentions, self._words)
        self._heard: list[_Heard] = []
        self._of_quotation: dict[int, Speaker] = {}
        self._gender = self._genders()

    def resolve(self, candidate: Candidate) -> Speaker | None:
        """The speaker of a claim; None where its source is not expressed."""
        source = candidate.source
        if source is None:
            return None
        speaker = self._speaker(source)
        if candidate.quotation is not None and speaker.name is not None:
            self._of_quotation[candidate.quotation.open] = speaker
        if speaker.name is not None and speaker.method is not SpeakerMethod.PRONOUN:
            noun = self._reading.lower[source.head] if self._reading.tokens[source.head].pos_ == "NOUN" else None
            self._heard.append(_Heard(source.head, speaker, noun))
        elif speaker.name is not None:
            self._heard.append(_Heard(source.head, speaker, None))
        return speaker

    def _speaker(self, source: Source) -> Speaker:
        reading, words = self._reading, self._words
        word = reading.lower[source.head]
        if word in words["first_person"]:
            return self._own_speaker(source)
        if word in words["unspecific"]:
            return Speaker(None, None, None)
        if word in words["masculine"] | words["feminine"] or reading.lower[source.end - 1] in words["last_mentioned"]:
            return self._pronoun(source)
        named = self._named(source)
        if named is not None:
            return named
        return self._description(source)

    def _own_speaker(self, source: Source) -> Speaker:
        """ "je" inside a quotation: whoever is quoted."""
        quotation = self._reading.quotation_at(source.head)
        speaker = self._of_quotation.get(quotation.open) if quotation else None
        if speaker is None:
            return Speaker(None, None, None)
        return Speaker(speaker.name, speaker.entity_id, SpeakerMethod.PRONOUN, speaker.gender, speaker.plural)

    def _named(self, source: Source) -> Speaker | None:
        """A name in the phrase or in apposition to it."""
        inside = self._mentions_in(source.start, source.end)
        persons = [m for m in inside if m.label is EntityLabel.PER]
        head = self._reading.tokens[source.head]
        role_of_other = head.pos_ == "NOUN" and self._belongs_to_other(source, persons)
        if persons and not role_of_other:
            return self._from_mentions(persons, source)
        apposed = self._apposed(source)
        if apposed is not None:
            return self._from_mentions([apposed], source)
        if head.pos_ == "NOUN" and not any(m.start <= head.idx < m.end for m in inside):
            return None
        covering = [m for m in inside if m.start <= head.idx < m.end] or inside
        return self._from_mentions(covering, source) if covering else None

    def _belongs_to_other(self, source: Source, persons: Sequence[EntityMention]) -> bool:
        """ "la mère de Jean", "le porte-parole de M. Dupont": the name is not that of the speaker."""
        if not persons:
            return False
        first = self._reading.token_at(persons[0].start)
        before = first - 1
        while before > source.head and self._reading.lower[before] in self._words["title_masculine"] | self._words["title_feminine"]:
            before -= 1
        return before > source.head and self._reading.lower[before] in ("de", "d'", "du", "des")

    def _apposed(self, source: Source) -> EntityMention | None:
        """The person named behind the phrase and a comma."""
        reading = self._reading
        index = source.end
        while index < len(reading.tokens) and reading.tokens[index].is_space:
            index += 1
        if index + 1 >= len(reading.tokens) or reading.lower[index] != ",":
            return None
        index += 1
        while index < len(reading.tokens) - 1 and (reading.tokens[index].is_space or reading.lower[index] in self._words["title_masculine"] | self._words["title_feminine"] | {"me"}):
            index += 1
        for mention in self._mentions:
            if mention.label is EntityLabel.PER and mention.start <= reading.starts[index] < mention.end:
                return mention
        return None

    def _mentions_in(self, start: int, end: int) -> list[EntityMention]:
        first, last = self._reading.starts[start], self._reading.ends[end - 1]
        return [m for m in self._mentions if m.start < last and m.end > first]

    def _from_mentions(self, mentions: Sequence[EntityMention], source: Source) -> Speaker:
        names = list(dict.fromkeys(m.canonical_name for m in mentions))
        ids = list(dict.fromkeys(m.entity_id for m in mentions))
        if len(names) > 1 and mentions[0].label is not EntityLabel.PER:
            names, ids = names[:1], ids[:1]
        gender = self._gender.get(ids[0])
        joined = " et ".join(names) if self._coordinated(source) else names[0]
        return Speaker(joined, ids[0] if len(ids) == 1 or joined == names[0] else None, source.method, gender, joined != names[0])

    def _coordinated(self, source: Source) -> bool:
        return any(self._reading.lower[i] in ("et", ",") for i in range(source.start, source.end))

    def _description(self, source: Source) -> Speaker:
        """A role: of a person who has it elsewhere, of an earlier speaker, or by itself."""
        reading, words = self._reading, self._words
        surface = reading.text[reading.starts[source.start] : reading.ends[source.end - 1]]
        noun = reading.lower[source.head]
        head = reading.tokens[source.head]
        gender = (head.morph.get("Gender") or [None])[0]
        plural = "Plur" in head.morph.get("Number")
        first = reading.lower[source.start]
        own = Speaker(surface, None, source.method, gender, plural)
        if first in words["indefinite"] or plural:
            return self._same_description(source, noun) if first not in words["indefinite"] else own
        role = self._role_like(source, noun, surface)
        if role is not None:
            person = role.person
            return Speaker(person.canonical_name, person.entity_id, SpeakerMethod.DESCRIPTION, role.gender)
        return self._same_description(source, noun)

    def _role_like(self, source: Source, noun: str, surface: str) -> Role | None:
        """The nearest description before, else after, that says the same and nothing else."""
        text = surface.lower().replace("’", "'")
        wanted = content_words(surface, self._words)
        fitting = [r for r in self._roles if self._fits(r, noun, text, wanted)]
        before = [r for r in fitting if r.at < source.start]
        return before[-1] if before else fitting[0] if fitting else None

    def _fits(self, role: Role, noun: str, text: str, wanted: frozenset[str]) -> bool:
        if role.noun == noun and (wanted <= role.words or role.words <= wanted):
            return True
        for office in self._words.same_office:
            if any(_contains(text, name) for name in office) and any(_contains(role.text, name) for name in office):
                rest = wanted - _office_words(office, self._words)
                return rest <= role.words
        return False

    def _same_description(self, source: Source, noun: str) -> Speaker:
        """ "le responsable" after "un haut responsable américain", "le dirigeant" after a named person."""
        reading, words = self._reading, self._words
        surface = reading.text[reading.starts[source.start] : reading.ends[source.end - 1]]
        head = reading.tokens[source.head]
        gender = (head.morph.get("Gender") or [None])[0]
        wanted = content_words(surface, words)
        for heard in reversed(self._heard):
            if heard.noun == noun and heard.speaker.name is not None and heard.at < source.head:
                known = content_words(heard.speaker.name, words)
                if wanted <= known or known <= wanted:
                    return Speaker(heard.speaker.name, heard.speaker.entity_id, SpeakerMethod.DESCRIPTION, gender, heard.speaker.plural)
        definite = reading.lower[source.start] in ("le", "la", "l'", "ce", "cet", "cette")
        if definite and noun in words["generic"] and wanted <= {noun} | words["generic"]:
            for heard in reversed(self._heard):
                if heard.speaker.entity_id is not None and not heard.speaker.plural and heard.speaker.gender in (None, gender):
                    return Speaker(heard.speaker.name, heard.speaker.entity_id, SpeakerMethod.DESCRIPTION, gender)
            person = self._last_person(source.start)
            if person is not None:
                return Speaker(person.canonical_name, person.entity_id, SpeakerMethod.DESCRIPTION, gender)
        return Speaker(surface, None, source.method, gender, "Plur" in head.morph.get("Number"))

    def _pronoun(self, source: Source) -> Speaker:
        """The nearest fitting person: a speaker or a subject before it."""
        reading, words = self._reading, self._words
        word = reading.lower[source.head]
        if reading.lower[source.end - 1] in words["last_mentioned"]:
            person = self._last_person(source.start)
            if person is not None:
                return Speaker(person.canonical_name, person.entity_id, SpeakerMethod.PRONOUN, self._gender.get(person.entity_id))
        gender = "Fem" if word in words["feminine"] else "Masc"
        plural = word in words["plural"]
        here = reading.sentence_of[source.head]
        floor = reading.sentences[max(0, here - _PRONOUN_REACH_SENTENCES)].start
        options: list[tuple[int, Speaker]] = [
            (h.at, h.speaker) for h in self._heard if floor <= h.at < source.head and _agrees(h.speaker, gender, plural)
        ]
        options += [(at, s) for at, s in self._subjects(floor, source.head) if _agrees(s, gender, plural)]
        if not options:
            return Speaker(None, None, None, gender, plural)
        _, best = max(options, key=lambda o: o[0])
        return Speaker(best.name, best.entity_id, SpeakerMethod.PRONOUN, gender if not plural else best.gender, plural)

    def _subjects(self, floor: int, before: int) -> list[tuple[int, Speaker]]:
        """Named subjects outside quotations between two tokens."""
        reading = self._reading
        found: list[tuple[int, Speaker]] = []
        for mention in self._mentions:
            at = reading.token_at(mention.start)
            if not floor <= at < before or reading.in_quotation[at] >= 0:
                continue
            last = max(at + 1, reading.token_before(mention.end))
            subject = any(reading.tokens[i].dep_.startswith("nsubj") for i in range(at, last)) or (
                reading.tokens[at].dep_ == "appos" and reading.tokens[at].head.dep_.startswith("nsubj")
            )
            if subject and mention.label in (EntityLabel.PER, EntityLabel.ORG):
                found.append(
                    (at, Speaker(mention.canonical_name, mention.entity_id, None, self._gender.get(mention.entity_id)))
                )
        return found

    def _last_person(self, before: int) -> EntityMention | None:
        offset = self._reading.starts[before]
        persons = [m for m in self._mentions if m.label is EntityLabel.PER and m.end <= offset]
        return persons[-1] if persons else None

    def _genders(self) -> dict[str, str]:
        """Gender of persons by title or role; unknown for the others."""
        found: dict[str, str] = {}
        reading, words = self._reading, self._words
        for mention in self._mentions:
            at = reading.token_at(mention.start)
            around = {reading.lower[i] for i in range(max(0, at - 1), min(len(reading.lower), at + 1))}
            if around & words["title_masculine"]:
                found.setdefault(mention.entity_id, "Masc")
            elif around & words["title_feminine"]:
                found.setdefault(mention.entity_id, "Fem")
        for role in self._roles:
            if role.gender is not None:
                found.setdefault(role.person.entity_id, role.gender)
        return found


def _agrees(speaker: Speaker, gender: str, plural: bool) -> bool:
    return speaker.plural == plural and (plural or speaker.gender in (None, gender))


def _contains(text: str, name: str) -> bool:
    return f" {name} " in f" {text} ".replace("l'", "l' ").replace("d'", "d' ").replace("' ", "'") or text.endswith(name)


def _office_words(office: frozenset[str], words: SpeakerWords) -> frozenset[str]:
    return frozenset(w for name in office for w in content_words(name, words))
