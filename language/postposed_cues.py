"""Cues around or behind the words: incises ("P, a déclaré X"), "selon X", nouns ("la crainte que P")."""

from collections.abc import Iterator

from language.claim_candidates import Candidate, CueWords, Source
from language.clause_ends import ClauseEnds, is_inverted
from language.cue_groups import Cue
from language.cues import CueLexicon
from language.reading import Reading, Sentence
from language.reported_clauses import ReportedClauses, cue_words
from language.sources import noun_phrase_after, source_of
from schemas.vocabulary import CueClass, SpeakerMethod

_MIN_CLAUSE_TOKENS = 3
_MAX_SOURCE = 30


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
            source = source_of(reading, self._cues, cue, True, sentence.end)
            words = cue_words(reading, cue)
            if cue.first > run_start and reading.lower[cue.first - 1] in reading.words["as_in"]:
                yield from self._as_somebody_says(cue, run_start, sentence, words, source)
                continue
            head_run = list(self._run(run_start, cue.first, "incise", words, source))
            yield from head_run
            resume = max(cue.end, source.end if source else cue.end)
            yield from self._rest(resume, sentence, words, source, bool(head_run) and self._has_clause(run_start, cue.first))
            run_start = resume

    def _as_somebody_says(
        self, cue: Cue, run_start: int, sentence: Sentence, words: CueWords, source: Source | None
    ) -> Iterator[Candidate]:
        """ "P, comme l'a dit X" and "Comme le dit X, P"."""
        reading = self._reading
        if self._has_words(run_start, cue.first - 1):
            yield from self._run(run_start, cue.first - 1, "as_incise", words, source)
            return
        rest = max(cue.end, source.end if source else cue.end)
        if rest < sentence.end and reading.lower[rest] == ",":
            end = self._ends.end_of(rest + 1, sentence.end, None)
            if end - rest > _MIN_CLAUSE_TOKENS:
                yield self._clauses.candidate(rest + 1, end, "as_incise", words, source)

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
            source = noun_phrase_after(
                reading, self._behind_free_relative(index + length, sentence.end), sentence.end, SpeakerMethod.ACCORDING_TO
            )
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
            elif self._may_be_medial(index) or self._names_quoted_person(index, sentence, source):
                yield from self._medial(index, sentence, words, source)

    def _quoted_comma(self, source: Source, limit: int) -> int | None:
        """The comma right before a quotation, if no verb stands between it and the source."""
        reading = self._reading
        for index in range(source.end, min(limit, source.end + _MAX_SOURCE)):
            if reading.in_quotation[index] != reading.in_quotation[source.head]:
                before = index - 1
                while before > source.end and reading.tokens[before].is_space:
                    before -= 1
                return before if reading.lower[before] == "," else None
            if reading.is_finite(index):
                return None
        return None

    def _names_quoted_person(self, index: int, sentence: Sentence, source: Source) -> bool:
        """ "… et pour Marie Durand, « P »": inside a sentence "pour" counts before a quotation only."""
        reading = self._reading
        named = self._is_person(source) or reading.tokens[source.head].pos_ == "PROPN"
        if reading.lower[index] not in self._lexicon.fronted_person_only or not named:
            return False
        comma = self._quoted_comma(source, sentence.end)
        return comma is not None and source.end == comma

    def _may_be_medial(self, index: int) -> bool:
        reading, word = self._reading, self._reading.lower[index]
        if word in self._lexicon.fronted_person_only:
            return False
        separated = not reading.is_word(index - 1)
        return separated or word not in self._lexicon.after_comma_only

    def _fronted(
        self, index: int, length: int, sentence: Sentence, words: CueWords, source: Source
    ) -> Iterator[Candidate]:
        reading = self._reading
        person_only = reading.lower[index] in self._lexicon.fronted_person_only
        comma = self._comma_after(source, sentence.end)
        if person_only and not (self._is_person(source) or self._names_quoted_person(index, sentence, source)):
            return
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
        quoted = self._quoted_comma(source, limit)
        if quoted is not None:
            return quoted
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
            aside = position + 1 < len(commas) and not any(reading.is_finite(i) for i in range(following, upto))
            named = reading.tokens[source.head].ent_type_ == "PER" or reading.tokens[source.end - 1].ent_type_ == "PER"
            if not aside or reading.tokens[following].pos_ in ("PRON", "ADP", "ADV", "PROPN", "NUM"):
                return comma
            if reading.tokens[following].pos_ == "DET" and not named:
                return comma
        return commas[0] if commas else None

    def _medial(self, index: int, sentence: Sentence, words: CueWords, source: Source) -> Iterator[Candidate]:
        """ "P, selon X", "S, selon X, V" and "… et, selon X, P"."""
        reading = self._reading
        start = self._inside_brackets(sentence.start, index)
        has_clause = self._has_clause(start, index)
        before = index - 1
        while before > start and not reading.is_word(before):
            before -= 1
        opens_clause = reading.lower[before] in reading.words["and_words"] | reading.words["that"]
        comma = source.end if source.end < sentence.end and reading.lower[source.end] == "," else None
        if comma is None and opens_clause:
            comma = self._comma_after(source, sentence.end)
        rest = None if comma is None else comma + 1
        splits_clause = rest is not None and rest < sentence.end and self._is_verb(rest)
        quoted_next = rest is not None and self._quotation_begins(rest, sentence)
        adverbial = not has_clause and rest is not None and not self._has_quotation(start, index)
        if not opens_clause and not (adverbial and (quoted_next or self._is_adverbial(start))):
            yield from self._run(start, index, "according_to", words, source)
        if rest is not None and (opens_clause or not has_clause or splits_clause):
            end = self._ends.end_of(rest, sentence.end, None, clause=not splits_clause)
            if end - rest >= _MIN_CLAUSE_TOKENS:
                yield self._clauses.candidate(rest, end, "according_to", words, source)

    def _behind_free_relative(self, index: int, limit: int) -> int:
        """ "Selon ce que rapporte X": where X begins; `index` where there is no such clause."""
        reading = self._reading
        if index + 2 < limit and reading.lower[index] in ("ce",) and reading.lower[index + 1] in reading.words["that"]:
            verb = index + 2
            while verb < limit and reading.tokens[verb].pos_ in ("VERB", "AUX", "ADV"):
                verb += 1
            return verb if verb > index + 2 else index
        return index

    def _inside_brackets(self, start: int, index: int) -> int:
        """Start of the words between brackets that hold `index`, or `start`."""
        for i in range(index - 1, start - 1, -1):
            if self._reading.lower[i] == ")":
                return start
            if self._reading.lower[i] == "(":
                return i + 1
        return start

    def _is_verb(self, index: int) -> bool:
        reading = self._reading
        first = index + 1 if reading.lower[index] in reading.words["clitics"] else index
        return reading.is_finite(first)

    def _is_adverbial(self, start: int) -> bool:
        """A time or place at the head of the sentence: "Vers 8 h", "À Lyon", "Ce matin"."""
        token = self._reading.tokens[start]
        timed = any(self._reading.lower[i] in self._reading.words["time_nouns"] for i in (start, start + 1))
        return token.pos_ in ("ADP", "ADV") or timed

    def _run(
        self, start: int, end: int, rule: str, words: CueWords, source: Source | None
    ) -> Iterator[Candidate]:
        """The uninterrupted words before a cue: one claim, or one a quotation where there is nothing else."""
        reading = self._reading
        while start < end and not (reading.is_word(start) or reading.in_quotation[start] >= 0):
            start += 1
        while end > start and not (
            reading.is_word(end - 1) or self._closes_quotation(end - 1, start) or self._closes_bracket(end - 1, start)
        ):
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

    def _closes_bracket(self, index: int, start: int) -> bool:
        lower = self._reading.lower
        return lower[index] in ("%", "€", "$") or (lower[index] == ")" and "(" in lower[start:index])

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
