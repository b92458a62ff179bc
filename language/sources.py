"""Find where the speaker of a cue is mentioned: its subject, its agent, the noun after "selon"."""

from collections.abc import Iterator, Mapping

from language.claim_candidates import Source
from language.cue_groups import Cue
from language.cues import FINITE, FINITE_OR_PARTICIPLE, GERUND, INFINITIVE
from language.inversion import is_inverted
from language.reading import Reading
from language.relative_antecedents import antecedent_of
from language.source_phrases import BREAKS, noun_phrase_after, span_of, with_coordinates
from language.subjects import subject_of
from schemas.vocabulary import SpeakerMethod

_MAX_VOICE = 14
"""Tokens from "par la voix de X" to the verb behind it."""
_MAX_AGENT = 12
"""Tokens between a passive and its agent, quotations not counted."""


def source_of(reading: Reading, cues: Mapping[int, Cue], cue: Cue, inverted: bool, limit: int) -> Source | None:
    """The mention of who speaks by this cue, or None.

    Args:
        cues: all cues of the text by head token: a gerund shares the subject of the cue before it.
        inverted: the subject stands behind the verb.
        limit: end of the sentence.
    """
    if cue.inverted is not None:
        return Source(cue.inverted, cue.inverted + 1, cue.inverted, SpeakerMethod.SUBJECT)
    if inverted:
        return noun_phrase_after(reading, cue.end, limit, SpeakerMethod.SUBJECT)
    if cue.passive:
        return _agent(reading, cue, limit)
    voice = _by_the_voice_of(reading, cue, limit) or _made_to_say(reading, cue, limit)
    if voice is not None:
        return voice
    start = _reach_of_subject(reading, cue)
    if _shares_subject(reading, cue):
        other = _cue_before(reading, cues, cue, start)
        if other is not None:
            return source_of(reading, cues, other, is_inverted(reading, other, limit), limit)
    head = subject_of(reading, cue, start)
    if head is None:
        return None
    read = _what_is_read(reading, cue, head, limit)
    if read is not None:
        return read
    head = antecedent_of(reading, head)
    first, last = span_of(reading, head, 0)
    if head < cue.first and any(map(reading.is_plural, _finite(reading, cue))):
        first, last = with_coordinates(reading, first, last, cue.first)
    if head < cue.first:
        last = min(last, cue.first)  # the parse may hang the verb on its own subject
    return Source(first, last, head, SpeakerMethod.SUBJECT)


def _finite(reading: Reading, cue: Cue) -> Iterator[int]:
    return filter(reading.is_finite, range(cue.start, cue.end))


def _reach_of_subject(reading: Reading, cue: Cue) -> int:
    """First token where the subject may stand: "le dirigeant « a affirmé que P »" has it outside, "Deux élus
    s'inquiètent : le maire a dit que P" behind the colon."""
    sentence = reading.sentences[reading.sentence_of[cue.head]]
    if sentence.quotation is None or reading.next_word(sentence.start, sentence.end) < cue.first:
        return _behind_colon(reading, sentence.start, cue)
    outer = reading.outer_sentence(sentence.start)
    return outer.start if outer is not None else sentence.start


def _behind_colon(reading: Reading, start: int, cue: Cue) -> int:
    """Behind the last colon before a finite cue, if a noun, a name or a pronoun stands between."""
    if cue.form is not FINITE and cue.start == cue.head:
        return start
    if ":" not in reading.lower[start + 1 : cue.first]:
        return start  # before nearly all cues
    for index in range(cue.first - 1, start, -1):
        if reading.lower[index] == ":" and reading.in_quotation[index] == reading.in_quotation[cue.head]:
            between = [i for i in range(index + 1, cue.first) if reading.in_quotation[i] == reading.in_quotation[index]]
            pronouns = reading.words["subject_pronouns"]
            named = any(reading.pos[i] in ("NOUN", "PROPN") or reading.lower[i] in pronouns for i in between)
            return index + 1 if named else start
    return start


def _by_the_voice_of(reading: Reading, cue: Cue, limit: int) -> Source | None:
    """ "indique par la voix de X", "le Sénat, par la voix de X, indique" """
    first_words = reading.words.first.get("by_the_voice", frozenset())
    if first_words.isdisjoint(reading.lower[max(0, cue.first - _MAX_VOICE) : cue.end + 4]):
        return None
    for index in range(cue.end, min(limit, cue.end + 4)):
        if reading.lower[index] in first_words and _is_by_the_voice(reading, index) and index + 4 < limit:
            return noun_phrase_after(reading, index + 4, limit, SpeakerMethod.SUBJECT)
    for index in range(cue.first - 1, max(0, cue.first - _MAX_VOICE), -1):
        if reading.is_finite(index) or reading.in_quotation[index] != reading.in_quotation[cue.head]:
            return None
        if reading.lower[index] in first_words and _is_by_the_voice(reading, index):
            return noun_phrase_after(reading, index + 4, cue.first, SpeakerMethod.SUBJECT)
    return None


