"""Where a reported clause ends.

A parse alone is wrong too often at the right edge of a long clause; the signs of the surface are few and
reliable. So a clause runs to the end of its sentence, unless something before it shows that the reporting
sentence goes on: another cue, a relative clause about a finished clause, a contrast, a quotation after a colon.
"""

from collections.abc import Mapping

from language.cue_groups import Cue
from language.cues import CueLexicon, VerbForm
from language.reading import Reading

_COMMAS = frozenset({",", "–", "—", ";"})
_COORDINATION_REACH = 14
"""Tokens from "et" to the verb that it coordinates: a long subject fits in."""


class ClauseEnds:
    """Finds the end of clauses in one text.

    Args:
        reading: the text.
        cues: its cues by the first token of their group.
        lexicon: of its language.
    """

    def __init__(self, reading: Reading, cues: Mapping[int, Cue], lexicon: CueLexicon) -> None:
        self._reading = reading
        self._cues = cues
        self._lexicon = lexicon

    def end_of(self, start: int, limit: int, cue: Cue | None) -> int:
        """One past the last token of the clause that begins at `start`; punctuation trimmed.

        Args:
            limit: end of the sentence.
            cue: the cue that governs it, if one stands before it.
        """
        reading = self._reading
        depth, index, finite_seen = 0, start, False
        while index < limit:
            word = reading.lower[index]
            if word in "([" and word:
                depth += 1
            elif word in ")]" and word:
                depth -= 1
                if depth < 0:
                    break
            elif (
                depth == 0
                and index > start
                and reading.in_quotation[index] == reading.in_quotation[start - 1 if start else 0]
                and self._stops(index, limit, start, cue, finite_seen)
            ):
                break
            finite_seen = finite_seen or reading.is_finite(index)
            index += 1
        return self._trimmed(start, index)

    def _stops(self, index: int, limit: int, start: int, cue: Cue | None, finite_seen: bool) -> bool:
        reading, word = self._reading, self._reading.lower[index]
        if word == ":":
            following = reading.next_word(index + 1, limit)
            return following < limit and reading.in_quotation[following] != reading.in_quotation[index]
        if word in _COMMAS or (word == "-" and reading.tokens[index].pos_ == "PUNCT"):
            return self._stops_at_comma(index, limit, start, cue, finite_seen)
        if self._phrase_at(index, limit, "contrast_without_comma"):
            return finite_seen
        if word in reading.words["and_words"] and cue is not None:
            return self._coordinates_cue(index, limit, cue)
        if self.according_at(index, limit, start) and finite_seen:
            return True
        return self._is_incise(index, limit, start)

    def _stops_at_comma(self, index: int, limit: int, start: int, cue: Cue | None, finite_seen: bool) -> bool:
        reading = self._reading
        following = index + 1
        while following < limit and reading.tokens[following].is_space:
            following += 1
        if following >= limit:
            return True
        word = reading.lower[following]
        if self._is_incise(following, limit, start) or self.according_at(following, limit, start):
            return True
        if not finite_seen and cue is not None and "que" in cue.entry.takes and not reading.is_gerund(following):
            return False
        if word in reading.words["relatives"] or self._preposition_and_relative(following, limit):
            return True
        if self._phrase_at(following, limit, "contrast"):
            return True
        governing = self._cues.get(following)
        if governing is not None and governing.form is VerbForm.GERUND:
            return True
        if reading.is_gerund(following) and cue is not None:
            return not self._below(following, start, index)
        if word in reading.words["coordinators"] and cue is not None:
            return self._coordinates_cue(following, limit, cue)
        return False

    def _is_incise(self, index: int, limit: int, start: int) -> bool:
        """A cue with its subject behind it: "…, a annoncé le maire"."""
        cue = self._cues.get(index)
        return cue is not None and cue.first > start and is_inverted(self._reading, cue, limit)

    def according_at(self, index: int, limit: int, start: int) -> bool:
        """ "selon X" behind a clause."""
        lower = self._reading.lower
        for phrase in self._lexicon.according_to:
            if phrase[-1] in self._lexicon.fronted_person_only or index == start:
                continue
            stop = index + len(phrase)
            if tuple(lower[index:stop]) == phrase and stop < limit:
                return lower[stop] not in self._reading.words["selon_relatives"] and (
                    lower[stop] not in self._lexicon.not_sources
                )
        return False

    def _coordinates_cue(self, index: int, limit: int, cue: Cue) -> bool:
        """The word after the conjunction goes on with the reporting sentence, not with the reported one."""
        reading = self._reading
        if index + 1 < limit and reading.lower[index + 1] in reading.words["that"] | {"de", "d'", "à"}:
            return False
        for i in range(index + 1, min(limit, index + _COORDINATION_REACH)):
            if reading.in_quotation[i] != reading.in_quotation[index]:
                return False
            other = self._cues.get(i)
            if other is not None and other.form in (VerbForm.FINITE, VerbForm.PARTICIPLE) and not other.passive:
                return True
            if reading.is_finite(i) and reading.tokens[i].pos_ == "VERB":
                return self._joins(i, cue)
            if reading.lower[i] in _COMMAS:
                return False
        return False

    def _joins(self, verb: int, cue: Cue) -> bool:
        """By the parse, the verb is coordinated with the cue itself."""
        token = self._reading.tokens[verb]
        while token.dep_.startswith(("aux", "cop")) and token.head.i != token.i:
            token = token.head
        return token.dep_ == "conj" and token.head.i == cue.head

    def _below(self, index: int, start: int, end: int) -> bool:
        """By the parse, the token hangs on a token of the clause so far."""
        head = self._reading.tokens[index].head.i
        return start <= head < end

    def _preposition_and_relative(self, index: int, limit: int) -> bool:
        reading = self._reading
        return (
            index + 1 < limit
            and reading.tokens[index].pos_ == "ADP"
            and (reading.lower[index + 1] in reading.words["relatives"])
        )

    def _phrase_at(self, index: int, limit: int, name: str) -> bool:
        lower = self._reading.lower
        pair = " ".join(lower[index : min(limit, index + 2)])
        return pair in self._reading.words[name] or lower[index] in self._reading.words[name]

    def _trimmed(self, start: int, end: int) -> int:
        reading = self._reading
        while end > start and not reading.is_word(end - 1):
            if self._closes(end - 1, start):
                break
            end -= 1
        return end

    def _closes(self, index: int, start: int) -> bool:
        """The token closes a quotation or bracket that opens inside the clause."""
        reading = self._reading
        if reading.lower[index] in (")", "]", "%", "€", "$"):
            return True
        quotation = reading.quotation_at(index)
        return (
            quotation is not None
            and reading.ends[index] == quotation.close
            and quotation.close > quotation.end
            and quotation.open >= reading.starts[start]
        )


