"""The noun phrases that mention a speaker: where they begin, where they end, which word is their head."""

from language.claim_candidates import Source
from language.reading import Reading
from schemas.vocabulary import SpeakerMethod

BREAKS = frozenset({",", "–", "—", ";", ":", "(", ")", "«", "»", '"'})
_CUT_BELOW = frozenset({"acl:relcl", "acl", "punct", "parataxis", "cc", "conj", "advcl", "dep", "discourse"})
_HYPHENS = frozenset("-‐‑")
_NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "NUM", "X", "ADJ", "SYM"})
_NAMING = frozenset({"NOUN", "PROPN", "PRON"})
_VERBAL = frozenset({"VERB", "AUX", "SCONJ"})
_PARTS = frozenset({"NOUN", "PROPN", "ADJ", "ADP", "DET", "NUM"})


def noun_phrase_after(reading: Reading, start: int, limit: int, method: SpeakerMethod) -> Source | None:
    """The noun phrase that begins at or soon after `start`: up to a comma or an adverbial."""
    begin = _phrase_start(reading, start, limit)
    if begin is None:
        return None
    end = begin
    while end < limit and not _ends_phrase(reading, begin, end, limit):
        end += 1
    while end > begin + 1 and _hangs(reading, end - 1):
        end -= 1
    if end == begin:
        return None
    first, last = whole_words(reading, begin, end)
    return Source(first, last, _head_in(reading, first, last), method)


def span_of(reading: Reading, head: int, floor: int) -> tuple[int, int]:
    """The noun phrase around its head: its parse, without appositions, relative clauses and what follows a comma."""
    lower, members = reading.lower, {head}
    low, behind = head, head + 1
    while low > floor and lower[low - 1] not in BREAKS and _hangs_on(reading, low - 1, head, members):
        low -= 1
    while behind < len(lower) and lower[behind] not in BREAKS and _hangs_on(reading, behind, head, members):
        behind += 1
    return whole_words(reading, low, _behind_name(reading, head, _behind_shared_head(reading, behind)))


def _hangs_on(reading: Reading, index: int, head: int, members: set[int]) -> bool:
    """The token hangs on the head within its phrase, directly or by others, all of which are added to `members`."""
    dep, climbed = reading.dep, []
    while index not in members:
        above = reading.head[index]
        if dep[index] in _CUT_BELOW or above == index:
            return False
        if above == head and dep[index] == "case" and not is_article(reading, index):
            return False
        climbed.append(index)
        index = above
    members.update(climbed)
    return True


def is_article(reading: Reading, index: int) -> bool:
    """ "Hier, des riverains ont affirmé que P": at the head of a clause "des" is an article, whatever the parse says."""
    if reading.lower[index] not in reading.words["plural_indefinite"]:
        return False
    return index == 0 or reading.lower[index - 1] in BREAKS or not reading.is_word(index - 1)


def _behind_name(reading: Reading, head: int, end: int) -> int:
    """ "le président (élu) Paul Girard", "l'agence d'information locale Presstel": the name that follows the office or
    the kind of organisation without a comma."""
    index = end
    while index < len(reading.lower) and index - end < 2 and reading.pos[index] in ("ADJ", "VERB"):
        index += 1
    if index >= len(reading.lower) or reading.pos[end - 1] not in ("NOUN", "ADJ", "PROPN", "ADP"):
        return end
    kind = (
        reading.ent_type[index] == "ORG"
        and reading.is_capitalized(index)
        and reading.lower[head] in reading.words["named_kinds"]
    )
    if (reading.ent_type[index] != "PER" and not kind) or reading.ent_iob[index] != "B" or reading.is_finite(end):
        return end
    index += 1
    while index < len(reading.lower) and kind and reading.ent_iob[index] == "I":
        index += 1
    return index


def with_coordinates(reading: Reading, start: int, end: int, verb: int) -> tuple[int, int]:
    """ "Le maire et la préfète ont dit": all of a joined subject, whichever part the parse made its head.

    Args:
        verb: first token of the verb, which is in the plural.
    """
    first, last = start, end
    while first > 1 and reading.lower[first - 1] in reading.words["joining"]:
        before = _simple_phrase_ending(reading, first - 1)
        if before is None:
            break
        first = before
    if end < verb and _joins_phrases(reading, end, verb):
        last = verb
        while reading.is_space(last - 1) or reading.pos[last - 1] in ("ADV", "PUNCT"):
            last -= 1
    return first, last