def _is_by_the_voice(reading: Reading, index: int) -> bool:
    return " ".join(reading.lower[index : index + 3]) in reading.words["by_the_voice"]


def _what_is_read(reading: Reading, cue: Cue, subject: int, limit: int) -> Source | None:
    """ "Dans un communiqué du port, on apprend que P", "On peut lire sur le site : « P »": what is read says it."""
    if reading.lower[subject] not in reading.words["readers"] or cue.entry.lemma not in reading.words["reading_verbs"]:
        return None
    opening = reading.next_word(reading.sentences[reading.sentence_of[cue.head]].start, subject)
    first, last = opening, subject - 1
    if opening == subject:
        first, last = cue.end, limit
    elif reading.lower[last] != ",":
        return None
    if first + 1 >= last or reading.lower[first] not in reading.words["read_in"]:
        return None
    source = noun_phrase_after(reading, first + 1, last, SpeakerMethod.SUBJECT)
    return None if source is None or reading.is_time(source.head) else source


def is_causative(reading: Reading, cue: Cue) -> bool:
    """ "Ce revers fait dire au maire que P": whoever is made to speak speaks, not what makes him."""
    return (
        cue.form is INFINITIVE
        and cue.first == cue.head > 0
        and reading.lower[cue.head - 1] in reading.words["causatives"]
    )


def _made_to_say(reading: Reading, cue: Cue, limit: int) -> Source | None:
    """The noun phrase behind "à": "fait dire à X que P"."""
    if not is_causative(reading, cue):
        return None
    if cue.end + 1 < limit and reading.lower[cue.end] in reading.words["place_prepositions"]:
        return noun_phrase_after(reading, cue.end + 1, limit, SpeakerMethod.SUBJECT)
    return None


def _shares_subject(reading: Reading, cue: Cue) -> bool:
    """A gerund set off by a comma or "en", or a second verb behind "et", has the subject of the first."""
    if cue.first == 0:
        return False
    previous = reading.lower[cue.first - 1]
    if cue.form is GERUND:
        markers = reading.words["gerund_markers"]
        return previous in BREAKS or previous in markers or reading.lower[cue.first] in markers
    if cue.form is INFINITIVE:
        return True
    return previous in reading.words["and_words"]


def _cue_before(reading: Reading, cues: Mapping[int, Cue], cue: Cue, start: int) -> Cue | None:
    """The last finite cue before this one, outside the words that another one governs by the parse."""
    for index in range(cue.first - 1, start - 1, -1):
        other = cues.get(index)
        if other is not None and other.form in FINITE_OR_PARTICIPLE and not other.passive:
            nested = cue.form is GERUND and _is_nested(reading, cues, other, start)
            if reading.in_quotation[index] == reading.in_quotation[cue.head] and not nested:
                return other
        elif reading.is_finite(index) and cue.form is not GERUND:
            return None
    return None


def _is_nested(reading: Reading, cues: Mapping[int, Cue], cue: Cue, start: int) -> bool:
    """ "X affirme que Y laisse penser que P, tout en ajoutant": the gerund is X's."""
    for index in range(start, cue.first):
        outer = cues.get(index)
        if reading.in_quotation[index] != reading.in_quotation[cue.head]:
            continue
        if outer is not None and outer.form in FINITE_OR_PARTICIPLE and outer.end < cue.first:
            opens = any(
                reading.lower[i] in reading.words["that"] for i in range(outer.end, min(outer.end + 3, cue.first))
            )
            joined = any(reading.lower[i] in reading.words["coordinators"] for i in range(outer.end, cue.first))
            if opens and not joined:
                return True
    return False


def _agent(reading: Reading, cue: Cue, limit: int) -> Source | None:
    """ "accusé par X", "décrit comme « P » par X"; not the instrument of an infinitive ("soupçonné d'agir par X")."""
    outside = 0
    for index in range(cue.end, limit):
        if reading.in_quotation[index] != reading.in_quotation[cue.head]:
            continue
        outside += 1
        if outside > _MAX_AGENT or reading.lower[index] in reading.words["that"]:
            return None
        if reading.is_finite(index) or reading.is_infinitive(index):
            return None
        if reading.lower[index] in reading.words["agent_markers"]:
            return noun_phrase_after(reading, index + 1, limit, SpeakerMethod.AGENT)
    return None
