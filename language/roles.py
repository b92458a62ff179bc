"""The title or function beside a person's name: "le secrétaire d'État américain Anthony Blinken".

Three places are read: directly before the name, before it with a comma ("Le porte-parole du Kremlin, Dmitri
Peskov, …"), and after it between commas or in brackets ("Dmitri Peskov, porte-parole du Kremlin, …"). The words
are data (``language/<code>/roles.toml``); tags only tell where a phrase must end. "M." and "Mme" are no roles.
"""

from dataclasses import dataclass
from functools import lru_cache

from language.data_files import load_table
from language.token_columns import TokenColumns

MAX_ROLE_TOKENS = 14
"""Longer phrases are biographies; "secrétaire d'État chargé de la Transition numérique et des …" has 13."""

_ENDING = frozenset({"VERB", "AUX", "PRON", "SCONJ", "INTJ"})
_PLAIN = frozenset({"NOUN", "ADJ", "PROPN", "NUM", "ADV", "X"})


@dataclass(frozen=True, slots=True)
class Role:
    """Code points [start, end) of the role without its determiner, and the sex its words tell ("m", "f" or None)."""

    start: int
    end: int
    gender: str | None = None


@dataclass(frozen=True, slots=True)
class _RoleWords:
    nouns: frozenset[str]
    titles: frozenset[str]
    prefixes: frozenset[str]
    joints: frozenset[str]
    determiners: frozenset[str]
    breaks: frozenset[str]
    masculine: frozenset[str]
    feminine: frozenset[str]
    masculine_civilities: frozenset[str]
    feminine_civilities: frozenset[str]


@lru_cache(maxsize=8)
def _role_words(language: str) -> _RoleWords:
    table = load_table(language, "roles")

    def words(name: str) -> frozenset[str]:
        return frozenset(table.get(name, ()))

    return _RoleWords(
        nouns=frozenset(noun.lower() for noun in words("nouns")),
        titles=words("titles"),
        prefixes=words("prefixes"),
        joints=words("joints"),
        determiners=words("determiners"),
        breaks=words("breaks"),
        masculine=words("masculine_determiners"),
        feminine=words("feminine_determiners"),
        masculine_civilities=words("masculine_civilities"),
        feminine_civilities=words("feminine_civilities"),
    )


def civility_gender(tokens: TokenColumns, first: int) -> str | None:
    """ "m" after "M.", "f" after "Mme", before the name whose first token is `first`; else None."""
    if first == 0:
        return None
    words = _role_words(tokens.doc.lang_)
    said = tokens.lower[first - 1]
    if said == "." and first > 1:
        said = tokens.lower[first - 2] + "."
    if said in words.masculine_civilities:
        return "m"
    return "f" if said in words.feminine_civilities else None


def is_title(tokens: TokenColumns, index: int) -> bool:
    """Whether the token is a title or civility that a model may have taken for the first part of a name."""
    words = _role_words(tokens.doc.lang_)
    return tokens.lower[index] in words.titles or _is_civility(tokens.lower[index], words)


def find_role(tokens: TokenColumns, first: int, end: int) -> Role | None:
    """The role beside the name that is tokens [first, end), or None."""
    words = _role_words(tokens.doc.lang_)
    if not words.nouns or first >= end:
        return None
    return _before(tokens, first, end, words) or _after(tokens, end, words)


def _is_civility(word: str, words: _RoleWords) -> bool:
    return word in words.masculine_civilities or word in words.feminine_civilities