def _joins_phrases(reading: Reading, start: int, end: int) -> bool:
    """Nothing but noun phrases, commas and "et" from `start` to `end`, with at least one "et" before a phrase."""
    joins = False
    for index in range(start, end):
        word = reading.lower[index]
        if word in reading.words["joining"]:
            joins = index + 1 < end
        elif not (
            reading.pos[index] in _PARTS
            or reading.pos[index] == "ADV"
            or reading.is_space(index)
            or word in (",", "'")
            or reading.ent_type[index]
        ):
            return False
    return joins


def _simple_phrase_ending(reading: Reading, end: int) -> int | None:
    """Start of the noun phrase that ends before the token `end`: a determiner or name begins it."""
    index = end
    while index > 0 and (
        reading.pos[index - 1] in ("NOUN", "PROPN", "ADJ", "NUM")
        or reading.ent_type[index - 1] == "PER"
        or reading.lower[index - 1] in reading.words["genitive"]
    ):
        index -= 1
    if index > 0 and reading.pos[index - 1] == "DET":
        index -= 1
    governed = index > 0 and reading.pos[index - 1] == "ADP"
    return None if index == end or governed or reading.is_time(index) else index


def _behind_shared_head(reading: Reading, end: int) -> int:
    """ "le ministre et porte-parole du gouvernement", "les ministères russe et biélorusse": one head noun, or one
    article, for both parts; "le ministre et le préfet" are two phrases."""
    pos, behind = reading.pos, end
    if end + 1 >= len(pos) or reading.lower[end] not in reading.words["joining"]:
        return end
    shares_head = pos[end + 1] in ("ADP", "ADJ") or (pos[end + 1] == "NOUN" and reading.ent_type[end + 1] == "")
    if not shares_head or reading.is_capitalized(end + 1):
        return end
    behind += 2
    while behind < len(pos) and pos[behind] in _PARTS and reading.lower[behind] not in BREAKS:
        if pos[behind] == "DET" and pos[behind - 1] != "ADP":
            break
        behind += 1
    while _hangs(reading, behind - 1) or pos[behind - 1] == "ADP":
        behind -= 1
    return max(behind, end)


def whole_words(reading: Reading, start: int, end: int) -> tuple[int, int]:
    """The tokens without cutting a compound ("Maison-Blanche", "stations-service") or a name in two."""
    while start > 0 and _joined(reading, start):
        start -= 1
    while end < len(reading.lower) and _joined(reading, end):
        end += 1
    return start, end


def _joined(reading: Reading, index: int) -> bool:
    """No word boundary before the token: within a hyphenated word, or within the name of a person."""
    hyphenated = reading.ends[index - 1] == reading.starts[index] and (
        reading.lower[index - 1] in _HYPHENS or (reading.lower[index] in _HYPHENS and index + 1 < len(reading.lower))
    )
    if not hyphenated and reading.ent_iob[index] != "I":
        return False
    if reading.is_space(index) or reading.is_space(index - 1):
        return False
    if hyphenated:
        return True
    inside = reading.ent_iob[index] == "I" and reading.ent_type[index] == "PER" == reading.ent_type[index - 1]
    return inside and (reading.is_capitalized(index) or reading.pos[index] in ("ADP", "DET"))  # not "Durand remarque"


def _phrase_start(reading: Reading, start: int, limit: int) -> int | None:
    """Behind adverbs, an aside between commas, and adverbials: "a déclaré (le 20 mars) (à l'agence) le maire"."""
    begin, commas = start, 0
    while begin < limit:
        tag, word = reading.pos[begin], reading.lower[begin]
        behind = _behind_adverbial(reading, begin, limit) if commas != 1 else None
        if word == ",":
            commas += 1
        elif behind is not None:
            begin = behind
            continue
        elif (
            commas != 1
            and (tag in ("DET", "NOUN", "PROPN", "PRON", "NUM", "X") or word in reading.words["determiners"])
        ) or (commas == 0 and tag not in ("ADV", "SPACE", "ADJ")):
            return begin
        begin += 1
    return None


