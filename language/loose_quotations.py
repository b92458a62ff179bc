"""Quotations that no cue governs: they go on from an attributed one, follow a name, or stand bare."""

from collections.abc import Iterator, Sequence

from language.claim_candidates import Candidate, Source
from language.claim_neighbours import Neighbours
from language.quotation_marks import Quotation
from language.reading import Reading, Sentence
from language.source_phrases import noun_phrase_after, span_of
from language.unlisted_incises import unlisted_incise
from schemas.vocabulary import SpeakerMethod

_BARE_WORDS = 7
_CLAUSE_WORDS = 4
_MOSTLY = 0.7
_MAX_HEADING = 14
_DASHES = frozenset("—–-")


def loose_quotations(reading: Reading, attributed: Sequence[Candidate]) -> Iterator[Candidate]:
    """Claims for the outer quotations that lie in none of `attributed`.

    Args:
        attributed: candidates with a cue, in text order.
    """
    claims = Neighbours(attributed)
    for number, quotation in enumerate(reading.quotations):
        beside = claims.touching(quotation.start, quotation.close)
        if any(c.start <= quotation.start and quotation.end <= c.end for c in beside):
            continue
        if any(_mostly_claimed(c, quotation) for c in beside):
            continue
        alone = _alone(reading, quotation)
        found = (
            unlisted_incise(reading, quotation)
            or (_signed(reading, quotation) if alone else None)
            or _named_before(reading, quotation)
            or (_continued(reading, quotation, claims) or _begun(reading, quotation, claims) if alone else None)
            or _bare(reading, number)
        )
        if found is not None:
            claims.add(found)
            yield found


def _mostly_claimed(claim: Candidate, quotation: Quotation) -> bool:
    """The claim runs over the quotation's edge, or leaves little of it: "exige « d'entendre » ses raisons"."""
    if claim.end <= quotation.start or claim.start >= quotation.end:
        return False
    within = claim.cue is not None and quotation.start <= claim.cue.start < quotation.end
    if within and claim.end <= quotation.close:
        # "« P, dit X »" claims it; what the quoted person reports in it does not.
        return claim.quotation is not None
    crosses = claim.start < quotation.start or claim.end > quotation.close
    return crosses or claim.end - claim.start > _MOSTLY * (quotation.end - quotation.start)


def _begun(reading: Reading, quotation: Quotation, claims: Neighbours) -> Candidate | None:
    """ "« A. » « B », dit X": the quotation right before an attributed one, in one paragraph, is X's too."""
    first = claims.next_quoted(reading, quotation.close)
    if first is None or first.cue is None:
        return None
    gap = reading.text[quotation.close : first.quotation.open if first.quotation else first.start]
    if first.cue.start <= first.end or "\n" in gap or any(ch.isalnum() for ch in gap):
        return None
    return Candidate(quotation.start, quotation.end, "continued", first.cue, first.source, quotation)


def _sentence_around(reading: Reading, quotation: Quotation) -> Sentence:
    """The sentence outside the quotation that holds its opening mark."""
    index = min(reading.token_at(quotation.open), len(reading.lower) - 1)
    return reading.outer_sentence(index) or reading.sentences[reading.sentence_of[index]]


def _alone(reading: Reading, quotation: Quotation) -> bool:
    """The sentence around it holds nothing else, but perhaps other quotations."""
    sentence = _sentence_around(reading, quotation)
    return not any(reading.in_quotation[i] < 0 and reading.is_word(i) for i in range(sentence.start, sentence.end))


def _continued(reading: Reading, quotation: Quotation, claims: Neighbours) -> Candidate | None:
    """ "« A », dit X. « B. »": a quotation that stands alone goes on from the one before it."""
    first = reading.starts[_sentence_around(reading, quotation).start]
    last = claims.last_before(quotation.open)
    if last is None:
        return None
    gap = reading.text[max(_done(last), _source_end(reading, last)) : first]
    if any(ch.isalnum() for ch in gap) and _words_between(reading, last, first):
        return None
    if "\n" in gap and last.quotation is None:
        return None
    return Candidate(quotation.start, quotation.end, "continued", last.cue, last.source, quotation)


def _done(claim: Candidate) -> int:
    """Where the claim and its cue are over."""
    return max(claim.end, claim.cue.end if claim.cue else 0)


