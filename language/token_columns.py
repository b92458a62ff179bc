"""A parse as plain lists, one entry a token: entities and claims ask for them hundreds of times each.

An attribute of a spaCy `Token` takes a quarter of a microsecond, and the object is made anew for each document; a list
takes a tenth of that, and each distinct string of a document is looked up once.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Container, Iterator, Sequence
from functools import lru_cache, partial
from itertools import compress, count
from typing import NamedTuple

import numpy as np
from spacy.parts_of_speech import NAMES
from spacy.strings import StringStore
from spacy.symbols import AUX, VERB
from spacy.tokens import Doc

_ATTRIBUTES: list[int | str] = [
    *("IDX", "LENGTH", "LOWER", "IS_PUNCT", "POS", "DEP", "HEAD", "MORPH", "ENT_TYPE", "ENT_IOB", "SENT_START")
]
_IOB = np.array(["", "I", "O", "B"], dtype=object)
_TAGS = np.array([NAMES.get(number, "") for number in range(max(NAMES) + 1)], dtype=object)
"""By spaCy's numbers."""
_VERBS = ("VERB", "AUX")
_MAX_WORDS = 100_000
"""Words kept for the next documents, some 10 MB; the labels are as few as the pipeline learnt."""


def _features_in(morph: str) -> frozenset[str]:
    """ "Gender=Fem,Masc|Number=Sing" as Gender=Fem, Gender=Masc, Number=Sing."""
    fields = (field.partition("=") for field in morph.split("|") if field)
    return frozenset(f"{name}={value}" for name, _, values in fields for value in values.split(","))


class _Names(dict[int, str]):
    """Words, or the labels of a pipeline (relations, kinds of entities), by spaCy's numbers."""

    def __init__(self, strings: StringStore) -> None:
        super().__init__()
        self._strings = strings

    def __missing__(self, key: int) -> str:
        if len(self) == _MAX_WORDS:
            self.clear()
        name = self[key] = self._strings[key]
        return name


class _Features(dict[int, frozenset[str]]):
    """The features of each morphology by spaCy's number of it."""

    def __init__(self, strings: StringStore) -> None:
        super().__init__()
        self._strings = strings

    def __missing__(self, key: int) -> frozenset[str]:
        features = self[key] = _features_in(self._strings[key])
        return features


@lru_cache(maxsize=4)  # pipelines: a process has one for each language
def _names_of(strings: StringStore) -> tuple[_Names, _Names, _Features]:
    """What a pipeline's numbers of words, labels and morphologies mean, looked up once for all its documents: a string
    that is met again need not be made again, nor its hash."""
    return _Names(strings), _Names(strings), _Features(strings)


class Columns(NamedTuple):
    """What is read of a document at once; lists with one entry a token, which nobody changes.

    It does not hold the document, so that the document may keep it (`language.kept_columns`).

    Args:
        plain: the text as the language model read it, see `analysis_text`.
        lower: the tokens in lower case.
        starts, ends: their offsets, half-open.
        pos, dep: part of speech and relation to the head, of Universal Dependencies; "" where there is none.
        head: the token that each hangs on; itself for a root.
        ent_type, ent_iob: label of the entity, and "B" at its first token, "I" at the others.
        marks: the tokens that are nothing but punctuation.
        finite: it is a finite verb.
        morphs: spaCy's numbers of their morphologies.
        sentence_begins: the tokens that begin a sentence of the parser.
    """

    plain: str
    lower: list[str]
    starts: list[int]
    ends: list[int]
    pos: list[str]
    dep: list[str]
    head: list[int]
    ent_type: list[str]
    ent_iob: list[str]
    marks: list[int]
    finite: list[bool]
    morphs: list[int]
    sentence_begins: list[int]


def read_columns(plain: str, doc: Doc) -> Columns:
    """The columns of `doc`, whose text as the language model read it is `plain`."""
    columns = doc.to_array(_ATTRIBUTES).reshape(len(doc), len(_ATTRIBUTES)).T
    start, length, word, mark, pos, dep, head, morph, label, iob, begins = columns
    words, names, known = _names_of(doc.vocab.strings)
    starts: list[int] = start.tolist()
    ends: list[int] = (start + length).tolist()
    morphs: list[int] = morph.tolist()
    finite = [False] * len(doc)
    for index in ((pos == VERB) | (pos == AUX)).nonzero()[0].tolist():
        finite[index] = "VerbForm=Fin" in known[morphs[index]]
    return Columns(
        plain=plain,
        lower=list(map(words.__getitem__, word.tolist())),
        starts=starts,
        ends=ends,
        pos=_TAGS[pos].tolist(),
        dep=list(map(names.__getitem__, dep.tolist())),
        head=(head.astype(np.int64) + np.arange(len(doc))).tolist(),
        ent_type=list(map(names.__getitem__, label.tolist())),
        ent_iob=_IOB[iob].tolist(),
        marks=mark.nonzero()[0].tolist(),
        finite=finite,
        morphs=morphs,
        sentence_begins=(begins == 1).nonzero()[0].tolist(),
    )


