"""Cues around or behind the words: incises ("P, a déclaré X"), "selon X", nouns ("la crainte que P")."""

from collections.abc import Iterator

from language.claim_candidates import Candidate, CueWords, Source
from language.clause_ends import ClauseEnds, is_inverted
from language.cue_groups import Cue
from language.cues import CueLexicon
from language.reading import Reading, Sentence
from language.reported_clauses import ReportedClauses, cue_words
from language.sources import noun_phrase_after, source_of, span_of
from schemas.vocabulary import CueClass, SpeakerMethod

_MIN_CLAUSE_TOKENS = 3
_MAX_SOURCE = 30
_NOUN_GAP = 8


class PostposedCues:
    """Reads the runs of words around incises and source phrases in one text."""

    def __init__(
        self, reading: Reading, ends: ClauseEnds, clauses: ReportedClauses, lexicon: CueLexicon, cues: dict[int, Cue]
    ) -> None:
        self._reading = reading
        self._ends = ends
        self._clauses = clauses
        self._lexicon = lexicon
        self._cues = cues

    def incises(self, sentence: Sentence) -> Iterator[Candidate]:
        """Claims whose cue stands behind them or inside them."""
        reading = self._reading
        run_start = sentence.start
        for index in range(sentence.start, sentence.end):
            cue = self._cues.get(index)
            if cue is None or self._is_foreign(sentence, index) or not is_inverted(reading, cue, sentence.end):
                continue
            source = source_of(reading, cue, True, sentence.end)
            words = cue_words(reading, cue)
            head_run = list(self._run(run_start, cue.first, "incise", words, source))
            yield from head_run
            resume = max(cue.end, source.end if source else cue.end)
            yield from self._rest(resume, sentence, words, source, bool(head_run) and self._has_clause(run_start, cue.first))
            run_start = resume

    def according_to(self, sentence: Sentence) -> Iterator[Candidate]:
        """Claims of "selon X, P", "P, selon X" and "S, selon X, V"."""
        reading = self._reading
        for index in range(sentence.start, sentence.end):
            length = self._phrase_length(index, sentence)
            if not length or self._is_foreign(sentence, index):
                continue
            lower = reading.lower[index + length] if index + length < sentence.end else ""
            if lower in reading.words["selon_relatives"]:
                continue
            source = noun_phrase_after(reading, index + length, sentence.end, SpeakerMethod.ACCORDING_TO)
            if source is None or reading.lower[source.head] in self._lexicon.not_sources:
                continue
            words = CueWords(
                reading.starts[index],
                reading.ends[index + length - 1],
                " ".join(reading.lower[index : index + length]).replace("' ", "'"),
                CueClass.ACCORDING_TO,
            )
            if not self._has_words(sentence.start, index):
                yield from self._fronted(index, length, sentence, words, source)
            elif reading.lower[index] not in self._lexicon.fronted_person_only:
                yield from self._medial(index, sentence, words, source)

    def nouns(self, sentence: Sentence) -> Iterator[Candidate]:
        """ "la crainte que P", "des rapports selon lesquels P" """
        reading = self._reading
        for index in range(sentence.start, sentence.end):
            cue_class = self._lexicon.nouns.get(reading.lower[index])
            if cue_class is None or reading.tokens[index].pos_ not in ("NOUN", "PROPN") or self._is_foreign(sentence, index):
                continue
            that = self._complement_of_noun(index, sentence.end)
            if that is None:
                continue
            start = that + 1
            end = self._ends.end_of(start, sentence.end, None)
            if end - start < _MIN_CLAUSE_TOKENS:
                continue
            selon = reading.lower[that] not in reading.words["that"]
            yield self._noun_claim(index, that, start, end, cue_class, selon)

    def _noun_claim(self, noun: int, that: int, start: int, end: int, cue_class: CueClass, selon: bool) -> Candidate:
        reading = self._reading
        first, last = (that - 1, that + 1) if selon else (noun, noun + 1)
        words = CueWords(reading.starts[first], reading.ends[last - 1], reading.tokens[noun].lemma_, cue_class)
        source: Source | None = None
        if selon:
            low, high = span_of(reading, noun, reading.sentences[reading.sentence_of[noun]].start)
            source = Source(low, min(high, that - 1), noun, SpeakerMethod.ACCORDING_TO)
        else:
            source = self._holder(noun)
        return self._clauses.candidate(start, end, "noun_selon" if selon else "noun_que", words, source)

    def _holder(self, noun: int) -> Source | None:
        """The possessive before the noun, or the subject of the verb whose object it is."""
        reading = self._reading
        verb = reading.tokens[noun].head
        for child in verb.children:
            if child.dep_.startswith("nsubj") and child.i < noun and verb.pos_ == "VERB":
                low, high = span_of(reading, child.i, 0)
                return Source(low, high, child.i, SpeakerMethod.SUBJECT)
        if noun and reading.lower[noun - 1] in ("notre", "mon", "ma", "nos", "mes", "son", "sa", "leur"):
            return Source(noun - 1, noun, noun - 1, SpeakerMethod.PRONOUN)
        return None

    def _complement_of_noun(self, noun: int, limit: int) -> int | None:
        """The "que" or "lequel" that opens the noun's clause."""
        reading = self._reading
        for index in range(noun + 1, min(limit, noun + _NOUN_GAP)):
            word = reading.lower[index]
            if word in reading.words["selon_relatives"]:
                return index if reading.lower[index - 1] in reading.words["selon_before_relative"] else None
            if word in reading.words["that"]:
                token = reading.tokens[index]
                relative = token.pos_ == "PRON" or "Rel" in token.morph.get("PronType")
                return None if relative else index
            if reading.is_finite(index) or word in (",", ":", ";"):
                return None
        return None

    def _fronted(
        self, index: int, length: int, sentence: Sentence, words: CueWords, source: Source
    ) -> Iterator[Candidate]:
        reading = self._reading
        person_only = reading.lower[index] in self._lexicon.fronted_person_only
        if person_only and not self._is_person(source):
            return
        comma = self._comma_after(source, sentence.end)
        if comma is None:
            return
        start = comma + 1
        while start < sentence.end and reading.tokens[start].is_space:
            start += 1
        if start < sentence.end:
            end = self._ends.end_of(start, sentence.end, None)
            if end - start >= 2:
                yield self._clauses.candidate(start, end, "according_to", words, source)

    def _comma_after(self, source: Source, limit: int) -> int | None:
        """The comma behind the source and its appositions: what follows has a subject of its own or is quoted."""
        reading = self._reading
        commas = [i for i in range(source.end, min(limit, source.end + _MAX_SOURCE)) if reading.lower[i] == ","]
        for position, comma in enumerate(commas):
            if reading.in_quotation[comma] != reading.in_quotation[source.head]:
                return commas[0]
            following = comma + 1
            while following < limit and reading.tokens[following].is_space:
                following += 1
            if following >= limit:
                return None
            if reading.in_quotation[following] != reading.in_quotation[comma]:
                return comma
            upto = commas[position + 1] if position + 1 < len(commas) else limit
            apposition = position + 1 < len(commas) and not any(reading.is_finite(i) for i in range(following, upto))
            if not apposition or reading.tokens[following].pos_ in ("DET", "PRON", "ADP", "ADV"):
                return comma
        return commas[0] if commas else None

    def _medial(self, index: int, sentence: Sentence, words: CueWords, source: Source) -> Iterator[Candidate]:
        reading = self._reading
        has_clause = self._has_clause(sentence.start, index)
        resume = source.end
        rest_start = resume + 1 if resume < sentence.end and reading.lower[resume] == "," else None
        quoted_next = rest_start is not None and self._quotation_begins(rest_start, sentence)
        if not (quoted_next and not has_clause and not self._has_quotation(sentence.start, index)):
            yield from self._run(sentence.start, index, "according_to", words, source)
        if rest_start is not None and not has_clause:
            end = self._ends.end_of(rest_start, sentence.end, None)
            if end - rest_start >= _MIN_CLAUSE_TOKENS:
                yield self._clauses.candidate(rest_start, end, "according_to", words, source)

    def _run(
        self, start: int, end: int, rule: str, words: CueWords, source: Source | None
    ) -> Iterator[Candidate]:
        """The uninterrupted words before a cue: one claim, or one a quotation where there is nothing else."""
        reading = self._reading
        while start < end and not (reading.is_word(start) or reading.in_quotation[start] >= 0):
            start += 1
        while end > start and not (reading.is_word(end - 1) or self._closes_quotation(end - 1, start)):
            end -= 1
        if end <= start:
            return
        own = reading.in_quotation[words_token(reading, words)]
        numbers = sorted({reading.in_quotation[i] for i in range(start, end)} - {own, -1})
        plain = [i for i in range(start, end) if reading.in_quotation[i] == own and reading.is_word(i)]
        if numbers and not plain:
            for number in numbers:
                quotation = reading.quotations[number]
                yield Candidate(quotation.start, quotation.end, rule, words, source, quotation)
            return
        if numbers:
            last = reading.quotations[numbers[-1]]
            before = reading.token_at(last.open) - 1
            while before > start and reading.tokens[before].is_space:
                before -= 1
            if reading.lower[before] == ":" and not [i for i in plain if reading.starts[i] >= last.close]:
                yield Candidate(last.start, last.end, rule, words, source, last)
                return
        if numbers or end - start >= _MIN_CLAUSE_TOKENS or self._has_clause(start, end):
            yield self._clauses.candidate(start, end, rule, words, source)

    def _rest(
        self, start: int, sentence: Sentence, words: CueWords, source: Source | None, complete: bool
    ) -> Iterator[Candidate]:
        """What follows an incise: further quotations, or the second half of a clause that it interrupts."""
        reading = self._reading
        index = start
        while index < sentence.end and not reading.is_word(index) and reading.in_quotation[index] < 0:
            index += 1
        if index < sentence.end and self._quotation_begins(index, sentence):
            quotation = reading.quotation_at(index)
            if quotation is not None:
                yield Candidate(quotation.start, quotation.end, "incise", words, source, quotation)
        elif not complete and start < sentence.end and reading.lower[start] == ",":
            end = self._ends.end_of(start + 1, sentence.end, None)
            if self._has_clause(start + 1, end):
                yield self._clauses.candidate(start + 1, end, "incise", words, source)

    def _phrase_length(self, index: int, sentence: Sentence) -> int:
        lower = self._reading.lower
        for phrase in self._lexicon.according_to:
            if tuple(lower[index : index + len(phrase)]) == phrase and index + len(phrase) < sentence.end:
                return len(phrase)
        return 0

    def _is_person(self, source: Source) -> bool:
        reading = self._reading
        if reading.lower[source.head] in reading.words["clitic_like_source"]:
            return source.end - source.start == 1
        return any(reading.tokens[i].ent_type_ in ("PER", "ORG") for i in range(source.start, source.end))

    def _is_foreign(self, sentence: Sentence, index: int) -> bool:
        """The token belongs to a quotation inside the sentence, which is read by itself."""
        number = self._reading.in_quotation[index]
        return number != (-1 if sentence.quotation is None else sentence.quotation)

    def _quotation_begins(self, index: int, sentence: Sentence) -> bool:
        while index < sentence.end and self._reading.tokens[index].is_space:
            index += 1
        return index < sentence.end and self._is_foreign(sentence, index)

    def _has_quotation(self, start: int, end: int) -> bool:
        reading = self._reading
        return any(reading.in_quotation[i] != reading.in_quotation[end] for i in range(start, end))

    def _has_words(self, start: int, end: int) -> bool:
        return any(self._reading.is_word(i) for i in range(start, end))

    def _has_clause(self, start: int, end: int) -> bool:
        return any(self._reading.is_finite(i) for i in range(start, end))

    def _closes_quotation(self, index: int, start: int) -> bool:
        quotation = self._reading.quotation_at(index)
        return (
            quotation is not None
            and self._reading.ends[index] >= quotation.close
            and quotation.open >= self._reading.starts[start]
        )


def words_token(reading: Reading, words: CueWords) -> int:
    """The first token of the cue."""
    return min(reading.token_at(words.start), len(reading.tokens) - 1)
