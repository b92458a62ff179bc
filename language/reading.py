"""A parsed text as the claims engine reads it: tokens, quotations, and sentences that respect them.

The parser's sentences break inside quotations and run across headlines; here a sentence ends at its full
stop outside quotation marks, and each quotation has sentences of its own.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from spacy.tokens import Doc

from language.data_files import load_table
from language.kept_columns import columns_of
from language.quotation_marks import Quotation
from language.token_columns import TokenColumns

_FULL_STOPS = frozenset(".!?…") | {"...", "?!", "!?", "!!", "??", ".."}
_QUOTE_SIGNS = frozenset("«»\"“”„‹›'’‘")
_OPENING = frozenset("«\"“„‹'‘([—–-")
_LINE_BREAK = re.compile("\n")
_NONE: frozenset[str] = frozenset()
MAX_SENTENCE_TOKENS = 1_000
"""A longer run without a full stop is a table or a broken text; cut there, the time stays linear in its length."""


class Sentence(NamedTuple):
    """A run of tokens, half-open; `quotation` is the index of the quotation it lies in, or None."""

    start: int
    end: int
    quotation: int | None = None


class Words(dict[str, frozenset[str]]):
    """The small words of a language (``clauses.toml``), each list a set, empty where there is none.

    A dict, since it is asked hundreds of times for each claim. `first` has the first words of the phrases, `markers_of`
    the words before an infinitive, by the constructions ("de", "a") that a cue takes.
    """

    def __init__(self, sets: Mapping[str, frozenset[str]], infinitive_markers: Mapping[str, frozenset[str]]) -> None:
        super().__init__(sets)
        self.infinitive_markers = infinitive_markers
        of, to = infinitive_markers.get("de", _NONE), infinitive_markers.get("a", _NONE)
        self.markers_of: dict[frozenset[str], frozenset[str]] = {
            _NONE: _NONE,
            frozenset({"de"}): of,
            frozenset({"a"}): to,
            frozenset({"de", "a"}): of | to,
        }
        self.first: dict[str, frozenset[str]] = {
            name: frozenset(phrase.split()[0] for phrase in phrases) for name, phrases in sets.items()
        }

    def __missing__(self, _: str) -> frozenset[str]:
        return _NONE


@lru_cache(maxsize=16)
def clause_words(language: str) -> Words:
    """The small words of `language`; empty sets where it has no data file."""
    table = load_table(language, "clauses")
    sets = {name: frozenset(words) for name, words in table.items() if isinstance(words, list)}
    markers = {name: frozenset(words) for name, words in table.get("infinitive_markers", {}).items()}
    return Words(sets, markers)


class Reading(TokenColumns):
    """One text under analysis. Token indices are those of `doc`, offsets are code points of `text`.

    Args:
        text: the article's text.
        doc: its annotation; `doc.text` has the same length as `text`.
        quotations: of the same text.

    Attributes:
        inverted: what `inversion.is_inverted` found for a cue's head token and the end of a sentence.
    """

    def __init__(self, text: str, doc: Doc, quotations: list[Quotation]) -> None:
        super().__init__(doc, columns_of(text, doc))
        self.text = text
        self.quotations = [q for q in quotations if q.depth == 0]
        self.inner = [q for q in quotations if q.depth > 0]
        self._opening = [q.open for q in self.quotations]
        self._quoted_from = [q.start for q in self.quotations]
        self._marks_open = sorted(q.open for q in quotations)
        self._marks_close = sorted(q.close for q in quotations)
        self.words = clause_words(self.language)
        self.in_quotation = self._quotation_of_tokens()
        self._possible_ends = self._find_possible_ends()
        whole = [Sentence(0, len(self.lower))] if self.lower else []  # of a text without a word
        self.sentences = sorted(self._sentences(), key=lambda s: (s.start, -s.end)) or whole
        self.sentence_of = self._sentence_of_tokens()
        self.outer_sentences = [s for s in self.sentences if s.quotation is None]
        self._outer_starts = [s.start for s in self.outer_sentences]
        self.inverted: dict[tuple[int, int], bool] = {}

    def outer_sentence(self, index: int) -> Sentence | None:
        """The sentence outside all quotations that holds the token, whether or not it is quoted itself."""
        position = bisect_right(self._outer_starts, index) - 1
        sentence = self.outer_sentences[position] if position >= 0 else None
        return sentence if sentence is not None and index < sentence.end else None

    def outer_sentences_to(self, index: int) -> tuple[Sentence | None, Sentence | None]:
        """The last sentence outside all quotations that begins at the token or before it, and the one before that."""
        position = bisect_right(self._outer_starts, index)
        last, before = position - 1, position - 2
        return (
            self.outer_sentences[last] if last >= 0 else None,
            self.outer_sentences[before] if before >= 0 else None,
        )

    def by_sentence(self, positions: Sequence[int]) -> dict[int, list[int]]:
        """The sorted token `positions` by the number of the sentence that reads them: the innermost one, but not that
        of a quotation for a token which only touches its mark."""
        found: dict[int, list[int]] = defaultdict(list)
        for index in positions:
            number = self.sentence_of[index]
            if self.sentences[number].quotation is not None and self.in_quotation[index] < 0:
                outer = self.outer_sentence(index)
                number = number if outer is None else self.sentences.index(outer)
            found[number].append(index)
        return found

    def sentence_from(self, offset: int) -> Sentence | None:
        """The first sentence outside quotations that begins at `offset` or later."""
        position = bisect_left(self.outer_sentences, offset, key=lambda s: self.starts[s.start])
        return self.outer_sentences[position] if position < len(self.outer_sentences) else None

    def is_quote_sign(self, index: int) -> bool:
        return self.lower[index] in _QUOTE_SIGNS

    def is_time(self, index: int) -> bool:
        """Part of a date or time, or a word for one."""
        return self.ent_type[index] in ("DATE", "TIME") or self.lower[index] in self.words["time_nouns"]

    def is_date(self, index: int, limit: int) -> bool:
        """A token of a date, or the article before one."""
        return self.is_time(index) or (self.pos[index] == "DET" and index + 1 < limit and self.is_time(index + 1))

    def has_quotation(self, start: int, end: int) -> bool:
        """Some of the tokens lie in another quotation than the one before them."""
        outside = self.in_quotation[start - 1] if start else -1
        return not {outside}.issuperset(self.in_quotation[start:end])

    def quotation_at(self, index: int) -> Quotation | None:
        """The outer quotation that the token lies in, marks included."""
        number = self.in_quotation[index]
        return None if number < 0 else self.quotations[number]

    def quotation_around(self, offset: int) -> Quotation | None:
        """The outer quotation with `offset` between its marks, the opening one included."""
        number = bisect_right(self._opening, offset) - 1
        return self.quotations[number] if number >= 0 and offset < self.quotations[number].close else None

    def quotations_in(self, start: int, end: int) -> Sequence[Quotation]:
        """The outer quotations whose words lie between two offsets."""
        found = self.quotations[bisect_left(self._quoted_from, start) : bisect_left(self._quoted_from, end)]
        return [q for q in found if q.end <= end]

    def holds_mark(self, start: int, end: int) -> bool:
        """A quotation opens or closes between two offsets, half-open."""
        opened = bisect_left(self._marks_open, start) < bisect_left(self._marks_open, end)
        return opened or bisect_right(self._marks_close, start) < bisect_right(self._marks_close, end)

    def next_word(self, index: int, end: int) -> int:
        """The first token from `index` that is neither space nor quotation mark, or `end`."""
        while index < end and (self.is_space(index) or self.is_quote_sign(index)):
            index += 1
        return index

    def _quotation_of_tokens(self) -> list[int]:
        """For each token the index of its outer quotation, or -1. A token that only touches a mark counts."""
        owner = [-1] * len(self.lower)
        for number, quotation in enumerate(self.quotations):
            first, last = self.token_before(quotation.open), self.token_before(quotation.close)
            owner[first:last] = [number] * (last - first)
        return owner

    def _sentences(self) -> list[Sentence]:
        found = self._split(0, len(self.lower), None)
        for number, quotation in enumerate(self.quotations):
            start, end = self.token_at(quotation.start), self.token_before(quotation.end)
            if start < end:
                found.extend(self._split(start, end, number))
        return found

    def _split(self, start: int, end: int, quotation: int | None) -> list[Sentence]:
        begin = start
        found: list[Sentence] = []
        possible = self._possible_ends[bisect_left(self._possible_ends, start) : bisect_left(self._possible_ends, end)]
        for index in [*possible, end - 1]:
            if index == end - 1 or self._ends_sentence(index, end, quotation):
                while index + 1 - begin > MAX_SENTENCE_TOKENS:
                    found.append(Sentence(begin, begin + MAX_SENTENCE_TOKENS, quotation))
                    begin += MAX_SENTENCE_TOKENS
                found.append(Sentence(begin, index + 1, quotation))
                begin = index + 1
        return [sentence for sentence in found if self._has_word(sentence)]

    def _has_word(self, sentence: Sentence) -> bool:
        first, end, _ = sentence
        return first < end and (self.is_word(first) or any(map(self.is_word, range(first + 1, end))))

    def _find_possible_ends(self) -> list[int]:
        """Tokens that may end a sentence: full stops, line breaks and what quotations end with, in order."""
        ends = {index for index in self.marks if self.lower[index] in _FULL_STOPS}
        ends.update(self.token_before(quotation.close) - 1 for quotation in self.quotations)
        breaks = {self.token_at(found.start()) for found in _LINE_BREAK.finditer(self.text)} - {len(self.lower)}
        ends.update(token for token in breaks if "\n" in self.lower[token])
        return sorted(ends - {-1})

    def _ends_sentence(self, index: int, end: int, quotation: int | None) -> bool:
        if "\n" in self.lower[index]:
            return True
        if quotation is None and self.in_quotation[index] >= 0:
            return self._quotation_ends_sentence(index, end)
        return self.lower[index] in _FULL_STOPS and self._new_sentence_follows(index + 1, end, quotation)

    def _quotation_ends_sentence(self, index: int, end: int) -> bool:
        """The last token of a quotation that holds its own full stop, with a capital after it."""
        if index + 1 < end and self.in_quotation[index + 1] == self.in_quotation[index]:
            return False
        own = self.quotations[self.in_quotation[index]]
        return self.text[own.end - 1] in ".!?…" and self._new_sentence_follows(index + 1, end, None)

    def _new_sentence_follows(self, index: int, end: int, quotation: int | None) -> bool:
        while index < end and self.lower[index] == " ":
            index += 1
        if index >= end or "\n" in self.lower[index]:
            return True
        if quotation is not None and self.is_quote_sign(index):
            return index + 1 >= end or self._new_sentence_follows(index + 1, end, quotation)
        first = self.lower[index][0]
        return first.isdigit() or first in _OPENING or self.is_capitalized(index)

    def _sentence_of_tokens(self) -> list[int]:
        """For each token the innermost sentence; sentences of quotations come after those around them."""
        owner = [0] * len(self.lower)
        for wanted_inner in (False, True):
            for number, sentence in enumerate(self.sentences):
                if (sentence.quotation is not None) == wanted_inner:
                    owner[sentence.start : sentence.end] = [number] * (sentence.end - sentence.start)
        return owner
