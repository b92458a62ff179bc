"""Say who a speaker is: the fullest name in the article for a pronoun, a role or a short name."""

from collections.abc import Sequence
from dataclasses import dataclass

from language.claim_candidates import Candidate, Source
from language.reading import Reading
from language.sources import span_of
from language.speaker_roles import Role, SpeakerWords, content_words, find_roles, speaker_words
from schemas.entity import EntityMention
from schemas.vocabulary import EntityLabel, SpeakerMethod

_PRONOUN_REACH_SENTENCES = 6
_LEADING = frozenset({"nsubj", "nsubj:pass", "obl:agent"})
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
        reported: offsets of the claims: who is a subject in somebody's words is rarely the next to speak.
    """

    def __init__(
        self, reading: Reading, mentions: Sequence[EntityMention], reported: Sequence[tuple[int, int]] = ()
    ) -> None:
        self._reading = reading
        self._reported = sorted(reported)
        self._words: SpeakerWords = speaker_words(reading.doc.lang_)
        self._mentions = [m for m in mentions if m.label in _NAMING]
        self._roles: list[Role] = find_roles(reading, self._mentions, self._words)
        self._heard: list[_Heard] = []
        self._of_quotation: dict[int, Speaker] = {}
        self._gender = self._genders()
        self._surfaces: dict[str, set[str]] = {}
        for mention in self._mentions:
            self._surfaces.setdefault(mention.entity_id, set()).add(mention.surface)

    def resolve(self, candidate: Candidate) -> Speaker | None:
        """The speaker of a claim; None where its source is not expressed."""
        source = candidate.source
        if source is None:
            return self._heard[-1].speaker if candidate.goes_on and self._heard else None
        speaker = self._speaker(source, candidate)
        if candidate.quotation is not None and speaker.name is not None:
            self._of_quotation[candidate.quotation.open] = speaker
        if speaker.name is not None and speaker.method is not SpeakerMethod.PRONOUN:
            noun = self._reading.lower[source.head] if self._reading.tokens[source.head].pos_ == "NOUN" else None
            self._heard.append(_Heard(source.head, speaker, noun))
        elif speaker.name is not None:
            self._heard.append(_Heard(source.head, speaker, None))
        return speaker

    def _speaker(self, source: Source, candidate: Candidate) -> Speaker:
        reading, words = self._reading, self._words
        word = reading.lower[source.head]
        if source.end - source.start > 1 and reading.lower[source.start] in words["possessive"]:
            if word in words["speech_nouns"] and self._heard:
                last = self._heard[-1].speaker
                return Speaker(last.name, last.entity_id, SpeakerMethod.PRONOUN, last.gender, last.plural)
        if word in words["first_person"]:
            return self._own_speaker(source)
        if word in words["unspecific"] and source.end - source.start == 1:
            return Speaker(None, None, None)
        if word in words["masculine"] | words["feminine"] or reading.lower[source.end - 1] in words["last_mentioned"]:
            return self._pronoun(source)
        if word in words["possessive"]:
            return Speaker(None, None, None)
        named = self._named(source, candidate)
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

    def _named(self, source: Source, candidate: Candidate) -> Speaker | None:
        """A name in the phrase or in apposition to it."""
        inside = self._mentions_in(source.start, source.end)
        persons = [m for m in inside if m.label is EntityLabel.PER]
        head = self._reading.tokens[source.head]
        role_of_other = head.pos_ == "NOUN" and self._belongs_to_other(source, persons)
        if persons and not role_of_other:
            return self._from_mentions(persons, source)
        apposed = self._apposed(source, candidate) or self._apposition_of(source)
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

    def _apposition_of(self, source: Source) -> EntityMention | None:
        """The person named before the phrase and a comma: "Marie Durand, directrice du port"."""
        reading = self._reading
        index = source.start - 1
        while index > 0 and reading.tokens[index].is_space:
            index -= 1
        if index <= 0 or reading.lower[index] != "," or reading.tokens[source.head].pos_ != "NOUN":
            return None
        offset = reading.ends[index]
        before = [m for m in self._mentions if m.label is EntityLabel.PER and m.end <= offset]
        between = reading.text[before[-1].end : offset] if before else ""
        return before[-1] if before and between.strip() == "," else None

    def _apposed(self, source: Source, candidate: Candidate) -> EntityMention | None:
        """The person named behind the phrase and a comma, unless he is the subject of the claim itself."""
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
                return None if candidate.start <= mention.start < candidate.end else mention
        return None

    def _mentions_in(self, start: int, end: int) -> list[EntityMention]:
        first, last = self._reading.starts[start], self._reading.ends[end - 1]
        return [m for m in self._mentions if m.start < last and m.end > first]

    def _from_mentions(self, mentions: Sequence[EntityMention], source: Source) -> Speaker:
        names = list(dict.fromkeys(self._name_of(m) for m in mentions))
        ids = list(dict.fromkeys(m.entity_id for m in mentions))
        if len(names) > 1 and mentions[0].label is not EntityLabel.PER:
            names, ids = names[:1], ids[:1]
        gender = self._gender.get(ids[0])
        joined = " et ".join(names) if self._coordinated(source) else names[0]
        return Speaker(joined, ids[0] if len(ids) == 1 or joined == names[0] else None, source.method, gender, joined != names[0])

    def _name_of(self, mention: EntityMention) -> str:
        """The fullest name that the article itself gives."""
        surfaces = self._surfaces.get(mention.entity_id, {mention.surface})
        if mention.canonical_name in surfaces or mention.label is EntityLabel.PER:
            return mention.canonical_name
        return max(sorted(surfaces), key=len)

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
        if " ".join(reading.lower[source.start : source.start + 2]) in words["both"]:
            return self._both(source) or Speaker(surface, None, source.method, gender, True)
        own = Speaker(surface, None, source.method, gender, plural)
        if first in words["indefinite"] or plural:
            return self._same_description(source, noun) if first not in words["indefinite"] else own
        role = self._role_like(source, noun, surface)
        if role is not None:
            person = role.person
            return Speaker(self._name_of(person), person.entity_id, SpeakerMethod.DESCRIPTION, role.gender)
        return self._same_description(source, noun)

    def _both(self, source: Source) -> Speaker | None:
        """ "les deux dirigeants": the two persons named last."""
        offset = self._reading.starts[source.start]
        names: list[str] = []
        for mention in reversed(self._mentions):
            if mention.label is EntityLabel.PER and mention.end <= offset and self._name_of(mention) not in names:
                names.append(self._name_of(mention))
            if len(names) == 2:
                return Speaker(" et ".join(reversed(names)), None, SpeakerMethod.DESCRIPTION, None, True)
        return None

    def _is_office(self, surface: str) -> bool:
        text = surface.lower().replace("’", "'")
        return any(_contains(text, name) for group in self._words.same_office for name in group)

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
                return Speaker(self._name_of(person), person.entity_id, SpeakerMethod.DESCRIPTION, gender)
        if definite and noun in words["generic_organisations"] and wanted <= {noun}:
            named = [m for m in self._mentions if m.label is EntityLabel.ORG and m.end <= reading.starts[source.start]]
            if named:
                return Speaker(self._name_of(named[-1]), named[-1].entity_id, SpeakerMethod.DESCRIPTION, gender)
        persons = {m.entity_id: m for m in self._mentions if m.label is EntityLabel.PER}
        if definite and len(persons) == 1 and self._is_office(surface):
            only = next(iter(persons.values()))
            return Speaker(self._name_of(only), only.entity_id, SpeakerMethod.DESCRIPTION, gender)
        return Speaker(surface, None, source.method, gender, "Plur" in head.morph.get("Number"))

    def _pronoun(self, source: Source) -> Speaker:
        """The nearest fitting person: a speaker or a subject before it."""
        reading, words = self._reading, self._words
        word = reading.lower[source.head]
        if reading.lower[source.end - 1] in words["last_mentioned"]:
            person = self._last_person(source.start)
            if person is not None:
                return Speaker(self._name_of(person), person.entity_id, SpeakerMethod.PRONOUN, self._gender.get(person.entity_id))
        gender = "Fem" if word in words["feminine"] else "Masc"
        plural = word in words["plural"]
        here = reading.sentence_of[source.head]
        floor = reading.sentences[max(0, here - _PRONOUN_REACH_SENTENCES)].start
        heard = [(h.at, h.speaker) for h in self._heard if floor <= h.at < source.head and _agrees(h.speaker, gender, plural)]
        named = [(at, s) for at, s in self._subjects(floor, source.head) if _agrees(s, gender, plural)]
        described = self._described_subjects(floor, source.head, gender, plural)
        options = self._most_recent(heard + named, described)
        if not options and not plural:
            person = self._last_person(source.start)
            if person is not None and self._gender.get(person.entity_id) in (None, gender):
                options = [(0, Speaker(self._name_of(person), person.entity_id, None, gender))]
        if not options:
            return Speaker(None, None, None, gender, plural)
        _, best = max(options, key=lambda o: o[0])
        return Speaker(best.name, best.entity_id, SpeakerMethod.PRONOUN, gender if not plural else best.gender, plural)

    def _most_recent(
        self, named: list[tuple[int, Speaker]], described: list[tuple[int, Speaker]]
    ) -> list[tuple[int, Speaker]]:
        """Named antecedents, unless a description was the subject in a later sentence."""
        if not named or not described:
            return named or described
        sentence_of = self._reading.sentence_of
        later = [d for d in described if sentence_of[d[0]] > max(sentence_of[at] for at, _ in named)]
        return later or named

    def _described_subjects(self, floor: int, before: int, gender: str, plural: bool) -> list[tuple[int, Speaker]]:
        """Subjects of main clauses that are nouns: "La mairie a cédé. Elle …"."""
        reading = self._reading
        found: list[tuple[int, Speaker]] = []
        for index in range(floor, before):
            token = reading.tokens[index]
            if token.dep_ not in _LEADING or token.pos_ != "NOUN" or reading.in_quotation[index] >= 0:
                continue
            if self._is_reported(token.idx):
                continue
            if token.head.dep_ not in ("ROOT", "conj", "parataxis") or gender not in token.morph.get("Gender"):
                continue
            if ("Plur" in token.morph.get("Number")) != plural:
                continue
            low, high = span_of(reading, index, 0)
            speaker = self._description(Source(low, high, index, SpeakerMethod.DESCRIPTION))
            found.append((index, speaker))
        return found

    def _subjects(self, floor: int, before: int) -> list[tuple[int, Speaker]]:
        """Named subjects outside quotations between two tokens."""
        reading = self._reading
        found: list[tuple[int, Speaker]] = []
        for mention in self._mentions:
            at = reading.token_at(mention.start)
            if not floor <= at < before or reading.in_quotation[at] >= 0 or self._is_reported(mention.start):
                continue
            last = max(at + 1, reading.token_before(mention.end))
            subject = any(reading.tokens[i].dep_.startswith("nsubj") for i in range(at, last)) or (
                reading.tokens[at].dep_ == "appos" and reading.tokens[at].head.dep_.startswith("nsubj")
            )
            if subject and mention.label in (EntityLabel.PER, EntityLabel.ORG):
                found.append(
                    (at, Speaker(self._name_of(mention), mention.entity_id, None, self._gender.get(mention.entity_id)))
                )
        return found

    def _is_reported(self, offset: int) -> bool:
        return any(start <= offset < end for start, end in self._reported)

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
