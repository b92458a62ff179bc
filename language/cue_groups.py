"""Find the cues of a text: verb groups ("a-t-il déclaré", "a été accusé", "en précisant") and what they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from language.cues import FINITE, GERUND, INFINITIVE, PARTICIPLE, CueEntry, CueLexicon, VerbForm
from language.reading import Reading
from schemas.vocabulary import CueClass

_MAX_ASIDE = 5
_MAX_GROUP = 9
"""Tokens between auxiliary and participle: "n'a-t-il pourtant pas encore déclaré"."""
_MAX_ADVERBIAL = 4
"""Tokens of an adverbial that is trusted against the tagger: "à tort", "par la suite"."""
_MAX_TAIL = 5
"""Tokens from a phrase's verb to the last word of it: "fait, lui aussi, savoir"."""


@dataclass(slots=True)  # not frozen: made by the hundred, and a frozen one takes four times as long to make
class Cue:
    """One verb group that may attribute words.

    Args:
        start, end: tokens of the group, half-open, clitics and negation left out.
        head: token of the verb that carries the meaning.
        entry: what the data says about it.
        form: of the head.
        passive: "a été annoncé", "accusé de".
        inverted: token of the subject pronoun behind the verb ("-t-il"), or None.
        negated: the group carries a negation.
        first: first token of the whole group with its clitics.
        has_object: a clitic object stands before it ("l'a dit"): it governs nothing behind it.
    """

    start: int
    end: int
    head: int
    entry: CueEntry
    form: VerbForm
    passive: bool
    inverted: int | None
    negated: bool
    first: int
    has_object: bool


def find_cues(reading: Reading, lexicon: CueLexicon, listed: Sequence[int]) -> list[Cue]:
    """All verb cues in text order; the longest where several begin at one verb.

    Args:
        listed: the tokens that are one of the lexicon's words.
    """
    found: list[Cue] = []
    lower, verbs, tails = reading.lower, lexicon.verbs, lexicon.tails
    for index in listed:
        form = lower[index]
        readings = verbs.get(form, ())
        if form in tails and tails[form].isdisjoint(lower[index + 1 : index + 1 + _MAX_TAIL]):
            readings = lexicon.single_verbs[form]  # of "est" and "fait", the most frequent ones, none
        cues = _cues_at(reading, index, readings) if readings else ()
        if cues:
            found.append(cues[0] if len(cues) == 1 else _most_specific(cues))
    return found


def _cues_at(reading: Reading, index: int, readings: Sequence[tuple[CueEntry, VerbForm]]) -> list[Cue]:
    """What the verb may be of all that its form may be; its auxiliaries are the same for each."""
    found: list[Cue] = []
    group: _Group | None = None
    for entry, kind in readings:
        if not _may_be_form(reading, index, entry, kind):
            continue
        end, inverted = _after_verb(reading, index, entry)
        if end is not None:
            group = group or _auxiliaries(reading, index)
            cue = _cue(reading, index, entry, kind, group, end, inverted)
            if cue is not None:
                found.append(cue)
    return found


def _may_be_form(reading: Reading, index: int, entry: CueEntry, kind: VerbForm) -> bool:
    """By its tag and the word before it an infinitive or a gerund, if it is to be one."""
    if kind is INFINITIVE:
        return reading.pos[index] in ("VERB", "AUX") and "quoted_only" not in entry.takes
    if kind is GERUND and reading.pos[index] not in ("VERB", "AUX", "ADJ"):
        return index > 0 and reading.lower[index - 1] in reading.words["gerund_markers"]
    return True


def _most_specific(cues: list[Cue]) -> Cue:
    """A phrase beats its bare verb, a reflexive entry the plain one, an active participle a finite form."""
    return max(cues, key=lambda c: (len(c.entry.tail), c.entry.reflexive, c.end - c.start, -c.passive))


