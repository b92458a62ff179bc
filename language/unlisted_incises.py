"""Incises with a verb that no list holds: "« P », tonne-t-il", "« P », peut-on lire dans le rapport"."""

from language.claim_candidates import Candidate, CueWords, Source
from language.inversion import starts_noun_phrase
from language.quotation_marks import Quotation
from language.reading import Reading
from language.source_phrases import noun_phrase_after
from schemas.vocabulary import CueClass, SpeakerMethod

_CLAUSE_WORDS = 4
_MAX_INCISE = 12


def unlisted_incise(reading: Reading, quotation: Quotation) -> Candidate | None:
    """ "« P », tonne-t-il", "« P », tonne le maire": any verb right behind a quotation, before its subject, tells
    how it was said. A pronoun behind the verb is proof; a noun counts behind a comma and a quoted clause only."""
    index = reading.token_before(quotation.close)
    comma = False
    while index < len(reading.lower) and (reading.is_space(index) or reading.lower[index] == ","):
        if "\n" in reading.lower[index]:
            return None
        comma = comma or reading.lower[index] == ","
        index += 1
    limit = min(len(reading.lower), index + _MAX_INCISE)
    verb, subject = _verb_with_subject(reading, index, limit)
    if verb is None:
        return None
    words = CueWords(reading.starts[index], reading.ends[verb], reading.lemma(verb), CueClass.SAY)
    if subject is not None:
        read_in = _read_in(reading, subject, verb)
        if read_in is not None:
            return Candidate(quotation.start, quotation.end, "unlisted_incise", *read_in, quotation)
        source: Source | None = Source(subject, subject + 1, subject, SpeakerMethod.SUBJECT)
    elif comma and _is_clause(reading, quotation) and starts_noun_phrase(reading, verb + 1, limit):
        sentence = reading.sentences[reading.sentence_of[verb]]
        source = noun_phrase_after(reading, verb + 1, sentence.end, SpeakerMethod.SUBJECT)
    else:
        return None
    return Candidate(quotation.start, quotation.end, "unlisted_incise", words, source, quotation)


def _verb_with_subject(reading: Reading, index: int, limit: int) -> tuple[int | None, int | None]:
    """The last word of a finite verb group that begins at `index`, and the pronoun inverted with it."""
    while index < limit and reading.lower[index] in reading.words["reflexives"]:
        index += 1  # "« P », s'agace le maire"
    if index >= limit or not reading.is_finite(index):
        return None, None
    verb, subject, position = index, None, index + 1
    compound = False
    while position < limit:
        word = reading.lower[position]
        if word in reading.words["euphonic"] or word in reading.words["inverted_subjects"]:
            subject = position if word not in reading.words["euphonic"] else subject
        elif reading.pos[index] == "AUX" and reading.pos[position] == "VERB" and not compound:
            verb, compound = position, True
            if subject is not None:
                break
        elif subject is None and reading.is_infinitive(position):
            verb = position  # "« P », préfère nuancer le maire"
        elif not (reading.pos[position] == "ADV" or _before_infinitive(reading, position, limit)):
            break
        position += 1
    # "est le patron" and "a une maison" are statements about the quotation.
    return (verb, subject) if compound or reading.pos[index] == "VERB" else (None, None)


def _before_infinitive(reading: Reading, index: int, limit: int) -> bool:
    """ "« P », a tenu à préciser le maire", "« P », tente de rassurer la ministre": what joins verb and infinitive."""
    joins = any(reading.lower[index] in markers for markers in reading.words.infinitive_markers.values())
    return joins and index + 1 < limit and reading.is_infinitive(index + 1)


def _is_clause(reading: Reading, quotation: Quotation) -> bool:
    first, last = reading.token_at(quotation.start), reading.token_before(quotation.end)
    return last - first >= _CLAUSE_WORDS and reading.has_finite(first, last)


def _read_in(reading: Reading, subject: int, verb: int) -> tuple[CueWords, Source] | None:
    """ "« P », peut-on lire dans le rapport", "lit-on sur le site": what is read says it, not the reader."""
    if reading.lower[subject] not in reading.words["inverted_readers"]:
        return None
    limit = reading.sentences[reading.sentence_of[verb]].end
    last = index = max(subject, verb)
    skipped = reading.words["clitics"]
    while index + 1 < limit and (
        reading.pos[index + 1] == "ADV" or reading.lower[index + 1] in skipped or reading.is_infinitive(index + 1)
    ):
        index += 1
        last = index if reading.is_infinitive(index) else last
    if index + 2 >= limit or reading.lower[index + 1] not in reading.words["read_in"]:
        return None
    source = noun_phrase_after(reading, index + 2, limit, SpeakerMethod.SUBJECT)
    if source is None or reading.is_time(source.head):
        return None
    return CueWords(reading.starts[verb], reading.ends[last], reading.lemma(last), CueClass.REPORT), source
