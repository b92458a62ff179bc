"""The word encoders of a spaCy pipeline, faster at prediction and with the same results.

spaCy's standard encoder ("Tok2Vec" of "MultiHashEmbed" and "MaxoutWindowEncoder") first makes a vector of each word by
itself, a third of the work, and then four times mixes in its neighbours. The words of texts repeat: their vectors are
kept. The mixing is the same arithmetic as thinc's, without what only training needs.
"""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import Model, chain

MAX_WORDS = 20_000
"""Vectors that are kept, 8 MB in an encoder of width 96; a year of one newspaper has more, rare ones among them."""
_EPSILON = np.float32(1e-08)  # that of thinc's LayerNorm

Floats = NDArray[np.float32]


def speed_up_encoders(nlp: Language) -> Language:
    """Replace the encoders that `nlp` has of the standard kind; it can be trained no more."""
    for _, component in nlp.pipeline:
        model = getattr(component, "model", None)
        for node in list(model.walk()) if isinstance(model, Model) else ():
            if _is_standard(node):
                embed, encode = node.layers
                node.layers[:] = [_remembering(embed), _windowed(encode)]
                node.set_ref("embed", node.layers[0])
                node.set_ref("encode", node.layers[1])
    return nlp


def _is_standard(node: Model[Any, Any]) -> bool:
    if not {"embed", "encode"} <= set(node.ref_names) or len(node.layers) != 2:
        return False
    embed, encode = node.layers
    hashed = [layer.name for layer in embed.layers[:1]] == ["extract_features"] and not any(
        layer.name == "static_vectors" for layer in embed.walk()
    )
    names = [layer.name for layer in encode.walk(order="dfs_pre") if not layer.layers]
    depth, rest = divmod(len(names), len(_MIXING))
    return hashed and not rest and names == _MIXING * depth and encode.name.startswith("with_array(residual(")


_MIXING = ["expand_window", "maxout", "layernorm", "dropout"]


def _remembering(embed: Model[Any, Any]) -> Model[list[Doc], list[Floats]]:
    """`embed`, with the vectors of known words kept; a word is what its features are."""
    features = embed.layers[0]
    hashed: Model[Any, Any] = chain(*embed.layers[1:3])
    mix = _Mix(*(next(node for node in embed.walk() if node.name == name) for name in ("maxout", "layernorm")))
    vectors = np.zeros((MAX_WORDS, embed.get_dim("nO")), dtype=np.float32)
    places: dict[bytes, int] = {}
    turn = Lock()  # threads of a worker share the pipeline

    def forward(model: Model[Any, Any], docs: Sequence[Doc], is_train: bool) -> tuple[list[Floats], Callable[..., Any]]:
        arrays = features.predict(docs)
        rows = np.ascontiguousarray(np.concatenate(arrays)) if arrays else np.zeros((0, 1), np.uint64)
        keys = [row.tobytes() for row in rows]
        with turn:
            new = {key: n for n, key in enumerate(keys) if key not in places}
            if len(places) + len(new) > MAX_WORDS:
                places.clear()
                new = {key: n for n, key in enumerate(keys)}
            if len(new) > MAX_WORDS:  # one text with more words than are kept
                return _split(mix(hashed.predict([rows]).data), docs), _no_training
            if new:
                # Each word in a product of its own: in OpenBLAS the last bits of a row depend on the number of rows
                # and on the place among them, and what is kept must not depend on the texts that came before.
                alone = hashed.predict([rows[list(new.values())]]).data[:, np.newaxis]
                first = len(places)
                vectors[first : first + len(new)] = mix(alone)[:, 0]
                places.update(zip(new, range(first, first + len(new)), strict=True))
            return _split(vectors[[places[key] for key in keys]], docs), _no_training

    return Model("remembering_embed", forward, layers=[embed], dims={"nO": embed.get_dim("nO")})


def _split(rows: Floats, docs: Sequence[Doc]) -> list[Floats]:
    ends = np.cumsum([len(doc) for doc in docs]).tolist()
    return [rows[end - len(doc) : end] for doc, end in zip(docs, ends, strict=True)]


def _windowed(encode: Model[Any, Any]) -> Model[list[Floats], list[Floats]]:
    """`encode`: each layer adds to every word what it makes of the word and its neighbours."""
    window = next(node for node in encode.walk(order="dfs_pre") if node.name == "expand_window").attrs["window_size"]
    maxouts = [node for node in encode.walk(order="dfs_pre") if node.name == "maxout"]
    norms = [node for node in encode.walk(order="dfs_pre") if node.name == "layernorm"]
    layers = [_Mix(maxout, norm) for maxout, norm in zip(maxouts, norms, strict=True)]
    pad = encode.attrs["pad"]

    def forward(model: Model[Any, Any], texts: list[Floats], is_train: bool) -> tuple[list[Floats], Callable[..., Any]]:
        starts = np.cumsum([pad, *(len(text) + pad for text in texts)]).tolist()
        words = np.zeros((starts[-1], encode.get_dim("nO")), dtype=np.float32)
        for text, start in zip(texts, starts, strict=False):
            words[start : start + len(text)] = text
        for layer in layers:
            words += layer(_with_neighbours(words, window))
        return [words[start : start + len(text)] for text, start in zip(texts, starts, strict=False)], _no_training

    return Model("windowed_encode", forward, layers=[encode], dims={"nO": encode.get_dim("nO")}, attrs={"pad": pad})


def _with_neighbours(words: Floats, window: int) -> Floats:
    """Each word between the `window` words before and behind it, zeros beyond the ends."""
    width = words.shape[1]
    around = np.zeros((len(words), width * (2 * window + 1)), dtype=np.float32)
    for n, offset in enumerate(range(-window, window + 1)):
        column = slice(width * n, width * (n + 1))
        if offset < 0:
            around[-offset:, column] = words[:offset]
        else:
            around[: len(words) - offset, column] = words[offset:]
    return around


class _Mix:
    """Maxout (Goodfellow et al. 2013) and layer normalisation (Ba et al. 2016); see thinc's layers of these names."""

    def __init__(self, maxout: Model[Any, Any], norm: Model[Any, Any]) -> None:
        outputs, pieces, inputs = (maxout.get_dim(name) for name in ("nO", "nP", "nI"))
        # The pieces of an output side by side become blocks: their maximum is one vector operation each.
        weights, bias = np.asarray(maxout.get_param("W")), np.asarray(maxout.get_param("b"))
        self._weights = weights.transpose(1, 0, 2).reshape(-1, inputs).T
        self._bias = bias.T.ravel()
        self._blocks = [slice(outputs * piece, outputs * (piece + 1)) for piece in range(pieces)]
        self._scale, self._shift = norm.get_param("G"), norm.get_param("b")

    def __call__(self, inputs: Floats) -> Floats:
        products = inputs @ self._weights
        products += self._bias
        best: Floats = products[..., self._blocks[0]]
        for block in self._blocks[1:]:
            best = np.maximum(best, products[..., block])
        centred = best - best.mean(axis=-1, keepdims=True)
        outputs = np.float32(best.shape[-1])
        variance = np.add.reduce(centred * centred, axis=-1, keepdims=True) / outputs + _EPSILON
        centred *= variance ** np.float32(-0.5)
        centred *= self._scale
        centred += self._shift
        mixed: Floats = centred
        return mixed


def _no_training(*_: object) -> None:
    raise NotImplementedError("an encoder that was sped up cannot be trained: load the pipeline with spacy.load")
