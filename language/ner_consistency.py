"""One label for one name throughout an article: second reading of the recogniser's mentions.

The recogniser sees one paragraph at a time and may take a bare family name for a town three lines after it has
read the full name. Annotators never do: in the training articles all but a handful of names have one label per
article and are marked wherever they stand. Three rules follow, each linear in the article's length:

1. A place or person does not reach across a dash between spaces ("Pérou - Chili" are two); in the training
   articles 21 such dashes stand between two names and 2 inside one, neither a place nor a person.
2. Mentions with the same words get the label that most of them have, a tie leaves them as they are; a name that
   ends the full name of a person elsewhere ("Ferrand", "Rosa Ferrand") is counted as a person.
3. Words that are an organisation, event or product elsewhere in the article are it wherever they stand in the
   same spelling.

Dates and times are left as they are.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np
from spacy.tokens import Doc, Span

_DASHES = frozenset("-–—")
_SPLIT = frozenset({"PER", "LOC"})
_NAMES = frozenset({"PER", "LOC", "ORG", "EVENT", "PRODUCT"})
_FULL_NAME_VOTES = 1.5
"""Votes of a full name for its last part: more than one other mention, less than two."""
_REPEATED = frozenset({"ORG", "EVENT", "PRODUCT"})
"""On the development articles repeats of persons and places were as often wrong as right, of the others mostly right."""
_LAST_NAME_WORDS = 4
"""How many of a full name's last words may stand for it; it bounds the work on mentions of any length."""
_MIN_REPEAT_CHARS = 3

Words = tuple[str, ...]


def apply(doc: Doc) -> None:
    """Replace ``doc.ents`` by `consistent_entities`."""
    doc.set_ents(consistent_entities(doc), default="outside")


def consistent_entities(doc: Doc) -> list[Span]:
    """The mentions of a whole article after the three rules, in order, without overlaps; `doc` stays as it is."""
    split = [part for ent in doc.ents for part in _split_at_dashes(ent)]
    votes = _votes(split)
    voted = [_elected(ent, votes[_words(ent)]) if ent.label_ in _NAMES else ent for ent in split]
    return sorted([*voted, *_repeats(doc, voted)], key=lambda span: span.start)


def _words(span: Span) -> Words:
    return tuple(token.text for token in span)


def _split_at_dashes(ent: Span) -> Iterable[Span]:
    """`ent`, or its parts if a dash with a space on either side runs through a place or a person."""
    if ent.label_ not in _SPLIT:
        return [ent]
    doc = ent.doc
    dashes = [
        token.i
        for token in ent
        if token.text in _DASHES and token.whitespace_ and (token.i == 0 or doc[token.i - 1].whitespace_)
    ]
    starts = [ent.start, *(dash + 1 for dash in dashes)]
    ends = [*dashes, ent.end]
    return [Span(doc, start, end, label=ent.label_) for start, end in zip(starts, ends, strict=True) if start < end]


def _votes(mentions: list[Span]) -> dict[Words, dict[str, float]]:
    """How much speaks for each label of every name."""
    votes: defaultdict[Words, dict[str, float]] = defaultdict(dict)
    full_names: Counter[Words] = Counter()
    for mention in mentions:
        if mention.label_ not in _NAMES:
            continue
        words = _words(mention)
        votes[words][mention.label_] = votes[words].get(mention.label_, 0.0) + 1
        if mention.label_ == "PER":
            full_names.update(words[start:] for start in range(max(1, len(words) - _LAST_NAME_WORDS), len(words)))
    for words, weights in votes.items():
        if full_names[words]:
            weights["PER"] = weights.get("PER", 0.0) + _FULL_NAME_VOTES * full_names[words]
    return votes


def _elected(mention: Span, weights: dict[str, float]) -> Span:
    """`mention` with the label that has most votes, or its own where it has as many."""
    winner = max(weights, key=lambda label: (weights[label], label == mention.label_))
    return mention if winner == mention.label_ else Span(mention.doc, mention.start, mention.end, label=winner)


def _repeats(doc: Doc, mentions: list[Span]) -> list[Span]:
    """Where the words of a mention stand unmarked; the longest name first."""
    names: dict[Words, str] = {}
    for mention in mentions:
        words = _words(mention)
        if mention.label_ in _REPEATED and words[0][:1].isupper() and sum(map(len, words)) >= _MIN_REPEAT_CHARS:
            names.setdefault(words, mention.label_)
    lengths: defaultdict[str, set[int]] = defaultdict(set)
    for words in names:
        lengths[words[0]].add(len(words))
    taken = {place for mention in mentions for place in range(mention.start, mention.end)}
    found = []
    first_words = np.array([doc.vocab.strings[word] for word in lengths], dtype=np.uint64)
    for place in np.flatnonzero(np.isin(doc.to_array("ORTH"), first_words)).tolist():
        for length in sorted(lengths[doc[place].text], reverse=True):
            span = doc[place : place + length]
            label = names.get(_words(span))
            if label is not None and taken.isdisjoint(range(span.start, span.end)):
                found.append(Span(doc, span.start, span.end, label=label))
                taken.update(range(span.start, span.end))
                break
    return found