def _cue(
    reading: Reading, index: int, entry: CueEntry, kind: VerbForm, group: "_Group", end: int, inverted: int | None
) -> Cue | None:
    if entry.reflexive != group.reflexive:
        return None
    if kind is PARTICIPLE:
        if group.start == index and not _bare_participle(reading, index, entry):
            return None
        passive = group.passive or (group.start == index and not _joined_to_active(reading, index))
    elif group.start < index:
        return None
    else:
        passive = False
        if kind is FINITE and not _is_finite_cue(reading, index, entry, inverted):
            return None
    if (
        kind is INFINITIVE
        and "finite_only" in entry.takes
        and not (_is_recent_past(reading, group.first) or _is_read(reading, group.first, entry))
    ):
        return None
    start = group.start - 1 if entry.reflexive and group.first < group.start else group.start
    return Cue(
        start=start,
        end=end,
        head=index,
        entry=entry,
        form=kind,
        passive=passive,
        inverted=inverted if inverted is not None else group.inverted,
        negated=group.negated,
        first=group.first,
        has_object=group.has_object,
    )


def _is_recent_past(reading: Reading, first: int) -> bool:
    """ "des chercheurs viennent de montrer que": a tense of the verb, and no infinitive by itself."""
    markers = reading.words.infinitive_markers.get("de", frozenset())
    return (
        first > 1 and reading.lower[first - 1] in markers and reading.lower[first - 2] in reading.words["recent_past"]
    )


def _is_read(reading: Reading, first: int, entry: CueEntry) -> bool:
    """ "On peut lire dans le rapport que": what can be read there is said there."""
    words = reading.words
    return (
        first > 1
        and entry.lemma in words["reading_verbs"]
        and reading.lower[first - 1] in words["reading_modals"]
        and reading.lower[first - 2] in words["readers"]
    )


class _Group(NamedTuple):
    start: int
    first: int
    passive: bool
    reflexive: bool
    negated: bool
    inverted: int | None
    has_object: bool


def _is_auxiliary(reading: Reading, index: int, participle: int) -> bool:
    """By its tag, or, where the tagger takes it for a main verb, because prepositions govern all nouns behind it:
    "les autorités ont par la suite confirmé"; not "a en outre un projet annoncé"."""
    if reading.pos[index] == "AUX":
        return True
    tags = reading.pos[index:participle]
    governed = all(tag != "DET" or before == "ADP" for before, tag in pairwise(tags))
    return governed and tags[1] == "ADP" and len(tags) - 1 <= _MAX_ADVERBIAL


def _auxiliaries(reading: Reading, index: int) -> _Group:
    """Walk left from the verb over adverbs, "été", inverted pronouns and the auxiliary, then over clitics."""
    words, lower = reading.words, reading.lower
    start, passive, inverted, been = index, False, None, False
    reflexive_auxiliary = adverbial = False
    have, be = words["auxiliaries_have"], words["auxiliaries_be"]
    for i in range(index - 1, max(-1, index - _MAX_GROUP), -1):
        word = lower[i]
        if word in have and (not adverbial or _is_auxiliary(reading, i, index)):
            governed = reading.dep[i].startswith("aux") and reading.head[i] == index
            if adverbial and not governed and reading.pos[i + 1] not in ("ADP", "ADV", "PRON"):
                break
            start, passive = i, been
            break
        if word in words["been"]:
            been = True
        elif word in be:
            if adverbial:
                break
            start, passive, reflexive_auxiliary = i, True, True
            break
        elif word in words["euphonic"]:
            continue
        elif word in words["inverted_subjects"] and word.startswith("-"):
            inverted = i
        elif reading.pos[i] in ("NOUN", "DET", "ADJ", "ADP") and word not in words["that"]:
            # "a d'abord affirmé", "a, dans la foulée, indiqué": an adverbial, checked at the auxiliary.
            adverbial = adverbial or not _may_stand_inside(reading, i)
        elif not _may_stand_inside(reading, i):
            break
    if start == index:
        inverted = None
    first, reflexive, negated, has_object = start, False, False, False
    while first > 0 and lower[first - 1] in words["clitics"]:
        if lower[first - 1] in words["negations"]:
            negated = True
        elif lower[first - 1] in words["object_clitics"]:
            has_object = True
        elif lower[first - 1] in words["reflexives"]:
            reflexive = True
        first -= 1
    if reflexive and reflexive_auxiliary:
        passive = False
    return _Group(start, first, passive, reflexive, negated, inverted, has_object)


def _may_stand_inside(reading: Reading, index: int) -> bool:
    return (
        reading.pos[index] == "ADV"
        or reading.is_space(index)
        or reading.lower[index] in reading.words["negation_adverbs"]
        or reading.lower[index] in reading.words["inside_verb_group"]
    )


