"""Say who a speaker is: the fullest name in the article for a pronoun, a role or a short name."""

from collections.abc import Sequence
from dataclasses import replace

from language.claim_candidates import Candidate, Source
from language.reading import Reading
from language.speaker_acronyms import long_form
from language.speaker_antecedents import is_last_mentioned
from language.speaker_appositions import apposed_name
from language.speaker_context import speaker_beside
from language.speaker_descriptions import described_speaker
from language.speaker_history import UNKNOWN, Heard, Said, Speaker
from language.speaker_labels import ORG, PER
from language.speaker_memory import SpeakerMemory
from language.speaker_missed_names import is_listed
from language.speaker_pronouns import possessor, pronoun_speaker
from language.speaker_role_places import office_in_genitive
from schemas.entity import EntityMention
from schemas.vocabulary import SpeakerMethod

_ARTICLE_AND_ACRONYM = 2
_NOT_NAMES = frozenset({"NOUN", "PRON", "NUM", "DET"})


class SpeakerResolver:
    """Resolves the sources of one article; call `resolve` in text order of the claims.

    Args:
        reading: the article.
        mentions: its entities, in text order.
        reported: offsets of the claims that have a cue.
    """

    def __init__(
        self, reading: Reading, mentions: Sequence[EntityMention], reported: Sequence[tuple[int, int]] = ()
    ) -> None:
        self._memory = SpeakerMemory(reading, mentions, reported)
        self._long_forms: dict[str, str | None] = {}

    def resolve(self, candidate: Candidate) -> Speaker | None:
        """The speaker of a claim, with the id of his row of `entities` if there is one; None where its source is not
        expressed."""
        speaker = self._resolve(candidate)
        listed = speaker is None or speaker.entity_id is None or is_listed(speaker.entity_id)
        return speaker if speaker is None or listed else replace(speaker, entity_id=None)

    def _resolve(self, candidate: Candidate) -> Speaker | None:
        source, memory = candidate.source, self._memory
        if source is None:
            return self._unexpressed(candidate)
        speaker = self._in_full(self._speaker(source, candidate))
        if speaker.name is not None:
            reading = memory.reading
            alone = source.end - source.start == 1  # "qualifié de journal"
            described = reading.pos[source.head] == "NOUN" and not alone and speaker.method is not SpeakerMethod.PRONOUN
            reported = memory.around(reading.starts[source.head]) is not None
            memory.heard.add(Heard(source.head, speaker, reading.lower[source.head] if described else None, reported))
            memory.said.add(Said(candidate.start, candidate.end, speaker, candidate.quotation is not None))
        return speaker

    def _in_full(self, speaker: Speaker) -> Speaker:
        """ "l'UPL" by the long form that the article gives in front of "(UPL)"."""
        if speaker.person or not speaker.name or speaker.name[-1].islower():
            return speaker  # no acronym
        words = speaker.name.replace("’", "'").replace("'", "' ").split()
        full = self._long_form(words[-1]) if 0 < len(words) <= _ARTICLE_AND_ACRONYM else None
        return replace(speaker, name=full) if full is not None else speaker

    def _long_form(self, acronym: str) -> str | None:
        if acronym not in self._long_forms:
            self._long_forms[acronym] = long_form(self._memory.reading.text, acronym)
        return self._long_forms[acronym]

    def _unexpressed(self, candidate: Candidate) -> Speaker | None:
        """Without a source: who spoke before, or whoever the sentences around a quotation are about."""
        memory = self._memory
        if candidate.goes_on:
            return memory.last_heard(SpeakerMethod.CONTINUED) if memory.heard.last() else None
        speaker = speaker_beside(memory, candidate) if candidate.cue is None else None
        if speaker is not None:
            memory.said.add(Said(candidate.start, candidate.end, speaker, True))
        return speaker

    def _speaker(self, source: Source, candidate: Candidate) -> Speaker:
        reading, words = self._memory.reading, self._memory.words
        word = reading.lower[source.head]
        alone = source.end - source.start == 1
        if not alone and reading.lower[source.start] in words["possessive"] and word in words["speech_nouns"]:
            return possessor(self._memory, source)
        if word in words["first_person"]:
            return self._quoted_speaker(source)
        if alone and (word in words["unspecific"] or word in words["possessive"]):
            return UNKNOWN
        if word in words["masculine"] or word in words["feminine"] or is_last_mentioned(self._memory, source.end - 1):
            return pronoun_speaker(self._memory, source)
        joined = self._joined(source, candidate)
        return joined or self._named(source, candidate) or described_speaker(self._memory, source)

    def _joined(self, source: Source, candidate: Candidate) -> Speaker | None:
        """ "le maire et Anne Morel": each by the fullest name; no one entity stands for them."""
        parts = _parts(self._memory.reading, source)
        if len(parts) < 2:
            return None
        speakers = [self._named(p, candidate) or described_speaker(self._memory, p) for p in parts]
        names = dict.fromkeys(s.name for s in speakers if s.name is not None)
        if len(names) < 2:
            return None
        return Speaker(" et ".join(names), None, source.method, None, True, all(s.person for s in speakers))

    def _quoted_speaker(self, source: Source) -> Speaker:
        """ "je" inside a quotation: whoever is quoted."""
        reading = self._memory.reading
        said = self._memory.around(reading.starts[source.head]) if reading.in_quotation[source.head] >= 0 else None
        return replace(said.speaker, method=SpeakerMethod.PRONOUN) if said is not None else UNKNOWN

    def _named(self, source: Source, candidate: Candidate) -> Speaker | None:
        """A name in the phrase or in apposition to it."""
        reading, inside = self._memory.reading, self._mentions_in(source.start, source.end)
        persons = [m for m in inside if m.label is PER]
        role_of_other = reading.pos[source.head] == "NOUN" and self._belongs_to_other(source, persons)
        if persons and not role_of_other:
            return self._from_mentions(persons, source)
        apposed = apposed_name(self._memory, source, (candidate.start, candidate.end))
        if apposed is not None:
            return self._from_mentions([apposed], source)
        common = reading.pos[source.head] in _NOT_NAMES  # "l'un des partis d'Italie" as well
        if common and not any(m.start <= reading.starts[source.head] < m.end for m in inside):
            named = self._organisation_named_by(source, inside)
            return self._from_mentions([named], source) if named is not None else None
        covering = [m for m in inside if m.start <= reading.starts[source.head] < m.end] or inside
        return self._from_mentions(covering, source) if covering else None

    def _organisation_named_by(self, source: Source, inside: Sequence[EntityMention]) -> EntityMention | None:
        """ "le quotidien Le Midi", "l'agence de presse Presstel": the name that ends the phrase of a kind of organisation,
        with nothing between but what tells the kind; not "le groupe de Lyon", whose name a preposition governs."""
        memory, reading = self._memory, self._memory.reading
        if len(inside) != 1:
            return None
        noun = reading.lower[source.head]
        if noun not in memory.words["generic_organisations"] and noun not in memory.words["naming_organisations"]:
            return None
        (mention,) = inside
        first, behind = reading.token_at(mention.start), reading.token_before(mention.end)
        governed = reading.pos[first - 1] in ("ADP", "DET", "CCONJ")
        named = mention.label is ORG and first > source.head and behind >= source.end and not governed
        return mention if named and mention.surface[:1].isupper() else None

    def _belongs_to_other(self, source: Source, persons: Sequence[EntityMention]) -> bool:
        """ "la mère de Jean", "le porte-parole de M. Dupont": the name is not that of the speaker."""
        if not persons:
            return False
        reading, words = self._memory.reading, self._memory.words
        before = reading.token_at(persons[0].start) - 1
        while before > source.head and reading.lower[before] in words.titles:
            before -= 1
        office = office_in_genitive(reading, before + 1, words)
        if office is not None and office > source.head:
            return True  # "le porte-parole du président Dupont"
        if before > source.head and reading.lower[before] in reading.words["institutions"]:
            return True  # "un communiqué de l'aéroport Jean Dupont"
        return before > source.head and reading.lower[before] in reading.words["genitive"]

    def _mentions_in(self, start: int, end: int) -> Sequence[EntityMention]:
        return self._memory.mentions.touching(self._memory.reading.starts[start], self._memory.reading.ends[end - 1])

    def _from_mentions(self, mentions: Sequence[EntityMention], source: Source) -> Speaker:
        """One speaker, or several persons joined by "et"."""
        first = self._memory.known_as(mentions[0], source.method)
        lower = self._memory.reading.lower
        names = list(dict.fromkeys(self._memory.name_of(m) for m in mentions))
        if len(names) == 1 or not first.person or "et" not in lower[source.start : source.end]:
            return first
        return Speaker(" et ".join(names), None, source.method, None, True, True)


def _parts(reading: Reading, source: Source) -> list[Source]:
    """The noun phrases that "et" and commas join in a source; one where it is a name or a single phrase."""
    joining = reading.words["joining"]
    starts = [source.start]
    for index in range(source.start + 1, source.end):
        before = reading.lower[index - 1]
        if before != "," and before not in joining:
            continue
        if reading.pos[index] == "DET" or (reading.pos[index] == "PROPN" and reading.ent_iob[index] != "I"):
            starts.append(index)
    if len(starts) == 1:
        return [source]
    parts = []
    for start, following in zip(starts, [*starts[1:], source.end + 1], strict=True):
        end = following - 1
        nouns = [i for i in range(start, end) if reading.pos[i] in ("NOUN", "PROPN")]
        if nouns:
            head = source.head if start <= source.head < end else nouns[0]
            parts.append(Source(start, end, head, source.method))
    return parts