class TokenColumns:
    """The tokens of a document. Indices are those of `doc`, offsets are code points of its text.

    Args:
        doc: an annotation.
        columns: of it, see `Columns`.

    Attributes:
        language: of the document; spaCy looks it up anew at each question.
        token_at: index of the first token that ends after an offset; the number of tokens if there is none.
        token_before: one past the last token that starts before an offset.
        is_finite: the token is a finite verb. These three are asked most: as bound built-ins they cost a third of a method.
    """

    def __init__(self, doc: Doc, columns: Columns) -> None:
        self.doc = doc
        self.language: str = doc.lang_
        self.plain = columns.plain
        self.lower, self.starts, self.ends = columns.lower, columns.starts, columns.ends
        self.pos, self.dep, self.head = columns.pos, columns.dep, columns.head
        self.ent_type, self.ent_iob, self.marks = columns.ent_type, columns.ent_iob, columns.marks
        self._morphs, self._sentence_begins = columns.morphs, columns.sentence_begins
        _, _, self._known_features = _names_of(doc.vocab.strings)
        self.token_at: Callable[[int], int] = partial(bisect_right, self.ends)
        self.token_before: Callable[[int], int] = partial(bisect_left, self.starts)
        self.is_finite: Callable[[int], bool] = columns.finite.__getitem__
        self._finite = columns.finite

    def features(self, index: int) -> frozenset[str]:
        """Its morphology, e.g. ``Number=Plur``."""
        return self._known_features[self._morphs[index]]

    def has_finite(self, start: int, end: int) -> bool:
        """One of the tokens is a finite verb."""
        return True in self._finite[start:end]

    def positions(self, words: Container[str]) -> list[int]:
        """The tokens that are one of these words, in lower case."""
        return list(compress(count(), map(words.__contains__, self.lower)))

    def entities(self) -> Iterator[tuple[int, int, str]]:
        """The entities of the model: first token, one past the last, label."""
        end = len(self.ent_iob)
        for first, kind in enumerate(self.ent_iob):
            if kind == "B" and self.ent_type[first]:
                last = first + 1
                while last < end and self.ent_iob[last] == "I":
                    last += 1
                yield first, last, self.ent_type[first]

    def parsed_sentence_starts(self) -> list[int]:
        """The offsets at which the parser's sentences begin; 0 alone where there are none."""
        return [0, *(self.starts[index] for index in self._sentence_begins if index)]

    def children(self, index: int) -> Sequence[int]:
        """The tokens that hang on this one, in order."""
        return [child.i for child in self.doc[index].children]

    def left_edge(self, index: int) -> int:
        """The first token of all that hang on this one, itself included."""
        return int(self.doc[index].left_edge.i)

    def right_edge(self, index: int) -> int:
        """The last token of all that hang on this one, itself included."""
        return int(self.doc[index].right_edge.i)

    def text_of(self, index: int) -> str:
        """The token as the language model read it."""
        return self.plain[self.starts[index] : self.ends[index]]

    def is_capitalized(self, index: int) -> bool:
        return self.plain[self.starts[index]].isupper()

    def lemma(self, index: int) -> str:
        """Its dictionary form."""
        return str(self.doc[index].lemma_)

    def gender_of(self, index: int) -> str | None:
        """ "Masc" or "Fem", None where the morphology does not say."""
        return min((told[7:] for told in self.features(index) if told.startswith("Gender=")), default=None)

    def is_plural(self, index: int) -> bool:
        return "Number=Plur" in self.features(index)

    def is_word(self, index: int) -> bool:
        """It has a letter or a digit."""
        word = self.lower[index]
        return word[0].isalnum() or (len(word) > 1 and any(map(str.isalnum, word)))

    def is_space(self, index: int) -> bool:
        return self.lower[index].isspace()

    def is_mark(self, index: int) -> bool:
        """It is nothing but punctuation."""
        at = bisect_left(self.marks, index)
        return at < len(self.marks) and self.marks[at] == index

    def is_infinitive(self, index: int) -> bool:
        return self.pos[index] in _VERBS and "VerbForm=Inf" in self.features(index)

    def is_gerund(self, index: int) -> bool:
        return self.pos[index] in _VERBS and self.features(index) >= _PRESENT_PARTICIPLE


_PRESENT_PARTICIPLE = frozenset({"VerbForm=Part", "Tense=Pres"})
