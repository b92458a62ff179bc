"""Nouns as cues: "la crainte que P", "notre crainte est que P", "des rapports selon lesquels P"."""

from collections.abc import Iterator, Sequence

from language.claim_analysis import Analysis, claim_of_tokens, cue_words
from language.claim_candidates import Candidate, CueWords, Source
from language.cues import CueLexicon
from language.reading import Sentence
from language.source_phrases import span_of
from language.sources import source_of
from language.speaker_roles import speaker_words
from schemas.vocabulary import CueClass, SpeakerMethod

_GAP = 9
"""Tokens between noun and clause: "les craintes croissantes à travers l'Europe que"."""
_MIN_CLAUSE_TOKENS = 3


class NounCues:
    """Reads the clauses of cue nouns in one text."""

    def __init__(self, analysis: Analysis, lexicon: CueLexicon) -> None:
        self._analysis = analysis
        self._reading = analysis.reading
        self._ends = analysis.ends
        self._cues = analysis.cues
        self._lexicon = lexicon

    def of(self, sentence: Sentence, positions: Sequence[int]) -> Iterator[Candidate]:
        """The claims of the cue nouns at `positions` in `sentence`, not of those in a quotation inside it."""
        reading = self._reading
        own = -1 if sentence.quotation is None else sentence.quotation
        for index in positions:
            cue_class = self._lexicon.nouns[reading.lower[index]]
            if reading.pos[index] != "NOUN" or reading.in_quotation[index] != own:
                continue
            opener = self._opener(index, sentence.end)
            if opener is None:
                continue
            end = self._ends.end_of(opener + 1, sentence.end, None, noun=index)
            if end - opener > _MIN_CLAUSE_TOKENS:
                yield self._claim(index, opener, end, cue_class, sentence)

    def _opener(self, noun: int, limit: int) -> int | None:
        """The "que" or "lequel" in front of the noun's clause."""
        reading, finite = self._reading, 0
        takes_that = reading.lower[noun] in self._lexicon.nouns_with_that
        for index in range(noun + 1, min(limit, noun + _GAP)):
            word = reading.lower[index]
            if word in reading.words["selon_relatives"]:
                return index if reading.lower[index - 1] in reading.words["selon_before_relative"] else None
            if word in reading.words["that"]:
                relative = "PronType=Rel" in reading.features(index) and not finite
                if finite == index - 1 and reading.lower[finite] in reading.words["auxiliaries_be"]:
                    return index  # "une hypothèse serait que P"
                # A verb may stand between only right before the clause: "les craintes montent que P".
                return index if takes_that and not relative and (not finite or finite == index - 1) else None
            if reading.is_finite(index):
                finite = index
            if word in (",", ":", ";"):
                return None
        return None

    def _claim(self, noun: int, opener: int, end: int, cue_class: CueClass, sentence: Sentence) -> Candidate:
        reading = self._reading
        if reading.lower[opener] in reading.words["that"]:
            words = CueWords(reading.starts[noun], reading.ends[noun], reading.lemma(noun), cue_class)
            return claim_of_tokens(self._analysis, opener + 1, end, "noun_que", words, self._holder(noun))
        governing = self._cues.get(reading.head[noun])
        if governing is not None and not governing.passive and reading.dep[noun] == "obj":
            # "a rejeté toute affirmation selon laquelle P": who rejects it speaks.
            source = source_of(reading, self._cues, governing, False, sentence.end)
            return claim_of_tokens(self._analysis, opener + 1, end, "noun_selon", cue_words(reading, governing), source)
        first = reading.starts[opener - 1]
        words = CueWords(first, reading.ends[opener], reading.lemma(noun), cue_class)
        low, high = span_of(reading, noun, sentence.start)
        source = Source(low, max(noun + 1, min(high, opener - 1)), noun, SpeakerMethod.ACCORDING_TO)
        return claim_of_tokens(self._analysis, opener + 1, end, "noun_selon", words, source)

    def _holder(self, noun: int) -> Source | None:
        """The possessive before the noun, or whose it is behind it: "la crainte de Kiev que", "du maire Paul Petit"."""
        reading = self._reading
        persons = speaker_words(reading.language)["person_nouns"]
        if noun and reading.lower[noun - 1] in reading.words["possessives"]:
            return Source(noun - 1, noun, noun - 1, SpeakerMethod.PRONOUN)
        for child in reading.children(noun):
            named = reading.ent_type[child] in ("PER", "ORG", "LOC") or reading.lower[child] in persons
            if reading.dep[child] == "nmod" and child > noun and named:
                low, high = span_of(reading, child, noun)
                return Source(low, high, child, SpeakerMethod.SUBJECT)
        return self._subject_of_having(noun, persons)

    def _subject_of_having(self, noun: int, persons: frozenset[str]) -> Source | None:
        """ "Le maire nourrit l'espoir que P": whoever is the subject of the verb whose object the noun is, if a person or
        an organisation; "la crise nourrit la crainte que P" leaves it open."""
        reading, verb = self._reading, self._reading.head[noun]
        if reading.dep[noun] != "obj" or reading.in_quotation[verb] != reading.in_quotation[noun]:
            return None
        for child in reading.children(verb):
            if reading.dep[child] == "nsubj" and child < verb:
                personal = reading.lower[child] in reading.words["personal"]
                named = reading.ent_type[child] in ("PER", "ORG") or reading.lower[child] in persons
                low, high = span_of(reading, child, 0)
                return Source(low, high, child, SpeakerMethod.SUBJECT) if personal or named else None
        return None