def _after_verb(reading: Reading, index: int, entry: CueEntry) -> tuple[int | None, int | None]:
    """End of the group (after a phrase's tail) and the inverted subject pronoun right behind the verb."""
    lower, words, end, inverted = reading.lower, reading.words, index + 1, None
    while end < len(lower) and lower[end].startswith("-"):
        if lower[end] not in words["euphonic"]:
            if lower[end] not in words["inverted_subjects"]:
                break
            inverted = end
        end += 1
    if not entry.tail:
        return end, inverted
    wanted = list(entry.tail)
    position = end
    while wanted and position < min(len(lower), index + _MAX_TAIL):
        if lower[position] == wanted[0]:
            wanted.pop(0)
            end = position + 1
        elif reading.pos[position] not in ("ADV", "PRON") or lower[position] in words["that"]:
            break
        position += 1
    return (None, None) if wanted else (end, inverted)


def _is_finite_cue(reading: Reading, index: int, entry: CueEntry, inverted: int | None) -> bool:
    if inverted is not None:
        return True
    previous = reading.lower[index - 1] if index else ""
    if not entry.tail and previous in reading.words["not_after"] and entry.cue_class is not CueClass.REPORT:
        return False
    determined = previous in reading.words["determiners"] and previous not in reading.words["clitics"]
    if determined and reading.pos[index - 1] != "PRON":  # "certains craignent que"
        return False
    if reading.pos[index] in ("VERB", "AUX"):
        return True
    return (
        _is_only_a_verb(reading, index)
        or ("incise" in entry.takes and _follows_quotation(reading, index))
        or _must_be_verb(reading, index, entry)
    )


def _is_only_a_verb(reading: Reading, index: int) -> bool:
    """A form that is no noun and no adjective: "affirme", "scandent", "ajouta"; the tagger errs, the form cannot."""
    word = reading.lower[index]
    return word not in reading.words["also_nouns"] and word.endswith(tuple(reading.words["finite_endings"]))


def _follows_quotation(reading: Reading, index: int) -> bool:
    """Only a comma or a clitic stands between a quotation and the verb: "« P », lance X"."""
    before = index - 1
    while before >= 0 and (
        reading.is_space(before) or reading.lower[before] == "," or reading.lower[before] in reading.words["reflexives"]
    ):
        if "\n" in reading.lower[before]:
            return False
        before -= 1
    return before >= 0 and reading.in_quotation[before] >= 0 and reading.in_quotation[index] < 0


def _must_be_verb(reading: Reading, index: int, entry: CueEntry) -> bool:
    """A verb that the tagger took for something else: no article before, "que", a colon or a quotation behind."""
    if index == 0 or not entry.takes & {"que", "quote", "incise"}:
        return False
    before = index - 1
    if reading.pos[before] == "ADJ" and index > 1:
        before = index - 2  # "L'armée turque annonce que P"
        if reading.pos[before] not in ("NOUN", "PROPN"):
            return False
    if reading.pos[before] in ("DET", "ADP", "NUM", "CCONJ") or not (
        reading.is_word(index - 1) or reading.lower[index - 1] == ","
    ):
        return False
    for following in range(index + 1, min(len(reading.lower), index + _MAX_ASIDE)):
        word = reading.lower[following]
        if (
            word in reading.words["that"]
            or word == ":"
            or reading.in_quotation[following] != reading.in_quotation[index]
        ):
            return True
        if reading.pos[following] not in ("ADV", "ADP", "SPACE") and word not in reading.words["inside_verb_group"]:
            return False
    return False


def _bare_participle(reading: Reading, index: int, entry: CueEntry) -> bool:
    return reading.pos[index] in ("VERB", "AUX", "ADJ") or _joined_to_active(reading, index)


def _joined_to_active(reading: Reading, index: int) -> bool:
    """ "a reçu le maire et promis de l'aider": the auxiliary stands at the first participle only."""
    lower = reading.lower
    if index == 0 or lower[index - 1] not in reading.words["and_words"]:
        return False
    if index + 1 < len(lower) and lower[index + 1] in reading.words["that"]:
        return True
    for i in range(index - 2, max(-1, index - 40), -1):
        if lower[i] in reading.words["auxiliaries_have"] and reading.pos[i] == "AUX":
            return True
        if reading.is_finite(i) or "\n" in lower[i]:
            return False
    return False
