"""A parse as plain lists, one entry a token: what the claims engine asks of its tokens hundreds of times for each claim.

An attribute of a spaCy `Token` takes a quarter of a microsecond, and the object is made anew for each document; a list
takes a tenth of that, and each distinct string of a document is looked up once.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Container, Sequence
from functools import cached_property, lru_cache, partial

import numpy as np
from spacy.parts_of_speech import NAMES
from spacy.strings import StringStore
from spacy.symbols import AUX, VERB
from spacy.tokens import Doc

_ATTRIBUTES: list[int | str] = ["IDX", "LENGTH", "POS", "DEP", "HEAD", "MORPH", "ENT_TYPE", "ENT_IOB", "SENT_START"]
_IOB = np.array(["", "I", "O", "B"], dtype=object)
_TAGS = np.array([NAMES.get(number, "") for number in range(max(NAMES) + 1)], dtype=object)
"""By spaCy's numbers."""
_VERBS = ("VERB", "AUX")


def _features_in(morph: str) -> frozenset[str]:
    """ "Gender=Fem,Masc|Number=Sing" as Gender=Fem, Gender=Masc, Number=Sing."""
    fields = (field.partition("=") for field in morph.split("|") if field)
    return frozenset(f"{name}={value}" for name, _, values in fields for value in values.split(","))


class _Names(dict[int, str]):
    """The labels of a pipeline (tags, relations, kinds of entities) by spaCy's numbers."""

    def __init__(self, strings: StringStore) -> None:
        super().__init__()
        self._strings = strings

    def __missing__(self, key: int) -> str:
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
def _labels_of(strings: StringStore) -> tuple[_Names, _Features]:
    """What a pipeline's numbers mean, looked up once for all its documents; they are as few as the labels it learnt."""
    return _Names(strings), _Features(strings)


class TokenColumns:
    """The tokens of a document. Indices are those of `doc`, offsets are code points of its text.

    Args:
        plain: the text as the language model read it, see `analysis_text`.
        doc: its annotation.

    Attributes:
        lower: their text in lower case.
        starts, ends: their offsets, half-open.
        pos, dep: part of speech and relation to the head, of Universal Dependencies; "" where there is none.
        head: the token that each hangs on; itself for a root.
        ent_type, ent_iob: label of the entity, and "B" at its first token, "I" at the others.
        token_at: index of the first token that ends after an offset; the number of tokens if there is none.
        token_before: one past the last token that starts before an offset.
        is_finite: the token is a finite verb. These three are asked most: as bound built-ins they cost a third of a method.
    """

    def __init__(self, plain: str, doc: Doc) -> None:
        self.doc = doc
        self._plain = plain
        columns = doc.to_array(_ATTRIBUTES).reshape(len(doc), len(_ATTRIBUTES)).T
        start, length, pos, dep, head, morph, label, iob, begins = columns
        names, self._known_features = _labels_of(doc.vocab.strings)
        self.starts: list[int] = start.tolist()
        self.ends: list[int] = (start + length).tolist()
        self.token_at: Callable[[int], int] = partial(bisect_right, self.ends)
        self.token_before: Callable[[int], int] = partial(bisect_left, self.starts)
        lower, spans = plain.lower(), zip(self.starts, self.ends, strict=True)
        if len(lower) == len(plain) and "Σ" not in plain:  # the lower case of Σ depends on the letters around it
            self.lower = [lower[first:last] for first, last in spans]
        else:
            self.lower = [plain[first:last].lower() for first, last in spans]
        self.pos: list[str] = _TAGS[pos].tolist()
        self.dep = list(map(names.__getitem__, dep.tolist()))
        self.ent_type = list(map(names.__getitem__, label.tolist()))
        self.ent_iob: list[str] = _IOB[iob].tolist()
        self._heads = head.astype(np.int64) + np.arange(len(doc))
        self.head: list[int] = self._heads.tolist()
        self._morphs: list[int] = morph.tolist()
        self._sentence_begins: list[int] = (begins == 1).nonzero()[0].tolist()
        finite, known = [False] * len(doc), self._known_features
        for index in ((pos == VERB) | (pos == AUX)).nonzero()[0].tolist():
            finite[index] = "VerbForm=Fin" in known[self._morphs[index]]
        self.is_finite: Callable[[int], bool] = finite.__getitem__

    def features(self, index: int) -> frozenset[str]:
        """Its morphology, e.g. ``Number=Plur``."""
        return self._known_features[self._morphs[index]]

    def positions(self, words: Container[str]) -> list[int]:
        """The tokens that are one of these words, in lower case."""
        return [index for index, word in enumerate(self.lower) if word in words]

    def parsed_sentence_starts(self) -> list[int]:
        """The offsets at which the parser's sentences begin; 0 alone where there are none."""
        return [0, *(self.starts[index] for index in self._sentence_begins if index)]

    def children(self, index: int) -> Sequence[int]:
        """The tokens that hang on this one, in order."""
        heads, tokens = self._by_head
        first = bisect_left(heads, index)
        return tokens[first : bisect_left(heads, index + 1, first)]

    def left_edge(self, index: int) -> int:
        """The first token of all that hang on this one, itself included."""
        return int(self.doc[index].left_edge.i)

    def right_edge(self, index: int) -> int:
        """The last token of all that hang on this one, itself included."""
        return int(self.doc[index].right_edge.i)

    def text_of(self, index: int) -> str:
        """The token as the language model read it."""
        return self._plain[self.starts[index] : self.ends[index]]

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

    def is_infinitive(self, index: int) -> bool:
        return self.pos[index] in _VERBS and "VerbForm=Inf" in self.features(index)

    def is_gerund(self, index: int) -> bool:
        return self.pos[index] in _VERBS and self.features(index) >= _PRESENT_PARTICIPLE

    @cached_property
    def _by_head(self) -> tuple[list[int], list[int]]:
        """The heads of all tokens but the roots in order, and beside each the token that hangs on it, in order."""
        hanging = (self._heads != np.arange(len(self._heads))).nonzero()[0]
        ordered = hanging[self._heads[hanging].argsort(kind="stable")]
        return self._heads[ordered].tolist(), ordered.tolist()


_PRESENT_PARTICIPLE = frozenset({"VerbForm=Part", "Tense=Pres"})