def _source_end(reading: Reading, claim: Candidate) -> int:
    return reading.ends[claim.source.end - 1] if claim.source else 0


def _words_between(reading: Reading, last: Candidate, first: int) -> bool:
    """A whole sentence lies between the two."""
    sentence = reading.sentence_from(max(_done(last), _source_end(reading, last)))
    return sentence is not None and reading.ends[sentence.end - 1] <= first


def _signed(reading: Reading, quotation: Quotation) -> Candidate | None:
    """A quotation that is a paragraph, and below it a dash and a name: "— Marie Durand, maire"."""
    index = reading.token_before(quotation.close)
    broken = False
    while index < len(reading.lower) and (reading.is_space(index) or reading.lower[index] == "."):
        broken = broken or "\n" in reading.lower[index]
        index += 1
    if not broken or index >= len(reading.lower) or reading.lower[index] not in _DASHES:
        return None
    sentence = reading.sentences[reading.sentence_of[index]]
    if reading.has_finite(index, sentence.end):
        return None
    source = noun_phrase_after(reading, index + 1, sentence.end, SpeakerMethod.COLON)
    return Candidate(quotation.start, quotation.end, "signed", None, source, quotation)


def _named_before(reading: Reading, quotation: Quotation) -> Candidate | None:
    """ "Le maire : « … »", "… le secrétaire général Jean Dupont« … »": only a name stands before it."""
    sentence = _sentence_around(reading, quotation)
    mark = reading.token_at(quotation.open)
    if mark <= sentence.start:
        return None
    index = mark - 1
    while index > sentence.start and (reading.is_space(index)):
        index -= 1
    colon = reading.lower[index] == ":"
    glued = reading.in_quotation[index] < 0 and reading.ends[index] == quotation.open and reading.is_word(index)
    if not (colon or glued) or len(reading.text[quotation.start : quotation.end].split()) < _CLAUSE_WORDS:
        return None
    before = [i for i in range(sentence.start, mark) if reading.is_word(i) and reading.in_quotation[i] < 0]
    if not before:
        return None
    head = _speaker_before(reading, before, glued)
    if head is None:
        return None
    start, end = span_of(reading, head, sentence.start)
    return Candidate(
        quotation.start, quotation.end, "name_before", None, Source(start, end, head, SpeakerMethod.COLON), quotation
    )


def _speaker_before(reading: Reading, before: Sequence[int], glued: bool) -> int | None:
    """Head of the name that the quotation follows: the only one, the last one, or the subject."""
    names = [i for i in before if reading.ent_type[i] in ("PER", "ORG")]
    finite = any(reading.is_finite(i) for i in before)
    if glued:
        # "… le secrétaire général Jean Dupont« P »": the colon between them was lost.
        return names[-1] if names and names[-1] == before[-1] else None
    if not finite:
        names = names or [i for i in before if reading.lower[i] in reading.words["speaking_nouns"]]
        return names[0] if names and len(before) <= _MAX_HEADING else None
    subjects = [i for i in names if reading.dep[i].startswith("nsubj") and reading.dep[reading.head[i]] == "ROOT"]
    return subjects[0] if subjects else None


def _bare(reading: Reading, number: int) -> Candidate | None:
    """A quotation without anybody to say it counts where it is a clause or long."""
    quotation = reading.quotations[number]
    if _is_title(reading, quotation):
        return None
    around = range(reading.token_at(quotation.open), reading.token_before(quotation.close))
    tokens = [i for i in around if reading.in_quotation[i] == number and reading.is_word(i)]
    clause = any(reading.is_finite(i) for i in tokens)
    if len(tokens) >= (_CLAUSE_WORDS if clause else _BARE_WORDS):
        return Candidate(quotation.start, quotation.end, "bare", None, None, quotation)
    return None


def _is_title(reading: Reading, quotation: Quotation) -> bool:
    """A headline behind a dash, the title of a work, a translation: nobody says it here."""
    index = reading.token_at(quotation.open) - 1
    while index >= 0 and reading.is_space(index) and "\n" not in reading.lower[index]:
        index -= 1
    if index < 0:
        return False
    return reading.lower[index] in _DASHES or reading.lower[index] in reading.words["before_title"]
