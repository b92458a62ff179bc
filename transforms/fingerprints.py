"""Numbers that stand for a text: its words counted, its content hashed, its likeness to others."""

import hashlib
import re
import unicodedata
from collections import Counter
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from trafilatura.deduplication import sample_tokens

_WORD = re.compile(r"\w+")
_ACCENTS = re.compile("[\u0300-\u036f]")
_SIMHASH_BITS = 64
MINHASH_BYTES = 128
"""One byte of each of so many hash functions: the estimate of a likeness of 0.35 errs by 0.04 (one sigma)."""
_MINHASH_SEED = 1


def word_count(text: str) -> int:
    """Runs of letters, digits and underscores."""
    return len(_WORD.findall(text))


def folded(text: str) -> str:
    """The words of `text` in lower case, without accents and punctuation, one space between them."""
    lower = text.casefold()
    if not lower.isascii():
        lower = _ACCENTS.sub("", unicodedata.normalize("NFKD", lower))
    return " ".join(_WORD.findall(lower))


def content_hash(folded_text: str) -> str:
    """SHA-256 of a `folded` text, as 64 hexadecimal digits."""
    return hashlib.sha256(folded_text.encode("utf-8", "surrogatepass")).hexdigest()


def simhash(folded_text: str) -> int:
    """Charikar's similarity hash of a `folded` text, as a signed 64-bit integer (Parquet has no better type
    that every engine reads).

    trafilatura's, many times faster: BLAKE2b of each of the longer words, one vote a bit; no random, no clock, no
    process state.
    """
    words = Counter(sample_tokens(folded_text, _SIMHASH_BITS))
    digests = b"".join(hashlib.blake2b(word.encode(), digest_size=_SIMHASH_BITS // 8).digest() for word in words)
    bits = np.unpackbits(np.frombuffer(digests, np.uint8).reshape(len(words), _SIMHASH_BITS // 8), axis=1)
    votes = np.array(list(words.values()), np.int64) @ (2 * bits.astype(np.int64) - 1)
    return int.from_bytes(np.packbits(votes >= 0).tobytes(), "big", signed=True)


def minhash(folded_text: str) -> str:
    """MinHash of the pairs of neighbouring words of a `folded` text: the lowest byte of each of its values, as
    two hexadecimal digits (SQL engines compare strings more readily than bytes).

    b-bit minwise hashing (Li and König, 2010): two texts agree in a byte with the Jaccard likeness of their pairs,
    or by chance (1 in 256). A text of less than two words gives the signature of nothing, all bytes alike.
    """
    words = folded_text.encode("utf-8", "surrogatepass").split()
    pairs = {b"%b %b" % neighbours for neighbours in pairwise(words)}
    if not pairs:
        return "ff" * MINHASH_BYTES
    digests = b"".join(hashlib.sha1(pair, usedforsecurity=False).digest()[:4] for pair in pairs)
    factors, summands = _permutations()
    mixed = _mixed(np.frombuffer(digests, "<u4").astype(np.uint32))
    lowest = (factors[:, np.newaxis] * mixed + summands[:, np.newaxis]).min(axis=1)
    lowest_bytes: NDArray[np.uint8] = (lowest & 0xFF).astype(np.uint8)
    return lowest_bytes.tobytes().hex()


@cache
def _permutations() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Factors, all odd, and summands of the permutations ``factor * x + summand`` of 32-bit numbers.

    They and `_mixed` are those of datasketch 2.0 ("affine32", seed 1), so that its tools read the signatures. It is not
    used itself: it loads scipy, half a second and 100 MB for every process that cleans.
    """
    numbers = np.random.RandomState(_MINHASH_SEED)
    factors = numbers.randint(0, 1 << 31, MINHASH_BYTES, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return factors, numbers.randint(0, 1 << 32, MINHASH_BYTES, dtype=np.uint32)


def _mixed(hashes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The finalizer of MurmurHash3 (Appleby, public domain): every bit of the input changes half of the output's."""
    mixed: NDArray[np.uint32] = hashes ^ (hashes >> np.uint32(16))
    mixed *= np.uint32(0x85EBCA6B)
    mixed ^= mixed >> np.uint32(13)
    mixed *= np.uint32(0xC2B2AE35)
    mixed ^= mixed >> np.uint32(16)
    return mixed
