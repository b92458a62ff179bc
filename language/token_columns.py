"""A parse as plain lists, one entry a token: what the claims engine asks of its tokens hundreds of times for each claim.

An attribute of a spaCy `Token` takes a quarter of a microsecond, and the object is made anew for each document; a list
takes a tenth of that, and each distinct string of a document is looked up once.
"""

from bisect import bisect_left
from collections.abc import Container, Sequence
from functools import cached_property, lru_cache

import numpy as np
from spacy.strings import StringStore
from spacy.tokens import Doc

_ATTRIBUTES: list[int | str] = ["IDX", "LENGTH", "POS", "DEP", "HEAD", "MORPH", "ENT_TYPE", "ENT_IOB"]
_IOB = ("", "I", "O", "B")
"""By spaCy's numbers."""
_VERBS = ("VERB", "AUX")


@lru_cache(maxsize=4096)
def _features_in(morph: str) -> frozenset[str]:
    """ "Gender=Fem,Masc|Number=Sing" as Gender=Fem, Gender=Masc, Number=Sing."""
    fields = (field.partition("=") for field in morph.split("|") if field)
    return frozenset(f"{name}={value}" for name, _, values in fields for value in values.split(","))


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
    """

    def __init__(self, plain: str, doc: Doc) -> None:
        self.doc = doc
        self._plain = plain
        columns = doc.to_array(_ATTRIBUTES).reshape(len(doc), len(_ATTRIBUTES)).T
        start, length, pos, dep, head, morph, label, iob = columns
        strings = doc.vocab.strings
        self.starts: list[int] = start.tolist()
        self.ends: list[int] = (start + length).tolist()
        lower, spans = plain.lower(), zip(self.starts, self.ends, strict=True)
        if len(lower) == len(plain) and "Σ" not in plain:  # the lower case of Σ depends on the letters around it
            self.lower = [lower[first:last] for first, last in spans]
        else:
            self.lower = [plain[first:last].lower() for first, last in spans]
        self.pos = _strings(strings, pos.tolist())
        self.dep = _strings(strings, dep.tolist())
        self._heads = head.astype(np.int64) + np.arange(len(doc))
        self.head: list[int] = self._heads.tolist()
        self._morphs: list[int] = morph.tolist()
        self._strings = strings
        self._features: dict[int, frozenset[str]] = {}
        self.ent_type = _strings(strings, label.tolist())
        self.ent_iob = [_IOB[key] for key in iob.tolist()]
        self._finite = [tag in _VERBS and "VerbForm=Fin" in self.features(i) for i, tag in enumerate(self.pos)]

    def token_at(self, offset: int) -> int:
        """Index of the first token that ends after `offset`; the number of tokens if there is none."""
        return bisect_left(self.ends, offset + 1)

    def token_before(self, offset: int) -> int:
        """One past the last token that starts before `offset`."""
        return bisect_left(self.starts, offset)

    def features(self, index: int) -> frozenset[str]:
        """Its morphology, e.g. ``Number=Plur``."""
        key = self._morphs[index]
        found = self._features.get(key)
        if found is None:
            found = self._features[key] = _features_in(self._strings[key])
        return found

    def positions(self, words: Container[str]) -> list[int]:
        """The tokens that are one of these words, in lower case."""
        return [index for index, word in enumerate(self.lower) if word in words]

    def parsed_sentence_starts(self) -> list[int]:
        """The offsets at which the parser's sentences begin; 0 alone where there are none."""
        begins = (self.doc.to_array("SENT_START") == 1).nonzero()[0].tolist()
        return [0, *(self.starts[index] for index in begins if index)]

    def children(self, index: int) -> Sequence[int]:
        """The tokens that hang on this one, in order."""
        heads, tokens = self._by_head
        first = bisect_left(heads, index)
        return [child for child in tokens[first : bisect_left(heads, index + 1, first)] if child != index]

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
        return word[0].isalnum() or any(sign.isalnum() for sign in word)

    def is_space(self, index: int) -> bool:
        return self.lower[index].isspace()

    def is_finite(self, index: int) -> bool:
        return self._finite[index]

    def is_infinitive(self, index: int) -> bool:
        return self.pos[index] in _VERBS and "VerbForm=Inf" in self.features(index)

    def is_gerund(self, index: int) -> bool:
        return self.pos[index] in _VERBS and self.features(index) >= _PRESENT_PARTICIPLE

    @cached_property
    def _by_head(self) -> tuple[list[int], list[int]]:
        """The heads of all tokens in order, and beside each the token that hangs on it, in order."""
        order = self._heads.argsort(kind="stable")
        return self._heads[order].tolist(), order.tolist()


_PRESENT_PARTICIPLE = frozenset({"VerbForm=Part", "Tense=Pres"})


def _strings(strings: StringStore, keys: list[int]) -> list[str]:
    known = {key: strings[key] for key in set(keys)}
    return [known[key] for key in keys]
