"""Runs of words around a cue that stands behind or inside them."""

from collections.abc import Iterator

from language.claim_analysis import Analysis, claim_of_tokens
from language.claim_candidates import Candidate, CueWords, Source
from language.reading import Reading, Sentence

MIN_CLAUSE_TOKENS = 3
_MIN_RUN_TOKENS = 2


def run_claims(
    analysis: Analysis, start: int, end: int, rule: str, words: CueWords, source: Source | None
) -> Iterator[Candidate]:
    """The uninterrupted words before a cue: one claim, or one a quotation where there is nothing else."""
    reading = analysis.reading
    while start < end and not (reading.is_word(start) or reading.in_quotation[start] >= 0):
        start += 1
    while end > start and not (
        reading.is_word(end - 1)
        or _closes_quotation(analysis.reading, end - 1, start)
        or _closes_bracket(analysis.reading, end - 1, start)
    ):
        end -= 1
    if end <= start:
        return
    own = reading.in_quotation[_words_token(reading, words)]
    numbers = sorted(set(reading.in_quotation[start:end]) - {own, -1})
    if numbers:
        plain = [i for i in range(start, end) if reading.in_quotation[i] == own and reading.is_word(i)]
        if not plain:
            for number in numbers:
                quotation = reading.quotations[number]
                yield Candidate(quotation.start, quotation.end, rule, words, source, quotation)
            return
        last = reading.quotations[numbers[-1]]
        before = reading.token_at(last.open) - 1
        while before > start and reading.is_space(before):
            before -= 1
        if reading.lower[before] == ":" and not [i for i in plain if reading.starts[i] >= last.close]:
            yield Candidate(last.start, last.end, rule, words, source, last)
            return
    if numbers or end - start >= _MIN_RUN_TOKENS or has_clause(analysis.reading, start, end):
        yield claim_of_tokens(analysis, start, end, rule, words, source)


def is_foreign(reading: Reading, sentence: Sentence, index: int) -> bool:
    """The token belongs to a quotation inside the sentence, which is read by itself."""
    number = reading.in_quotation[index]
    return number != (-1 if sentence.quotation is None else sentence.quotation)


def quotation_begins(reading: Reading, index: int, sentence: Sentence) -> bool:
    while index < sentence.end and reading.is_space(index):
        index += 1
    return index < sentence.end and is_foreign(reading, sentence, index)


def has_words(reading: Reading, start: int, end: int) -> bool:
    return any(map(reading.is_word, range(start, end)))


def has_clause(reading: Reading, start: int, end: int) -> bool:
    return reading.has_finite(start, end)


def _closes_bracket(reading: Reading, index: int, start: int) -> bool:
    lower = reading.lower
    return lower[index] in ("%", "€", "$") or (lower[index] == ")" and "(" in lower[start:index])


def _closes_quotation(reading: Reading, index: int, start: int) -> bool:
    quotation = reading.quotation_at(index)
    return quotation is not None and reading.ends[index] >= quotation.close and quotation.open >= reading.starts[start]


def _words_token(reading: Reading, words: CueWords) -> int:
    """The first token of the cue."""
    return min(reading.token_at(words.start), len(reading.lower) - 1)
