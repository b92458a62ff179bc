"""Clauses, infinitives, nouns and quotations that a cue governs from the left: "X affirme que P"."""

from collections.abc import Iterator, Mapping

from language.claim_candidates import Candidate, CueWords, Source
from language.clause_ends import ClauseEnds
from language.cue_groups import Cue
from language.cues import VerbForm
from language.quotation_marks import Quotation
from language.reading import Reading
from schemas.vocabulary import CueClass

_REACH_THAT = 24
"""Tokens between cue and "que": an addressee, a date and an occasion fit in."""
_REACH_INFINITIVE = 20
_REACH_QUOTE = 16
_MIN_QUOTED_WORDS = 3
_MAX_OPENING_ASIDE = 8
_MIN_NOUN_TOKENS = 2
_SURE_CLAUSE_TOKENS = 6


class ReportedClauses:
    """Reads the complements of cues in one text.

    Args:
        reading: the text.
        ends: where its clauses end.
        cues: its cues by head token.
        nouns: the cue nouns of its language.
    """

    def __init__(
        self, reading: Reading, ends: ClauseEnds, cues: dict[int, Cue], nouns: Mapping[str, CueClass]
    ) -> None:
        self._nouns = nouns
        self._reading = reading
        self._ends = ends
        self._cues = cues

    def of(self, cue: Cue, source: Source | None, limit: int) -> Iterator[Candidate]:
        """The claims that `cue` governs in its sentence, which ends at token `limit`."""
        words = cue_words(self._reading, cue)
        complements = [found for found in (self._that_clause(cue, limit), self._infinitive(cue, limit)) if found]
        if not complements and not cue.has_object:
            others = (self._attribute(cue, limit), self._event(cue, limit), self._noun_after_de(cue, limit))
            complements = [found for found in others if found]
        if complements:
            start, end, rule = min(complements)
            yield self.candidate(start, end, rule, self._with_noun(cue, words, start), source)
            yield from self._quotation_after_colon(end, limit, words, source)
        elif not cue.has_object:
            yield from self._quoted(cue, words, source, limit)

    def _with_noun(self, cue: Cue, words: CueWords, start: int) -> CueWords:
        """ "a exprimé sa crainte (que P)": the noun belongs to the cue."""
        if "noun_cue" not in cue.entry.takes:
            return words
        reading = self._reading
        nouns = [i for i in range(cue.end, start) if reading.lower[i] in self._nouns]
        if not nouns:
            return words
        noun = reading.lower[nouns[-1]]
        return CueWords(words.start, reading.ends[nouns[-1]], words.lemma, self._nouns[noun], words.negated)

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
        start = self._behind_opening_aside(start, limit)
        if cue.passive and "addressee" not in cue.entry.takes and not self._is_impersonal(cue):
            return None
        restrictive = cue.negated and not self._fully_negated(cue)
        end = self._ends.end_of(start, limit, cue, clause=not restrictive) if start < limit else start
        quoted = self._has_quotation(start, end)
        if "que" not in cue.entry.takes and "noun_cue" not in cue.entry.takes and not quoted:
            return None
        if end - start < 2 or not self._allowed(cue, start, end):
            return None
        if not quoted and end - start < _SURE_CLAUSE_TOKENS and not any(self._is_verb(i) for i in range(start, end)):
            return (start, end, "noun") if restrictive and end - start >= _MIN_NOUN_TOKENS else None
        return start, end, "que"

    def _is_impersonal(self, cue: Cue) -> bool:
        """ "il a été annoncé que", "comme annoncé que": not "le vote est contesté que par …"."""
        reading = self._reading
        if cue.start == cue.head:
            return True
        return any(word in reading.words["impersonal"] for word in reading.lower[max(0, cue.first - 2) : cue.first + 1]) or (
            cue.inverted is not None
        )

    def _fully_negated(self, cue: Cue) -> bool:
        """ "ne … pas", not the "ne … que" of a restriction."""
        around = self._reading.lower[cue.first : cue.end + 1]
        return any(word in self._reading.words["negation_adverbs"] for word in around)

    def _is_verb(self, index: int) -> bool:
        return self._reading.tokens[index].pos_ in ("VERB", "AUX")

    def _behind_opening_aside(self, start: int, limit: int) -> int:
        """Past what stands between "que" and its clause: "que, pour eux, P"."""
        reading = self._reading
        while start < limit and (reading.tokens[start].is_space or reading.lower[start] == "'"):
            start += 1
        if start < limit and reading.lower[start] == ",":
            for index in range(start + 1, min(limit, start + _MAX_OPENING_ASIDE)):
                if reading.lower[index] == ",":
                    return index + 1
            return start + 1
        return start

    def _that(self, cue: Cue, limit: int) -> int | None:
        reading = self._reading
        for index in range(cue.end, min(limit, cue.end + _REACH_THAT)):
            word = reading.lower[index]
            if word in reading.words["that"]:
                return index if self._is_complementizer(cue, index) else None
            if self._is_noun_cue(index) and "noun_cue" not in cue.entry.takes:
                return None
            if word in (":", ";") or reading.in_quotation[index] != reading.in_quotation[cue.head]:
                return None
            if self._blocks(index):
                return None
            if reading.is_finite(index) or word in reading.words["relatives"] or reading.is_gerund(index):
                return self._that_behind_aside(cue, index, limit)
        return None

    def _blocks(self, index: int) -> bool:
        """Another cue that may have a complement of its own; not "publié" in "un communiqué publié hier"."""
        cue = self._cues.get(index)
        return cue is not None and (
            cue.form is VerbForm.FINITE or (cue.form is VerbForm.PARTICIPLE and cue.start < cue.head)
        )

    def _that_behind_aside(self, cue: Cue, index: int, limit: int) -> int | None:
        """ "a confié à Lyon, où il se trouvait, que P": the clause of an aside between commas is stepped over."""
        reading = self._reading
        if "," not in reading.lower[cue.end : index + 1]:
            return None
        for i in range(index, min(limit, index + _REACH_THAT) - 1):
            if reading.lower[i] in (":", ";") or reading.in_quotation[i] != reading.in_quotation[cue.head]:
                return None
            if i > index and i in self._cues and self._cues[i].form is VerbForm.FINITE:
                return None
            if reading.lower[i] == "," and reading.lower[i + 1] in reading.words["that"]:
                return i + 1
        return None

    def _is_noun_cue(self, index: int) -> bool:
        """A noun that takes the clause for itself; not in an adverbial ("à ce propos")."""
        token = self._reading.tokens[index]
        return (
            self._reading.lower[index] in self._nouns
            and token.pos_ == "NOUN"
            and not any(child.dep_ == "case" for child in token.children)
        )

    def _is_complementizer(self, cue: Cue, index: int) -> bool:
        reading = self._reading
        between = range(cue.end, index)
        if between and reading.lower[index - 1] in reading.words["other_conjunction_before_that"]:
            return False
        token = reading.tokens[index]
        relative = token.pos_ == "PRON" and "Rel" in token.morph.get("PronType")
        if relative and between and reading.tokens[index - 1].pos_ in ("NOUN", "ADJ", "PROPN"):
            following = reading.tokens[index + 1] if index + 1 < len(reading.tokens) else token
            if following.pos_ in ("VERB", "AUX") or cue.form is VerbForm.INFINITIVE:
                return False
        nominal = [
            i
            for i in between
            if reading.tokens[i].pos_ in ("NOUN", "PROPN")
            and not self._is_time(i)
            and not any(c.dep_ == "case" for c in reading.tokens[i].children)
        ]
        if nominal and reading.lower[index - 1] == "," and [reading.lower[i] for i in between].count(",") == 1:
            return False
        if not nominal or cue.entry.takes & {"addressee", "noun_cue"}:
            return True
        if reading.lower[index - 1] in reading.words["fact_nouns"]:
            return True
        if relative:
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
            if word in markers and reading.lower[index - 1] not in reading.words["not_before_marker"]:
                start = index + 1
            elif "inf" in takes and self._may_start_infinitive(cue, index):
                start = index
            else:
                if word in reading.words["that"] or reading.is_finite(index) or word in (":", ";"):
                    return None
                if self._blocks(index):
                    return None
                if self._is_noun_cue(index):
                    return None
                continue
            verb = self._infinitive_at(start, limit)
            if verb is not None and not (reading.lower[verb] == "partir" and word in ("à", "a")):
                end = self._ends.end_of(start, limit, cue, clause=False)
                if end <= verb or not self._allowed(cue, start, end):
                    return None
                return start, end, "infinitive"
            if index > cue.end and reading.in_quotation[index] != reading.in_quotation[cue.head]:
                if not self._behind_preposition(cue, index) and reading.in_quotation[index - 1] != reading.in_quotation[index]:
                    return None
        return None

    def _may_start_infinitive(self, cue: Cue, index: int) -> bool:
        """Not behind a preposition: "a reconnu (auprès de l'agence) avoir menti", not "pour partir"."""
        reading = self._reading
        if index == cue.end:
            return True
        before = index - 1
        while before > cue.end and reading.is_quote_sign(before):
            before -= 1
        direct_object = reading.tokens[cue.end].pos_ == "DET" and not self._is_date(cue.end, index)
        return reading.tokens[before].pos_ != "ADP" and not direct_object

    def _infinitive_at(self, start: int, limit: int) -> int | None:
        """The infinitive that begins at `start`, behind negation, clitics and an opening mark."""
        reading = self._reading
        for index in range(start, min(limit, start + 5)):
            word = reading.lower[index]
            if reading.is_infinitive(index):
                return index
            after_clitic = index > start and reading.tokens[index - 1].pos_ == "PRON"
            if after_clitic and reading.tokens[index].pos_ != "ADJ" and word.endswith(tuple(reading.words["infinitive_endings"])):
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
        end = self._ends.end_of(start, limit, cue, clause=False)
        for index in range(start + 1, end):
            if reading.lower[index] in reading.words["occasion"] and reading.in_quotation[index] < 0:
                end = index
                break
        return (start, end, "attribute") if end > start else None

    def _event(self, cue: Cue, limit: int) -> tuple[int, int, str] | None:
        """ "annonce le retrait des troupes": a noun that reports an event."""
        if not cue.entry.takes & {"noun", "event"} or cue.passive or cue.form is VerbForm.INFINITIVE:
            return None
        reading = self._reading
        start = self._object_start(cue, limit)
        if start is None or (cue.first and reading.lower[cue.first - 1] in reading.words["that"]):
            return None
        end = self._ends.end_of(start, limit, cue, clause=False)
        nouns = [i for i in range(start, end) if reading.tokens[i].pos_ in ("NOUN", "PROPN")]
        if not nouns or end - start < _MIN_NOUN_TOKENS:
            return None
        if "noun" not in cue.entry.takes and not self._is_event(start, nouns[0]):
            return None
        return start, end, "noun"

    def _is_event(self, start: int, noun: int) -> bool:
        """The noun names something that happens ("l'intervention"), or a figure ("25 % d'imposition")."""
        reading = self._reading
        word = reading.lower[noun].rstrip("s")
        if reading.tokens[start].pos_ == "NUM":
            return reading.lower[start + 1] == "%"
        return word in reading.words["event_nouns"] or word.endswith(tuple(reading.words["event_endings"]))

    def _object_start(self, cue: Cue, limit: int) -> int | None:
        reading = self._reading
        for child in reading.tokens[cue.head].children:
            nominal = child.pos_ in ("NOUN", "PROPN", "NUM") and not self._is_time(child.i)
            if child.dep_ == "obj" and cue.end <= child.i < limit and nominal:
                start = max(cue.end, child.left_edge.i)
                if start - cue.end <= 8 and not any(reading.is_finite(i) for i in range(cue.end, start)):
                    return start if reading.in_quotation[start] == reading.in_quotation[cue.head] else None
        start = cue.end
        while start < limit and (reading.tokens[start].pos_ == "ADV" or self._is_date(start, limit)):
            start += 1
        return start if start < limit and reading.tokens[start].pos_ in ("DET", "NUM") else None

    def _is_date(self, index: int, limit: int) -> bool:
        """A token of a date, or the article before one."""
        tokens = self._reading.tokens
        return self._is_time(index) or (
            tokens[index].pos_ == "DET" and index + 1 < limit and self._is_time(index + 1)
        )

    def _is_time(self, index: int) -> bool:
        token = self._reading.tokens[index]
        return token.ent_type_ in ("DATE", "TIME") or self._reading.lower[index] in self._reading.words["time_nouns"]

    def _noun_after_de(self, cue: Cue, limit: int) -> tuple[int, int, str] | None:
        """ "fait état de 36 morts" """
        if "de_noun" not in cue.entry.takes or cue.end >= limit:
            return None
        if self._reading.lower[cue.end] not in ("de", "d'", "du", "des"):
            return None
        end = self._ends.end_of(cue.end + 1, limit, cue, clause=False)
        return (cue.end + 1, end, "noun") if end > cue.end + 1 else None

    def _quoted(self, cue: Cue, words: CueWords, source: Source | None, limit: int) -> Iterator[Candidate]:
        """Quoted words behind the cue: after a colon, directly, as a name for something, or in its object."""
        if not cue.entry.takes & {"quote", "object", "as", "incise"}:
            return
        found = self._quotation_behind(cue, limit)
        if found is None:
            return
        quotation, colon = found
        if cue.first and self._reading.lower[cue.first - 1] in self._reading.words["relatives"] - {"qui"}:
            return
        first = self._reading.token_at(quotation.open)
        if colon:
            yield Candidate(quotation.start, quotation.end, "colon", words, source, quotation)
        elif "as" in cue.entry.takes and self._reading.lower[first - 1] in self._reading.words["as_markers"]:
            yield self._listed(first, limit, words, source)
        elif cue.passive or cue.form is VerbForm.INFINITIVE:
            return
        elif self._behind_preposition(cue, first):
            return
        elif "object" in cue.entry.takes:
            yield self._quoted_object(cue, quotation, first, limit, words, source)
        elif "quote" in cue.entry.takes and len(quotation_words(self._reading, quotation)) >= _MIN_QUOTED_WORDS:
            yield Candidate(quotation.start, quotation.end, "quoted", words, source, quotation)

    def _behind_preposition(self, cue: Cue, quoted: int) -> bool:
        """ "a assuré au « 20 Heures » que": the quotation names a place or an occasion."""
        reading = self._reading
        index = quoted - 1
        while index > cue.end and reading.tokens[index].pos_ == "DET":
            index -= 1
        word = reading.lower[index]
        if index < cue.end or word in ("de", "d'"):
            return False
        return reading.tokens[index].pos_ == "ADP" and not ("a" in cue.entry.takes and word in ("à", "au", "aux"))

    def _listed(self, first: int, limit: int, words: CueWords, source: Source | None) -> Candidate:
        """ "accusé de « A », « B » et « C »": one claim."""
        reading = self._reading
        end = reading.token_before(reading.quotations[reading.in_quotation[first]].close)
        index = end
        while index < limit and (reading.lower[index] in (",", "et", "ou") or reading.tokens[index].is_space):
            index += 1
            if index < limit and reading.in_quotation[index] != reading.in_quotation[first - 1]:
                end = index = reading.token_before(reading.quotations[reading.in_quotation[index]].close)
        return self.candidate(first, end, "as", words, source)

    def _quoted_object(
        self, cue: Cue, quotation: Quotation, first: int, limit: int, words: CueWords, source: Source | None
    ) -> Candidate:
        """ "dénonce la « mascarade » d'hier": the noun phrase, or the quotation where only an article precedes it."""
        reading = self._reading
        start = self._phrase_start(cue, first)
        end = self._ends.end_of(start, limit, cue, clause=False)
        quoted_end = reading.token_before(quotation.close)
        if end <= quoted_end and first - start <= 1:
            return Candidate(quotation.start, quotation.end, "quoted_object", words, source, quotation)
        return self.candidate(start, max(end, quoted_end), "quoted_object", words, source)

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
        while start > cue.end and reading.tokens[start - 1].pos_ in ("DET", "ADJ", "NOUN"):
            start -= 1
            if reading.tokens[start].pos_ == "DET":
                return start
        return quoted

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


def quotation_words(reading: Reading, quotation: Quotation) -> list[str]:
    """The words of a quotation, split at spaces."""
    return reading.text[quotation.start : quotation.end].split()


def cue_words(reading: Reading, cue: Cue) -> CueWords:
    """The cue as it goes into the table."""
    return CueWords(
        reading.starts[cue.start], reading.ends[cue.end - 1], cue.entry.lemma, cue.entry.cue_class, cue.negated
    )
