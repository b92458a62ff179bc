"""What a cue governs from the left: a clause, an infinitive, a noun or a quotation, in this order."""

from collections.abc import Iterator

from language.claim_analysis import Analysis, Complement, claim_of_tokens, cue_words
from language.claim_candidates import Candidate, CueWords, Subject
from language.cue_groups import Cue
from language.indirect_questions import indirect_question
from language.infinitives import infinitive
from language.noun_objects import attribute, event, noun_after_of
from language.predications import predication
from language.quoted_complements import quotation_after_colon, quoted_complement, unquoted_after_colon
from language.that_clauses import that_clause


def complements_of(analysis: Analysis, cue: Cue, subject: Subject, limit: int) -> Iterator[Candidate]:
    """The claims that `cue` governs in its sentence, which ends at token `limit`.

    Args:
        subject: of the cue.
    """
    words = cue_words(analysis.reading, cue)
    complements = _clauses(analysis, cue, limit) or _weaker(analysis, cue, subject, limit)
    if complements:
        start, end, rule = min(complements)
        yield claim_of_tokens(analysis, start, end, rule, _with_noun(analysis, cue, words, start), subject())
        yield from quotation_after_colon(analysis, end, limit, words, subject)
    else:
        claims = list(quoted_complement(analysis, cue, words, subject, limit)) if not cue.has_object else []
        yield from claims or unquoted_after_colon(analysis, cue, words, subject, limit)


def _clauses(analysis: Analysis, cue: Cue, limit: int) -> list[Complement]:
    return [found for found in (that_clause(analysis, cue, limit), infinitive(analysis, cue, limit)) if found]


def _weaker(analysis: Analysis, cue: Cue, subject: Subject, limit: int) -> list[Complement]:
    """What stands for a clause: a question, an attribute, an event."""
    found = [indirect_question(analysis, cue, limit), predication(analysis, cue, limit)]
    if not cue.has_object:
        found.append(attribute(analysis, cue, limit))
        found.append(event(analysis, cue, subject, limit))
        found.append(noun_after_of(analysis, cue, limit))
    return [complement for complement in found if complement]


def _with_noun(analysis: Analysis, cue: Cue, words: CueWords, start: int) -> CueWords:
    """ "a exprimé sa crainte (que P)": the noun belongs to the cue."""
    if "noun_cue" not in cue.entry.takes:
        return words
    reading = analysis.reading
    nouns = [i for i in range(cue.end, start) if reading.lower[i] in analysis.nouns]
    if not nouns:
        return words
    noun = reading.lower[nouns[-1]]
    return CueWords(words.start, reading.ends[nouns[-1]], words.lemma, analysis.nouns[noun], words.negated)
