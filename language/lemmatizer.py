"""The trainable lemmatizer of a spaCy pipeline, faster at prediction and with the same results.

spaCy asks for each token anew which lemma an edit tree (Müller et al. 2015, Lemming) makes of it, twice. Words repeat:
here each is asked for once.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.pipeline import EditTreeLemmatizer
from spacy.tokens import Doc

MAX_LEMMAS = 50_000
"""Pairs of an edit tree and a word that are kept, 10 MB."""
_NO_TREE = -1


def speed_up_lemmatizer(nlp: Language) -> None:
    """Let the trainable lemmatizers of `nlp` remember what they have made of words."""
    for _, component in nlp.pipeline:
        if type(component) is EditTreeLemmatizer and component.top_k > 1 and component.backoff in ("orth", None):
            remembering = _Remembering(component)
            component._scores2guesses_top_k_greater_1 = remembering.guesses  # type: ignore[method-assign]
            component.set_annotations = remembering.set_annotations  # type: ignore[method-assign]


class _Remembering:
    def __init__(self, lemmatizer: EditTreeLemmatizer) -> None:
        self._lemmatizer = lemmatizer
        self._strings = lemmatizer.vocab.strings
        self._lemmas: dict[tuple[int, int], int | None] = {}

    def guesses(self, docs: Iterable[Doc], scores: Sequence[NDArray[np.float32]]) -> list[NDArray[np.int64]]:
        """The edit tree of each token: the best of the first `top_k` that can be applied to it, or -1."""
        return [self._trees(doc, np.asarray(of_doc)) for doc, of_doc in zip(docs, scores, strict=True)]

    def _trees(self, doc: Doc, scores: NDArray[np.float32]) -> NDArray[np.int64]:
        labels, words = self._lemmatizer.cfg["labels"], doc.to_array("ORTH").tolist()
        trees = [labels[best] for best in scores.argmax(axis=1).tolist()] if words else []
        for place, word in enumerate(words):
            if self._lemma(trees[place], word) is None:
                trees[place] = self._other_tree(word, scores[place], labels)
        return np.array(trees, dtype=np.int64)

    def _other_tree(self, word: int, scores: NDArray[np.float32], labels: Sequence[int]) -> int:
        remaining = scores.copy()
        for _ in range(min(self._lemmatizer.top_k, len(labels))):
            best = int(remaining.argmax())
            if self._lemma(labels[best], word) is not None:
                return labels[best]
            remaining[best] = np.finfo(np.float32).min
        return _NO_TREE

    def _lemma(self, tree: int, word: int) -> int | None:
        """Hash of the lemma that a tree makes of a word, None if it cannot be applied to it."""
        key = (tree, word)
        if key not in self._lemmas:
            if len(self._lemmas) >= MAX_LEMMAS:
                self._lemmas.clear()
            lemma = self._lemmatizer.trees.apply(tree, self._strings[word])
            self._lemmas[key] = None if lemma is None else self._strings.add(lemma)
        return self._lemmas[key]

    def set_annotations(self, docs: Iterable[Doc], batch_tree_ids: Sequence[NDArray[np.int64]]) -> None:
        """Set the lemma of each token that has none (or of each, if it is to be overwritten)."""
        for doc, trees in zip(docs, batch_tree_ids, strict=False):
            lemmas = doc.to_array(["ORTH", "LEMMA"]).tolist()
            for place, tree in enumerate(trees.tolist()):
                word, lemma = lemmas[place]
                if self._lemmatizer.overwrite or not lemma:
                    made = self._lemma(tree, word) if tree != _NO_TREE else self._backoff(word)
                    lemmas[place][1] = lemma if made is None else made
            if lemmas:
                hashes = np.array([[lemma] for _, lemma in lemmas], dtype=np.uint64)
                doc.from_array(["LEMMA"], hashes)  # type: ignore[arg-type]  # the stub says 32 bits

    def _backoff(self, word: int) -> int | None:
        return None if self._lemmatizer.backoff is None else word
