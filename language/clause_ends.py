"""Where a reported clause ends.

A parse alone is wrong too often at the right edge of a long clause; the signs of the surface are few and
reliable. So a clause runs to the end of its sentence, unless something before it shows that the reporting
sentence goes on: another cue, a relative clause about a finished clause, a contrast, a quotation after a colon.
"""

from collections.abc import Mapping

from language.cue_groups import Cue
from language.cues import FINITE_OR_PARTICIPLE, INFINITIVE, PARTICIPLE, CueLexicon
from language.inversion import is_inverted
from language.reading import Reading

_COMMAS = frozenset({",", "–", "—", ";"})
_BRACKETS = frozenset("()")
_MARKS = _COMMAS | {":", "-"}
_MAX_CLIMB = 6
_COORDINATION_REACH = 20
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
        words = reading.words
        self._signs = _BRACKETS.union(
            _MARKS,
            words.first.get("contrast_without_comma", ()),
            words["gerund_markers"],
            words["and_words"],
            lexicon.according_to,
        )

    def end_of(self, start: int, limit: int, cue: Cue | None, *, clause: bool = True, noun: int | None = None) -> int:
        """One past the last token of the words that begin at `start`; punctuation trimmed.

        Args:
            limit: end of the sentence.
            cue: the cue that governs them, if one stands before them.
            clause: they are a finite clause, which cannot end before its verb; not so an infinitive or a noun.
            noun: token of the noun that governs them, where it is no verb.
        """
        return self._trimmed(start, self._stop(start, limit, cue, clause, noun if cue is None else cue.head))

    def _stop(self, start: int, limit: int, cue: Cue | None, clause: bool, governor: int | None) -> int:
        """The first token behind the words; `governor` is the verb or noun that they hang on."""
        reading = self._reading
        lower, in_quotation, is_finite = reading.lower, reading.in_quotation, reading.is_finite
        outside = in_quotation[max(0, start - 1)]
        main = self._main_verb_after(start, governor)
        signs, cues = self._signs, self._cues
        depth, settled = 0, not clause
        for index in range(start, limit):
            word = lower[index]
            if word in signs or index in cues:
                if word == "(":  # square ones hold what was changed in a quotation
                    if depth == 0 and self._is_caption(index, limit):
                        return index
                    depth += 1
                elif word == ")":
                    depth -= 1
                    if depth < 0:
                        return index
                elif depth == 0 and index > start and in_quotation[index] == outside:
                    if self._stops(index, limit, start, cue, settled, clause):
                        return index
                    if settled and word in _COMMAS and self._main_clause_follows(index, limit, start, cue, main):
                        return index
            settled = settled or is_finite(index)
        return max(start, limit)

    def _stops(self, index: int, limit: int, start: int, cue: Cue | None, settled: bool, clause: bool) -> bool:
        """By the sign, conjunction or cue that the token is."""
        reading, word = self._reading, self._reading.lower[index]
        if word == ":":
            following = reading.next_word(index + 1, limit)
            return following < limit and reading.in_quotation[following] != reading.in_quotation[index]
        if word in _COMMAS or (word == "-" and reading.pos[index] == "PUNCT"):
            return self._stops_at_comma(index, limit, start, cue, settled, clause)
        if self._phrase_at(index, limit, "contrast_without_comma"):
            return settled
        if word in reading.words["gerund_markers"] and index + 1 < limit and reading.is_gerund(index + 1):
            # "ajoute que « P » en signant": the quotation is closed, the reporter goes on.
            return settled and reading.quotation_at(index - 1) is not None and reading.in_quotation[start] >= 0
        if word in reading.words["and_words"]:
            if not clause and index + 1 < limit and reading.is_finite(index + 1):
                return True  # "craint de perdre et a décidé de partir"
            return settled and self._coordinates_cue(index, limit, cue)
        if settled and self.according_at(index, limit, start):
            return True
        return self._is_incise(index, limit, start)

    def _stops_at_comma(self, index: int, limit: int, start: int, cue: Cue | None, settled: bool, clause: bool) -> bool:
        reading = self._reading
        following = index + 1
        while following < limit and reading.is_space(following):
            following += 1
        if following >= limit:
            return True
        word = reading.lower[following]
        if self._is_incise(following, limit, start) or self.according_at(following, limit, start):
            return True
        if not settled:
            return False
        if word in reading.words["relatives"] or self._preposition_and_relative(following, limit):
            return True
        if not clause and word in reading.words["that"] and "PronType=Rel" in reading.features(following):
            return True  # "promet d'acheter un bateau, qu'il louera": no second clause of the cue
        if self._phrase_at(following, limit, "contrast"):
            return True
        if self._cue_with_subject(following, limit) or (not clause and reading.is_finite(following)):
            return True
        verb = following
        while verb + 1 < limit and reading.lower[verb] in reading.words["clitics"]:
            verb += 1  # "…, se référant au texte"
        if reading.is_gerund(verb) and cue is not None:
            return not self._below(verb, start, index)
        if word not in reading.words["coordinators"]:
            return False
        return (not clause and self._clause_follows(following + 1, limit)) or self._coordinates_cue(
            following, limit, cue
        )

    def _clause_follows(self, index: int, limit: int) -> bool:
        """ "vingt morts, mais le maire a donné un autre bilan": a verb before the next comma or relative pronoun."""
        reading = self._reading
        for i in range(index, limit):
            word = reading.lower[i]
            if word in reading.words["relatives"] or word in reading.words["that"] or word in _COMMAS:
                return False
            if reading.is_finite(i):
                return True
        return False

    def _cue_with_subject(self, index: int, limit: int) -> bool:
        """The reporting sentence goes on: "…, précisant que", "…, a affirmé que", "…, j'ai dit que"."""
        reading = self._reading
        cue = self._cues.get(index)
        if cue is None and reading.lower[index] in reading.words["subject_pronouns"]:
            cue = self._cues.get(index + 1)
        return (
            cue is not None
            and cue.head < limit
            and cue.form is not INFINITIVE
            and (cue.form is not PARTICIPLE or cue.start < cue.head)
        )

    def _is_caption(self, index: int, limit: int) -> bool:
        """A picture credit left in the text: "(Image : agence)"."""
        lower = self._reading.lower
        return any(lower[i] == ":" or lower[i].endswith(":") for i in range(index + 1, min(limit, index + 4)))

    def _main_verb_after(self, start: int, governor: int | None) -> int | None:
        """The verb behind the words that the cue depends on: "Alors qu'il a dit que P, l'État reste …"."""
        if governor is None:
            return None
        reading, token = self._reading, governor
        for _ in range(_MAX_CLIMB):
            if reading.head[token] == token:
                return None
            token = reading.head[token]
            if token > start:
                return token
        return None

    def _main_clause_follows(self, comma: int, limit: int, start: int, cue: Cue | None, main: int | None) -> bool:
        """The clause was a fronted subordinate one, and its main clause begins behind the comma."""
        reading = self._reading
        following = reading.next_word(comma + 1, limit)
        if following >= limit or not reading.has_finite(following, limit):
            return False
        if reading.pos[following] not in ("DET", "PRON", "PROPN", "NOUN", "NUM"):
            return False
        sentence = reading.sentences[reading.sentence_of[comma]]
        if main is not None and main > comma:
            subjects = [c for c in reading.children(main) if reading.dep[c].startswith("nsubj") and c > comma]
            if subjects and min(reading.left_edge(c) for c in subjects) - comma <= 3:
                return True
        return self._is_fronted(sentence.start, cue.first if cue is not None else start)

    def _is_fronted(self, first: int, anchor: int) -> bool:
        """A subordinate clause holds the cue, and no main verb stands before it."""
        reading = self._reading
        openers = reading.words["subordinators"]
        if reading.lower[reading.next_word(first, anchor)] in openers:
            return not any(reading.lower[i] == "," for i in range(first, anchor))
        return any(reading.lower[i] in openers for i in range(first, anchor)) and not any(
            reading.is_finite(i) for i in range(first, anchor)
        )

    def _is_incise(self, index: int, limit: int, start: int) -> bool:
        """A cue with its subject behind it: "…, a annoncé le maire"."""
        cue = self._cues.get(index)
        return cue is not None and cue.first > start and is_inverted(self._reading, cue, limit)

    def according_at(self, index: int, limit: int, start: int) -> bool:
        """ "selon X" behind a clause."""
        lower = self._reading.lower
        for phrase in self._lexicon.according_to.get(lower[index], ()):
            if phrase[-1] in self._lexicon.fronted_person_only and index > start:
                # "Pour certains, P; pour d'autres, Q"
                return "".join(lower[index + 1 : index + 3]) in self._reading.words["others"]
            if index == start:
                continue
            stop = index + len(phrase)
            if lower[index:stop] == phrase and stop < limit:
                return lower[stop] not in self._reading.words["selon_relatives"] and (
                    lower[stop] not in self._lexicon.not_sources
                )
        return False

    def _coordinates_cue(self, index: int, limit: int, cue: Cue | None) -> bool:
        """The word after the conjunction goes on with the reporting sentence, not with the reported one."""
        reading = self._reading
        joiners = reading.words["that"].union(*reading.words.infinitive_markers.values())
        if index + 1 < limit and reading.lower[index + 1] in joiners:
            return False
        for i in range(index + 1, min(limit, index + _COORDINATION_REACH)):
            if reading.in_quotation[i] != reading.in_quotation[index]:
                return False
            if reading.lower[i] == "," and i + 1 < limit and self._phrase_at(i + 1, limit, "contrast"):
                return False  # "… et le contrôle de la ville, alors que les riverains demandent"
            other = self._cues.get(i)
            if other is not None and self._is_subordinate(other, index):
                continue  # "… et le gouvernement, affirmation qu'il a réitérée"
            if other is not None and other.form in FINITE_OR_PARTICIPLE and not other.passive:
                return True
            if reading.is_finite(i) and reading.pos[i] == "VERB":
                return cue is not None and self._joins(i, cue)
        return False

    def _is_subordinate(self, cue: Cue, floor: int) -> bool:
        """A relative pronoun or "que" stands right before the cue, or before its subject pronoun."""
        reading = self._reading
        before = cue.first - 1
        if before > floor and reading.lower[before] in reading.words["subject_pronouns"] - reading.words["relatives"]:
            before -= 1
        return before > floor and reading.lower[before] in reading.words["that"]

    def _joins(self, verb: int, cue: Cue) -> bool:
        """By the parse, the verb is coordinated with the cue itself."""
        reading, token = self._reading, verb
        while reading.dep[token].startswith(("aux", "cop")) and reading.head[token] != token:
            token = reading.head[token]
        return reading.dep[token] == "conj" and reading.head[token] == cue.head

    def _below(self, index: int, start: int, end: int) -> bool:
        """By the parse, the token hangs on a token of the clause so far."""
        head = self._reading.head[index]
        return start <= head < end

    def _preposition_and_relative(self, index: int, limit: int) -> bool:
        reading = self._reading
        return (
            index + 1 < limit
            and reading.pos[index] == "ADP"
            and (reading.lower[index + 1] in reading.words["relatives"])
        )

    def _phrase_at(self, index: int, limit: int, name: str) -> bool:
        lower, words = self._reading.lower, self._reading.words
        if lower[index] not in words.first.get(name, ()):
            return False
        pair = " ".join(lower[index : min(limit, index + 2)])
        return pair in words[name] or lower[index] in words[name]

    def _trimmed(self, start: int, end: int) -> int:
        reading = self._reading
        while end > start:
            if reading.is_word(end - 1):
                # A preposition or conjunction is left over where the text breaks off.
                if reading.pos[end - 1] not in ("ADP", "CCONJ", "SCONJ", "DET") or end - start < 3:
                    break
            elif self._closes(end - 1, start):
                break
            end -= 1
        return end

    def _closes(self, index: int, start: int) -> bool:
        """The token closes a quotation or bracket that opens inside the clause."""
        reading = self._reading
        sign = reading.lower[index]
        if sign in ("%", "€", "$") or (sign in (")", "]") and {"(", "["} & set(reading.lower[start:index])):
            return True
        quotation = reading.quotation_at(index)
        return (
            quotation is not None
            and reading.ends[index] == quotation.close
            and quotation.close > quotation.end
            and quotation.open >= reading.starts[start]
        )