def is_inverted(reading: Reading, cue: Cue, limit: int) -> bool:
    """The subject stands behind the verb: "a-t-il dit", or "a dit le maire" after a comma or a quotation."""
    if cue.form not in (VerbForm.FINITE, VerbForm.PARTICIPLE) or "incise" not in cue.entry.takes:
        return False
    if cue.inverted is not None:
        return True
    if cue.passive or (cue.form is VerbForm.PARTICIPLE and cue.start == cue.head):
        return False
    if cue.first == 0 or cue.end >= limit:
        return False
    before = cue.first - 1
    while before > 0 and reading.tokens[before].is_space:
        before -= 1
    separated = reading.lower[before] in _COMMAS | {"?", "!", "..."} or reading.is_quote_sign(before)
    if separated or reading.in_quotation[before] != reading.in_quotation[cue.first]:
        return starts_noun_phrase(reading, cue.end, limit)
    return _unseparated_inversion(reading, cue, limit)


def _unseparated_inversion(reading: Reading, cue: Cue, limit: int) -> bool:
    """ "La piste est écartée a indiqué la police": no comma, but a complete clause before, only a subject after."""
    if not starts_noun_phrase(reading, cue.end, limit):
        return False
    start = reading.sentences[reading.sentence_of[cue.head]].start
    if not any(reading.is_finite(i) for i in range(start, cue.first)):
        return False
    previous = reading.tokens[cue.first - 1]
    if previous.dep_.startswith("nsubj") or reading.lower[cue.first - 1] in reading.words["subject_pronouns"]:
        return False
    rest = range(cue.end, limit)
    has_subject = any(
        child.dep_.startswith("nsubj") and child.i < cue.first for child in reading.tokens[cue.head].children
    )
    return not has_subject and not any(
        reading.is_finite(i) or reading.lower[i] in reading.words["that"] or reading.is_infinitive(i) for i in rest
    )


def starts_noun_phrase(reading: Reading, index: int, limit: int) -> bool:
    """A determiner, name, noun or pronoun, after adverbs or an addition between commas."""
    commas = 0
    for i in range(index, min(limit, index + 12)):
        token, word = reading.tokens[i], reading.lower[i]
        if word in reading.words["that"] or token.pos_ in ("VERB", "AUX", "SCONJ"):
            return False
        if word in _COMMAS:
            commas += 1
            if commas > 2:
                return False
            continue
        if commas == 1:
            continue
        if token.pos_ in ("DET", "PROPN", "NOUN", "PRON", "NUM", "X") and word not in ("que", "qu'"):
            return True
        if token.pos_ not in ("ADV", "ADJ", "SPACE"):
            return token.pos_ == "ADP" and commas == 0 and i == index and word not in ("de", "d'", "à") and False
    return False
