"""The title or function beside a person's name: "le secrétaire d'État américain Anthony Blinken".

Three places are read: directly before the name, before it with a comma ("Le porte-parole du Kremlin, Dmitri
Peskov, …"), and after it between commas or in brackets ("Dmitri Peskov, porte-parole du Kremlin, …"). The words
are data (``language/<code>/roles.toml``); tags only tell where a phrase must end. "M." and "Mme" are no roles.
"""

from dataclasses import dataclass
from functools import lru_cache

from spacy.tokens import Doc, Token

from language.data_files import load_table

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


def civility_gender(doc: Doc, first: int) -> str | None:
    """ "m" after "M.", "f" after "Mme", before the name whose first token is `first`; else None."""
    words = _role_words(doc.lang_)
    before = doc[max(0, first - 2) : first]
    said = "".join(token.lower_ for token in before) if len(before) == 2 and before[-1].text == "." else ""
    last = before[-1].lower_ if len(before) else ""
    if {last, said} & words.masculine_civilities:
        return "m"
    return "f" if {last, said} & words.feminine_civilities else None


def is_title(token: Token) -> bool:
    """Whether `token` is a title or civility that a model may have taken for the first part of a name."""
    words = _role_words(token.doc.lang_)
    return token.lower_ in words.titles or token.lower_ in words.masculine_civilities | words.feminine_civilities


def find_role(doc: Doc, first: int, end: int) -> Role | None:
    """The role beside the name that is tokens [first, end) of `doc`, or None."""
    words = _role_words(doc.lang_)
    if not words.nouns or first >= end:
        return None
    return _before(doc, first, end, words) or _after(doc, end, words)


def _before(doc: Doc, first: int, end: int, words: _RoleWords) -> Role | None:
    position = _before_civility(doc, first, words) - 1
    comma = position >= 0 and doc[position].text == ","
    if comma:
        if end < len(doc) and doc[end].text not in (",", ".", ")", "»", ";", ":"):
            return None  # "Selon le président, Poutine a …": no apposition
        position -= 1
    last = position + 1
    if position < 0 or doc[position].lower_ in words.joints:
        return None  # "le porte-parole de M. Johnson", "le dirigeant français et Biden"
    heads: list[int] = []
    lowest = max(-1, position - MAX_ROLE_TOKENS)
    while position > lowest:
        token = doc[position]
        if not _inside(token, words):
            break
        if token.lower_ in words.nouns and _is_head(doc, position, words):
            heads.append(position)
        position -= 1
    if not heads:
        return None
    # "le porte-parole du président Emmanuel Macron": without a comma the inner office is the named one's,
    # if nothing but adjectives stands between; "le porte-parole du Kremlin Dmitri Peskov" has one head only.
    inner = heads[0]
    adjacent = all(doc[i].pos_ == "ADJ" for i in range(inner + 1, last))
    head = inner if adjacent and not comma else heads[-1]
    start = _with_prefixes(doc, head, words)
    return Role(doc[start].idx, _end_char(doc[last - 1]), _gender(doc, start, words))


def _after(doc: Doc, end: int, words: _RoleWords) -> Role | None:
    if end >= len(doc) or doc[end].text not in (",", "("):
        return None
    position = end + 1
    if position < len(doc) and doc[position].lower_ in words.determiners:
        position += 1
    start = position
    while position < len(doc) and doc[position].lower_.rstrip("-") in words.prefixes and position - start < 2:
        position += 1
    if position >= len(doc):
        return None
    if doc[position].lower_ not in words.nouns:
        if position == start or doc[position - 1].lower_ not in words.nouns:
            return None
        position -= 1
    stop = position + 1
    limit = min(len(doc), start + MAX_ROLE_TOKENS)
    while stop < limit and (_inside(doc[stop], words) or _is_complement(doc, stop)):
        stop += 1
    if stop < len(doc) and (doc[stop].ent_type_ == "PER" or stop == limit):
        return None  # "Macron, la chancelière Angela Merkel et …": a list of people
    while stop > position + 1 and doc[stop - 1].lower_ in words.joints:
        stop -= 1
    return Role(doc[start].idx, _end_char(doc[stop - 1]), _gender(doc, start, words))


def _before_civility(doc: Doc, first: int, words: _RoleWords) -> int:
    """The first token of the name's civility, or of the name if it has none."""
    position = first
    while position > 0 and first - position < 2:
        before = doc[position - 1].lower_
        if before != "." and before not in words.masculine_civilities | words.feminine_civilities:
            break
        position -= 1
    return position if civility_gender(doc, first) else first


def _inside(token: Token, words: _RoleWords) -> bool:
    """Whether `token` may be part of a role."""
    if token.lower_ in words.joints or token.lower_ in words.nouns:
        return True
    if token.is_space or token.is_punct or token.lower_ in words.breaks or token.ent_type_ == "PER":
        return False
    return token.pos_ in _PLAIN or (token.pos_ not in _ENDING and token.text[:1].isupper())


def _is_complement(doc: Doc, position: int) -> bool:
    """Whether the person at `position` complements a role: "porte-parole de Vladimir Poutine"."""
    if doc[position].ent_type_ != "PER":
        return False
    first = position
    while first > 0 and doc[first].ent_iob_ == "I":
        first -= 1
    return doc[first - 1].lower_ in ("de", "d'") if first else False


def _is_head(doc: Doc, position: int, words: _RoleWords) -> bool:
    """A noun is a head at the start of its phrase: after a determiner, a prefix, or no word of the role."""
    if position == 0:
        return True
    before = doc[position - 1]
    if before.lower_.rstrip("-") in words.prefixes and before.lower_ not in words.joints:
        return True
    return before.lower_ in words.determiners or not _inside(before, words)


def _with_prefixes(doc: Doc, head: int, words: _RoleWords) -> int:
    start = head
    while start > 0 and doc[start - 1].lower_.rstrip("-") in words.prefixes and head - start < 2:
        start -= 1
    return start


def _gender(doc: Doc, start: int, words: _RoleWords) -> str | None:
    determiner = doc[start - 1].lower_ if start else ""
    if determiner in words.masculine:
        return "m"
    return "f" if determiner in words.feminine else None


def _end_char(token: Token) -> int:
    return int(token.idx) + len(token)
