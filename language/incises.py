"""Incises: "P, a déclaré X", "P, affirme X, Q", "P, comme l'a dit X"."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from language.claim_analysis import Analysis, claim_of_tokens, cue_words
from language.claim_candidates import Candidate, CueWords, Source
from language.cue_groups import Cue
from language.inversion import is_inverted
from language.reading import Reading, Sentence
from language.runs import MIN_CLAUSE_TOKENS, has_clause, has_words, is_foreign, quotation_begins, run_claims
from language.sources import source_of

_ENDS_INCISE = frozenset(",.;:?!…")


def incises(analysis: Analysis, sentence: Sentence, heads: Sequence[int]) -> Iterator[Candidate]:
    """Claims whose cue stands behind them or inside them; `heads` are those of the sentence's cues, in order."""
    reading = analysis.reading
    run_start = sentence.start
    for index in heads:
        cue = analysis.cues[index]
        if is_foreign(analysis.reading, sentence, index) or not is_inverted(reading, cue, sentence.end):
            continue
        source = source_of(reading, analysis.cues, cue, True, sentence.end)
        words = cue_words(reading, cue)
        if sentence.quotation is not None:
            if _is_reporters(reading, cue):
                yield from _inside_quotation(reading, sentence.quotation, cue, words, source)
            continue
        if cue.first > run_start and reading.lower[cue.first - 1] in reading.words["as_in"]:
            yield from _as_somebody_says(analysis, cue, run_start, sentence, words, source)
            continue
        head_run = list(run_claims(analysis, run_start, cue.first, "incise", words, source))
        yield from head_run
        resume = max(cue.end, source.end if source else cue.end)
        yield from _rest(
            analysis,
            resume,
            sentence,
            words,
            source,
            bool(head_run) and has_clause(analysis.reading, run_start, cue.first),
        )
        run_start = resume


def _as_somebody_says(
    analysis: Analysis, cue: Cue, run_start: int, sentence: Sentence, words: CueWords, source: Source | None
) -> Iterator[Candidate]:
    """ "P, comme l'a dit X" and "Comme le dit X, P"."""
    reading = analysis.reading
    if has_words(analysis.reading, run_start, cue.first - 1):
        yield from run_claims(analysis, run_start, cue.first - 1, "as_incise", words, source)
        return
    rest = max(cue.end, source.end if source else cue.end)
    if rest < sentence.end and reading.lower[rest] == ",":
        end = analysis.ends.end_of(rest + 1, sentence.end, None)
        if end - rest > MIN_CLAUSE_TOKENS:
            yield claim_of_tokens(analysis, rest + 1, end, "as_incise", words, source)


def _rest(
    analysis: Analysis, start: int, sentence: Sentence, words: CueWords, source: Source | None, complete: bool
) -> Iterator[Candidate]:
    """What follows an incise: further quotations, or the second half of a clause that it interrupts."""
    reading = analysis.reading
    index = start
    while index < sentence.end and not reading.is_word(index) and reading.in_quotation[index] < 0:
        index += 1
    if index < sentence.end and quotation_begins(analysis.reading, index, sentence):
        quotation = reading.quotation_at(index)
        if quotation is not None:
            yield Candidate(quotation.start, quotation.end, "incise", words, source, quotation)
    elif not complete and start < sentence.end and reading.lower[start] == ",":
        end = analysis.ends.end_of(start + 1, sentence.end, None)
        if has_clause(analysis.reading, start + 1, end):
            yield claim_of_tokens(analysis, start + 1, end, "incise", words, source)


def _is_reporters(reading: Reading, cue: Cue) -> bool:
    """Inside a quotation: the reporter's incise, not one of the quoted person ("m'a-t-il dit", "ai-je dit")."""
    first_person = reading.words["first_person_objects"]
    return not any(word in first_person for word in reading.lower[cue.first : cue.end])


def _inside_quotation(
    reading: Reading, number: int, cue: Cue, words: CueWords, source: Source | None
) -> Iterator[Candidate]:
    """ "« P, a dit X. Q »": the marks enclose the incise; the words before and behind it are X's."""
    quotation = reading.quotations[number]
    before, behind = cue.first, max(cue.end, source.end if source else cue.end)
    last = reading.token_before(quotation.end)
    while before > 0 and reading.starts[before - 1] >= quotation.start and not reading.is_word(before - 1):
        before -= 1
    # "a expliqué X à la presse. Q": the incise ends at its punctuation.
    while behind < last and reading.lower[behind] not in _ENDS_INCISE:
        behind += 1
    while behind < last and not reading.is_word(behind):
        behind += 1
    if reading.starts[cue.first] > quotation.start and before > 0:
        run = replace(quotation, end=reading.ends[before - 1])
        yield Candidate(run.start, run.end, "incise", words, source, run)
    if behind < last:
        run = replace(quotation, start=reading.starts[behind])
        yield Candidate(run.start, run.end, "incise", words, source, run)