def _behind_adverbial(reading: Reading, begin: int, limit: int) -> int | None:
    """Where the noun phrase starts behind a date or a prepositional phrase at `begin`; None if there is neither."""
    if reading.is_date(begin, limit):
        index = begin + 1
        while index < limit and reading.is_time(index):
            index += 1
        follows = index < limit and (_starts_phrase(reading, index, True) or reading.pos[index] == "ADP")
        return index if follows else None
    if reading.pos[begin] != "ADP" or reading.lower[begin] in reading.words["genitive"]:
        return None
    named = False
    for index in range(begin + 1, limit):
        tag, word = reading.pos[index], reading.lower[index]
        if word in BREAKS or tag in _VERBAL or reading.is_space(index):
            return None
        if _starts_phrase(reading, index, named):
            return index
        if index == begin + 1 and tag == "ADV":
            return None  # "au moins trois personnes"
        named = named or tag in _NAMING or reading.ent_type[index] != ""
    return None


def _starts_phrase(reading: Reading, index: int, named: bool) -> bool:
    """A determiner or a person's name that no preposition governs, behind a complete phrase."""
    if not named or reading.pos[index - 1] in ("ADP", "DET"):
        return False
    return reading.pos[index] == "DET" or (reading.ent_type[index] == "PER" and reading.ent_iob[index] == "B")


def _ends_phrase(reading: Reading, begin: int, index: int, limit: int) -> bool:
    word = reading.lower[index]
    if word in BREAKS or "\n" in word or (word in ".!?" and len(word) == 1):
        return True
    if index == begin:
        return False
    if reading.ent_iob[index] == "I":
        return False  # "l'Automobile club de Lyon", whatever the tagger takes its words for
    if reading.pos[index] == "ADP":
        return word not in reading.words["genitive"] or _is_infinitive_group(reading, index + 1, limit)
    if (
        (reading.pos[index] in _VERBAL and not reading.is_capitalized(index))
        or word in reading.words["subject_pronouns"]
        or word in reading.words["subordinators"]
        or word in reading.words["relatives"]
        or word in reading.words["that"]
    ):
        return True
    return reading.ent_type[index] in ("DATE", "TIME") and reading.pos[index] in ("NOUN", "DET", "PRON", "NUM")


def _is_infinitive_group(reading: Reading, index: int, limit: int) -> bool:
    """ "accusé par X de (ne pas) mentir": "de" begins the words, not a complement of X."""
    skipped = reading.words["clitics"] | reading.words["negation_adverbs"]
    while index < limit and reading.lower[index] in skipped and not reading.is_infinitive(index):
        index += 1
    return index < limit and reading.is_infinitive(index)


def _hangs(reading: Reading, index: int) -> bool:
    """A preposition, article or adverb that the phrase cannot end with."""
    word = reading.lower[index]
    return word in reading.words["genitive"] or reading.pos[index] in ("ADV", "DET", "CCONJ") or reading.is_space(index)


def _head_in(reading: Reading, start: int, end: int) -> int:
    """The token of the span whose head lies outside; else the first noun, name or pronoun."""
    nominal = [i for i in range(start, end) if reading.pos[i] in _NOMINAL and reading.is_word(i)]
    for i in nominal:
        if reading.pos[i] in _NAMING and not start <= reading.head[i] < end:
            return i
    for i in nominal:
        if reading.pos[i] in _NAMING:
            return i
    return nominal[0] if nominal else start


def head_of_phrase(reading: Reading, last: int, start: int, inside: frozenset[str]) -> int:
    """Head of the noun phrase that ends with the token `last`; it never lies beyond a comma."""
    while start < last and reading.lower[start:last].count(","):
        start += reading.lower[start:last].index(",") + 1
    head = last
    while start <= reading.head[head] < head and reading.dep[head] in inside and reading.is_word(reading.head[head]):
        head = reading.head[head]
    return head