def _before(tokens: TokenColumns, first: int, end: int, words: _RoleWords) -> Role | None:
    lower = tokens.lower
    position = _before_civility(tokens, first, words) - 1
    comma = position >= 0 and lower[position] == ","
    if comma:
        if end < len(lower) and lower[end] not in (",", ".", ")", "»", ";", ":"):
            return None  # "Selon le président, Poutine a …": no apposition
        position -= 1
    last = position + 1
    if position < 0 or lower[position] in words.joints:
        return None  # "le porte-parole de M. Johnson", "le dirigeant français et Biden"
    heads: list[int] = []
    lowest = max(-1, position - MAX_ROLE_TOKENS)
    while position > lowest:
        if not _inside(tokens, position, words):
            break
        if lower[position] in words.nouns and _is_head(tokens, position, words):
            heads.append(position)
        position -= 1
    if not heads:
        return None
    # "le porte-parole du président Emmanuel Macron": without a comma the inner office is the named one's,
    # if nothing but adjectives stands between; "le porte-parole du Kremlin Dmitri Peskov" has one head only.
    inner = heads[0]
    adjacent = all(tag == "ADJ" for tag in tokens.pos[inner + 1 : last])
    head = inner if adjacent and not comma else heads[-1]
    start = _with_prefixes(tokens, head, words)
    return Role(tokens.starts[start], tokens.ends[last - 1], _gender(tokens, start, words))


def _after(tokens: TokenColumns, end: int, words: _RoleWords) -> Role | None:
    lower = tokens.lower
    if end >= len(lower) or lower[end] not in (",", "("):
        return None
    position = end + 1
    if position < len(lower) and lower[position] in words.determiners:
        position += 1
    start = position
    while position < len(lower) and lower[position].rstrip("-") in words.prefixes and position - start < 2:
        position += 1
    if position >= len(lower):
        return None
    if lower[position] not in words.nouns:
        if position == start or lower[position - 1] not in words.nouns:
            return None
        position -= 1
    stop = position + 1
    limit = min(len(lower), start + MAX_ROLE_TOKENS)
    while stop < limit and (_inside(tokens, stop, words) or _is_complement(tokens, stop)):
        stop += 1
    if stop < len(lower) and (tokens.ent_type[stop] == "PER" or stop == limit):
        return None  # "Macron, la chancelière Angela Merkel et …": a list of people
    while stop > position + 1 and lower[stop - 1] in words.joints:
        stop -= 1
    return Role(tokens.starts[start], tokens.ends[stop - 1], _gender(tokens, start, words))


def _before_civility(tokens: TokenColumns, first: int, words: _RoleWords) -> int:
    """The first token of the name's civility, or of the name if it has none."""
    if civility_gender(tokens, first) is None:
        return first
    position = first
    while position > 0 and first - position < 2:
        before = tokens.lower[position - 1]
        if before != "." and not _is_civility(before, words):
            break
        position -= 1
    return position


def _inside(tokens: TokenColumns, index: int, words: _RoleWords) -> bool:
    """Whether the token may be part of a role."""
    word = tokens.lower[index]
    if word in words.joints or word in words.nouns:
        return True
    if word in words.breaks or tokens.ent_type[index] == "PER":
        return False
    tag = tokens.pos[index]
    named = tag in _PLAIN or (tag not in _ENDING and tokens.is_capitalized(index))
    return named and not (tokens.is_space(index) or tokens.is_mark(index))


def _is_complement(tokens: TokenColumns, position: int) -> bool:
    """Whether the person at `position` complements a role: "porte-parole de Vladimir Poutine"."""
    if tokens.ent_type[position] != "PER":
        return False
    first = position
    while first > 0 and tokens.ent_iob[first] == "I":
        first -= 1
    return tokens.lower[first - 1] in ("de", "d'") if first else False


def _is_head(tokens: TokenColumns, position: int, words: _RoleWords) -> bool:
    """A noun is a head at the start of its phrase: after a determiner, a prefix, or no word of the role."""
    if position == 0:
        return True
    before = tokens.lower[position - 1]
    if before.rstrip("-") in words.prefixes and before not in words.joints:
        return True
    return before in words.determiners or not _inside(tokens, position - 1, words)


def _with_prefixes(tokens: TokenColumns, head: int, words: _RoleWords) -> int:
    start = head
    while start > 0 and tokens.lower[start - 1].rstrip("-") in words.prefixes and head - start < 2:
        start -= 1
    return start


def _gender(tokens: TokenColumns, start: int, words: _RoleWords) -> str | None:
    determiner = tokens.lower[start - 1] if start else ""
    if determiner in words.masculine:
        return "m"
    return "f" if determiner in words.feminine else None
