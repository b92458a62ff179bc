"""Quotations that no cue governs: they go on from an attributed one, follow a name, or stand bare."""

from collections.abc import Iterator, Sequence

from language.claim_candidates import Candidate, Source
from language.quotation_marks import Quotation
from language.reading import Reading, Sentence
from language.sources import span_of
from schemas.vocabulary import SpeakerMethod

_BARE_WORDS = 7
_CLAUSE_WORDS = 4


def loose_quotations(reading: Reading, attributed: Sequence[Candidate]) -> Iterator[Candidate]:
    """Claims for the outer quotations that lie in none of `attributed`.

    Args:
        attributed: candidates with a cue, in text order.
    """
    claims = sorted(attributed, key=lambda c: (c.start, c.end))
    previous: Candidate | None = None
    for number, quotation in enumerate(reading.quotations):
        covering = [c for c in claims if c.start <= quotation.start and quotation.end <= c.end]
        if covering:
            previous = covering[0] if covering[0].quotation is not None else previous
            continue
        if any(quotation.start <= c.start and c.end <= quotation.end and c.rule in ("incise", "colon") for c in claims):
            continue
        found = _named_before(reading, quotation) or _continued(reading, quotation, claims) or _bare(reading, number)
        if found is not None:
            claims = sorted([*claims, found], key=lambda c: (c.start, c.end))
            yield found


def _sentence_around(reading: Reading, quotation: Quotation) -> Sentence:
    """The sentence outside the quotation that holds its opening mark."""
    index = min(reading.token_at(quotation.open), len(reading.tokens) - 1)
    outer = [s for s in reading.sentences if s.quotation is None and s.start <= index < s.end]
    return outer[0] if outer else reading.sentences[reading.sentence_of[index]]


def _alone(reading: Reading, quotation: Quotation) -> bool:
    """The sentence around it holds nothing else, but perhaps other quotations."""
    sentence = _sentence_around(reading, quotation)
    return not any(reading.in_quotation[i] < 0 and reading.is_word(i) for i in range(sentence.start, sentence.end))


def _continued(reading: Reading, quotation: Quotation, claims: Sequence[Candidate]) -> Candidate | None:
    if not _alone(reading, quotation):
        return None
    sentence = _sentence_around(reading, quotation)
    first = reading.starts[sentence.start]
    before = [c for c in claims if c.end <= quotation.open and c.cue is not None]
    if not before:
        return None
    last = max(before, key=lambda c: (max(c.end, c.cue.end if c.cue else 0), c.start))
    gap = reading.text[max(last.end, last.cue.end if last.cue else 0, _source_end(reading, last)) : first]
    if sum(ch.isalnum() for ch in gap) > 0 and _words_between(reading, last, first):
        return None
    if "\n" in gap and last.quotation is None:
        return None
    return Candidate(quotation.start, quotation.end, "continued", last.cue, last.source, quotation)


def _source_end(reading: Reading, claim: Candidate) -> int:
    return reading.ends[claim.source.end - 1] if claim.source else 0


def _words_between(reading: Reading, last: Candidate, first: int) -> bool:
    """A whole sentence lies between the two."""
    done = max(last.end, last.cue.end if last.cue else 0, _source_end(reading, last))
    return any(
        s.quotation is None and reading.starts[s.start] >= done and reading.ends[s.end - 1] <= first
        for s in reading.sentences
    )


def _named_before(reading: Reading, quotation: Quotation) -> Candidate | None:
    """ "Le maire : « … »", "… le secrétaire général Jean Dupont« … »": only a name stands before it."""
    sentence = _sentence_around(reading, quotation)
    mark = reading.token_at(quotation.open)
    before = [i for i in range(sentence.start, mark) if reading.is_word(i)]
    if not before or any(reading.is_finite(i) for i in before) or len(before) > 14:
        return None
    index = mark - 1
    while index > sentence.start and (reading.tokens[index].is_space):
        index -= 1
    colon = reading.lower[index] == ":"
    glued = reading.in_quotation[index] < 0 and reading.is_word(index)
    names = [i for i in before if reading.tokens[i].ent_type_ in ("PER", "ORG")]
    if not names or not (colon or (glued and index in names)) or len(reading.text[quotation.start : quotation.end].split()) < 4:
        return None
    head = names[0]
    while reading.tokens[head].head.i in before and reading.tokens[head].dep_ in ("flat", "flat:name", "appos"):
        head = reading.tokens[head].head.i
    start, end = span_of(reading, head, sentence.start)
    return Candidate(
        quotation.start, quotation.end, "name_before", None, Source(start, end, head, SpeakerMethod.COLON), quotation
    )


def _bare(reading: Reading, number: int) -> Candidate | None:
    """A quotation without anybody to say it counts where it is a clause or long."""
    quotation = reading.quotations[number]
    tokens = [i for i in range(len(reading.tokens)) if reading.in_quotation[i] == number and reading.is_word(i)]
    clause = any(reading.is_finite(i) for i in tokens)
    if len(tokens) >= (_CLAUSE_WORDS if clause else _BARE_WORDS):
        return Candidate(quotation.start, quotation.end, "bare", None, None, quotation)
    return None
