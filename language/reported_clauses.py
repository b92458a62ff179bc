"""Clauses, infinitives, nouns and quotations that a cue governs from the left: "X affirme que P"."""

from collections.abc import Iterator

from language.claim_candidates import Candidate, CueWords, Source
from language.clause_ends import ClauseEnds
from language.cue_groups import Cue
from language.quotation_marks import Quotation
from language.reading import Reading

_REACH_THAT = 24
"""Tokens between cue and "que": an addressee, a date and an occasion fit in."""
_REACH_INFINITIVE = 14
_REACH_QUOTE = 16


class ReportedClauses:
    """Reads the complements of cues in one text.

    Args:
        reading: the text.
        ends: where its clauses end.
        cues: its cues by head token.
    """

    def __init__(self, reading: Reading, ends: ClauseEnds, cues: dict[int, Cue]) -> None:
        self._reading = reading
        self._ends = ends
        self._cues = cues

    def of(self, cue: Cue, source: Source | None, limit: int) -> Iterator[Candidate]:
        """The claims that `cue` governs in its sentence, which ends at token `limit`."""
        words = cue_words(self._reading, cue)
        for reader in (self._that_clause, self._infinitive, self._attribute, self._event, self._noun_after_de):
            found = reader(cue, limit)
            if found is not None:
                start, end, rule = found
                yield self.candidate(start, end, rule, words, source)
                yield from self._quotation_after_colon(end, limit, words, source)
                return
        yield from self._quoted(cue, words, source, limit)

    def candidate(self, start: int, end: int, rule: str, words: CueWords, source: Source | None) -> Candidate:
        """The tokens as a claim; exactly one quotation makes it direct."""
        reading = self._reading
        first, last = reading.starts[start], reading.ends[end - 1]
        quotation = self._exactly_quoted(first, last)
        if quotation is not None:
            return Candidate(quotation.start, quotation.end, rule, words, source, quotation)
        return Candidate(first, last, rule, words, source)

    def _exactly_quoted(self, first: int, last: int) -> Quotation | None:
        for quotation in self._reading.quotations:
            if quotation.open <= first <= quotation.start and quotation.end <= last <= quotation.close:
                return quotation if first < quotation.start or first == quotation.start == quotation.open + 1 else None
        return None

    def _that_clause(self, cue: Cue, limit: int) -> tuple[int, int, str] | None:
        if "que" not in cue.entry.takes and "quote" not in cue.entry.takes:
            return None
        that = self._that(cue, limit)
        if that is None:
            return None
        start = that + 1
        while start < limit and self._reading.tokens[start].is_space:
            start += 1
        end = self._ends.end_of(start, limit, cue) if start < limit else start
        if "que" not in cue.entry.takes and not self._has_quotation(start, end):
            return None
        if end - start < 2 or not self._allowed(cue, start, end):
            return None
        return start, end, "que"

    def _that(self, cue: Cue, limit: int) -> int | None:
        reading = self._reading
        for index in range(cue.end, min(limit, cue.end + _REACH_THAT)):
            word = reading.lower[index]
            if word in reading.words["that"]:
                return index if self._is_complementizer(cue, index) else None
            if word == "'" and index > cue.end and reading.lower[index - 1] in ("qu", "d"):
                continue
            if reading.is_finite(index) or word in (":", ";") or word in reading.words["relatives"]:
                return None
            if reading.in_quotation[index] != reading.in_quotation[cue.head] or index in self._cues:
                return None
        return None

    def _is_complementizer(self, cue: Cue, index: int) -> bool:
        reading = self._reading
        between = range(cue.end, index)
        if between and reading.lower[index - 1] in reading.words["other_conjunction_before_that"]:
            return False
        token = reading.tokens[index]
        nominal = [i for i in between if reading.tokens[i].pos_ in ("NOUN", "PROPN")]
        if not nominal or "addressee" in cue.entry.takes:
            return True
        if token.pos_ == "PRON" and "Rel" in token.morph.get("PronType"):
            return False
        # A bare object right behind the cue takes the clause for itself: "annonce une mesure que …".
        first = reading.tokens[cue.end]
        return not (first.pos_ == "DET" and reading.tokens[nominal[0]].dep_ == "obj" and token.pos_ != "SCONJ")

    def _infinitive(self, cue: Cue, limit: int) -> tuple[int, int, str] | None:
        reading = self._reading
        takes = cue.entry.takes
        markers = {word for name in ("de", "a") if name in takes for word in reading.words.infinitive_markers.get(name, ())}
        if not markers and "inf" not in takes:
            return None
        for index in range(cue.end, min(limit, cue.end + _REACH_INFINITIVE)):
            word = reading.lower[index]
            if word in markers:
                start = index + 1
            elif "inf" in takes and self._may_start_infinitive(cue, index):
                start = index
            else:
                if word in reading.words["that"] or reading.is_finite(index) or word in (":", ";"):
                    return None
                if index in self._cues and self._cues[index].form != "inf":
                    return None
                continue
            verb = self._infinitive_at(start, limit)
            if verb is not None and not (reading.lower[verb] == "partir" and word in ("à", "a")):
                end = self._ends.end_of(start, limit, cue)
                if end <= verb or not self._allowed(cue, start, end):
                    return None
                return start, end, "infinitive"
            if index > cue.end and reading.in_quotation[index] != reading.in_quotation[cue.head]:
                return None
        return None

    def _may_start_infinitive(self, cue: Cue, index: int) -> bool:
        """Not behind a preposition: "a reconnu (auprès de l'agence) avoir menti", not "pour partir"."""
        previous = self._reading.tokens[index - 1]
        return index == cue.end or previous.pos_ not in ("ADP",)

    def _infinitive_at(self, start: int, limit: int) -> int | None:
        """The infinitive that begins at `start`, behind negation, clitics and an opening mark."""
        reading = self._reading
        for index in range(start, min(limit, start + 5)):
            word = reading.lower[index]
            if reading.is_infinitive(index):
                return index
            skip = reading.words["clitics"] | reading.words["negation_adverbs"]
            if not (word in skip or reading.is_quote_sign(index) or reading.tokens[index].pos_ == "ADV"):
                return None
        return None

    def _attribute(self, cue: Cue, limit: int) -> tuple[int, int, str] | None:
        """ "se dit prêt à négocier" """
        if "self" not in cue.entry.takes:
            return None
        reading = self._reading
        start = cue.end
        while start < limit and reading.tokens[start].pos_ in ("ADV", "SPACE"):
            start += 1
        if start >= limit or not (
            reading.tokens[start].pos_ in ("ADJ", "NOUN", "VERB") or reading.is_quote_sign(start)
        ):
            return None
        end = self._ends.end_of(start, limit, cue)
        return (start, end, "attribute") if end > start else None

    def _event(self, cue: Cue, limit: int) -> tuple[int, int, str] | None:
        """ "annonce le retrait des troupes": a noun that reports an event."""
        if "noun" not in cue.entry.takes or cue.passive:
            return None
        reading = self._reading
        start = self._object_start(cue, limit)
        if start is None:
            return None
        end = self._ends.end_of(start, limit, cue)
        nouns = [i for i in range(start, end) if reading.tokens[i].pos_ in ("NOUN", "PROPN")]
        if not nouns or end - start < 3:
            return None
        return start, end, "noun"

    def _object_start(self, cue: Cue, limit: int) -> int | None:
        reading = self._reading
        for child in reading.tokens[cue.head].children:
            if child.dep_ == "obj" and cue.end <= child.i < limit and child.pos_ in ("NOUN", "PROPN", "NUM"):
                start = max(cue.end, child.left_edge.i)
                if start - cue.end <= 8 and not any(reading.is_finite(i) for i in range(cue.end, start)):
                    return start if reading.in_quotation[start] == reading.in_quotation[cue.head] else None
        start = cue.end
        while start < limit and (reading.tokens[start].pos_ == "ADV" or reading.tokens[start].ent_type_ in ("DATE", "TIME")):
            start += 1
        if start < limit and reading.tokens[start].pos_ in ("DET", "NUM") and reading.tokens[start].ent_type_ not in ("DATE", "TIME"):
            return start
        return None

    def _noun_after_de(self, cue: Cue, limit: int) -> tuple[int, int, str] | None:
        """ "fait état de 36 morts" """
        if "de_noun" not in cue.entry.takes or cue.end >= limit:
            return None
        if self._reading.lower[cue.end] not in ("de", "d'", "du", "des"):
            return None
        end = self._ends.end_of(cue.end + 1, limit, cue)
        return (cue.end + 1, end, "noun") if end > cue.end + 1 else None

    def _quoted(self, cue: Cue, words: CueWords, source: Source | None, limit: int) -> Iterator[Candidate]:
        """Quoted words behind the cue: directly, in its object, or after a colon."""
        if not cue.entry.takes & {"quote", "as", "noun", "que"}:
            return
        found = self._quotation_behind(cue, limit)
        if found is None:
            return
        quotation, colon = found
        reading = self._reading
        first = reading.token_at(quotation.open)
        if colon or ("as" in cue.entry.takes and "quote" not in cue.entry.takes):
            yield Candidate(quotation.start, quotation.end, "colon" if colon else "as", words, source, quotation)
            return
        start = self._phrase_start(cue, first)
        end = self._ends.end_of(start, limit, cue)
        quoted_end = reading.token_before(quotation.close)
        if (start == first and end <= quoted_end) or (end <= quoted_end and first - start == 1):
            yield Candidate(quotation.start, quotation.end, "quoted_object", words, source, quotation)
        else:
            yield self.candidate(start, max(end, quoted_end), "quoted_object", words, source)

    def _quotation_behind(self, cue: Cue, limit: int) -> tuple[Quotation, bool] | None:
        reading = self._reading
        own = reading.in_quotation[cue.head]
        colon = False
        for index in range(cue.end, limit):
            word = reading.lower[index]
            if reading.in_quotation[index] >= 0 and reading.in_quotation[index] != own:
                if index - cue.end > _REACH_QUOTE and not colon:
                    return None
                return reading.quotations[reading.in_quotation[index]], colon
            if word == ":":
                colon = True
                continue
            if colon and reading.is_word(index):
                return None
            if word == ";" or (index in self._cues and self._cues[index].form in ("fin", "ger", "part")):
                return None
            if reading.is_finite(index) or (not colon and word in reading.words["that"] and index > cue.end):
                return None
        return None

    def _phrase_start(self, cue: Cue, quoted: int) -> int:
        """First token of the object that holds the quotation, or the quotation itself."""
        reading = self._reading
        for child in reading.tokens[cue.head].children:
            if child.dep_ == "obj" and cue.end <= child.i < quoted and child.pos_ in ("NOUN", "PROPN"):
                between = [reading.lower[i] for i in range(child.i, quoted)]
                if "," not in between and child.right_edge.i >= quoted:
                    return max(cue.end, child.left_edge.i)
        start = quoted
        while start > cue.end and reading.tokens[start - 1].pos_ == "DET":
            start -= 1
        return start

    def _quotation_after_colon(
        self, end: int, limit: int, words: CueWords, source: Source | None
    ) -> Iterator[Candidate]:
        """ "estime que P : « Q »": the quotation illustrates the clause."""
        reading = self._reading
        index = end
        while index < limit and (reading.tokens[index].is_space):
            index += 1
        if index < limit and reading.lower[index] == ":":
            following = index + 1
            while following < limit and reading.tokens[following].is_space:
                following += 1
            quotation = reading.quotation_at(following) if following < limit else None
            if quotation is not None and reading.in_quotation[following] != reading.in_quotation[end - 1]:
                yield Candidate(quotation.start, quotation.end, "colon", words, source, quotation)

    def _allowed(self, cue: Cue, start: int, end: int) -> bool:
        return "quoted_only" not in cue.entry.takes or self._has_quotation(start, end)

    def _has_quotation(self, start: int, end: int) -> bool:
        reading = self._reading
        return any(reading.in_quotation[i] != reading.in_quotation[start - 1] for i in range(start, end))


def cue_words(reading: Reading, cue: Cue) -> CueWords:
    """The cue as it goes into the table."""
    return CueWords(
        reading.starts[cue.start], reading.ends[cue.end - 1], cue.entry.lemma, cue.entry.cue_class, cue.negated
    )
