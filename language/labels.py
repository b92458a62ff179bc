"""Mend mentions of the model that the article itself, or a table of well-known words, contradicts.

Each rule needs evidence beyond the single mention, and `training/evaluate.py` measures them all. One label for
one name is seen to before (`language.ner_consistency`).
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from language.data_files import load_table
from language.names import find_alias
from language.person_names import parse_person
from language.places import country_code
from language.roles import civility_gender, is_title
from language.token_columns import TokenColumns
from schemas.vocabulary import EntityLabel

_NAMES = frozenset({EntityLabel.PER, EntityLabel.LOC, EntityLabel.ORG, EntityLabel.EVENT, EntityLabel.PRODUCT})
_TABLE_LABELS = (EntityLabel.ORG, EntityLabel.LOC, EntityLabel.PER)
_TIME_OF_DAY = re.compile(r"\d{1,2}\s?(?:[hH]|:)\s?(?:\d{2})?")
_MAX_CONTRADICTION = 2
"""How often a word may be taken for something else, for each time that its person is named in full."""


@dataclass(frozen=True, slots=True)
class LabelledSpan:
    """A mention: tokens [first, last), code points [start, end) of the article's text."""

    first: int
    last: int
    start: int
    end: int
    label: EntityLabel

    def text(self, tokens: TokenColumns) -> str:
        """The words of the mention in the analysis text."""
        return tokens.plain[self.start : self.end]


def labelled_spans(tokens: TokenColumns) -> list[LabelledSpan]:
    """The entities of a document, mended, in text order and without overlaps."""
    found = [_span(tokens, first, last, label) for first, last, label in tokens.entities()]
    whole = _with_whole_ends(tokens, [span for span in found if not _is_time_of_day(tokens, span)])
    spans = [span for mended in whole for span in _without_title(tokens, mended)]
    spans = [_well_known(tokens, span) for span in spans]
    return _by_family_name(tokens, spans)


def _is_time_of_day(tokens: TokenColumns, span: LabelledSpan) -> bool:
    """ "7h07", as each note of a live blog begins: the model takes it for the name that follows elsewhere."""
    return span.label in _NAMES and _TIME_OF_DAY.fullmatch(span.text(tokens)) is not None


def _span(tokens: TokenColumns, first: int, last: int, label: str) -> LabelledSpan:
    return LabelledSpan(first, last, tokens.starts[first], tokens.ends[last - 1], EntityLabel(label))


def _with_whole_ends(tokens: TokenColumns, spans: Sequence[LabelledSpan]) -> list[LabelledSpan]:
    """ "Parti socialiste de" + "Belgique": no name ends with a preposition or an article. A place right behind it is the
    rest of an organisation's name; else the loose end is cut off."""
    whole: list[LabelledSpan] = []
    for span in spans:
        before = whole[-1] if whole and whole[-1].last == span.first and _is_loose(tokens, whole[-1]) else None
        if before is not None and (before.label, span.label) == (EntityLabel.ORG, EntityLabel.LOC):
            whole[-1] = _span(tokens, before.first, span.last, before.label)
        else:
            whole.append(span)
    return [_tightened(tokens, span) for span in whole]


def _is_loose(tokens: TokenColumns, span: LabelledSpan) -> bool:
    last = span.last - 1
    loose = tokens.pos[last] in ("ADP", "DET") and span.last - span.first > 1 and span.label in _NAMES
    return loose and tokens.text_of(last).islower()


def _tightened(tokens: TokenColumns, span: LabelledSpan) -> LabelledSpan:
    while _is_loose(tokens, span):
        span = _span(tokens, span.first, span.last - 1, span.label)
    return span


def _without_title(tokens: TokenColumns, span: LabelledSpan) -> Iterator[LabelledSpan]:
    """ "Colonel Désiré Uwamahoro": the title is a role, the name is the rest."""
    first = span.first
    while span.label is EntityLabel.PER and span.last - first > 1 and is_title(tokens, first):
        if not tokens.is_capitalized(first + 1):
            break
        first += 1
    yield span if first == span.first else _span(tokens, first, span.last, span.label)


def _well_known(tokens: TokenColumns, span: LabelledSpan) -> LabelledSpan:
    """A civility makes a person, "avenue" a place, and a name that stands in one section of the table is that."""
    if span.label not in _NAMES:
        return span
    if civility_gender(tokens, span.first):
        return replace(span, label=EntityLabel.PER)
    name = span.text(tokens)
    if country_code(name):
        return replace(span, label=EntityLabel.LOC) if span.label is EntityLabel.PER else span
    heads = load_table(tokens.doc.lang_, "labels").get("place_heads", ())
    if span.label is EntityLabel.PER and span.last - span.first > 1 and tokens.lower[span.first] in heads:
        return replace(span, label=EntityLabel.LOC)
    if span.label in _TABLE_LABELS and not find_alias(name, span.label):
        sections = [label for label in _TABLE_LABELS if find_alias(name, label)]
        if len(sections) == 1:
            return replace(span, label=sections[0])
    return span


def _by_family_name(tokens: TokenColumns, spans: Sequence[LabelledSpan]) -> list[LabelledSpan]:
    """ "Shoigu" taken for a place is a person where the article names "Sergueï Choïgou".

    Not so "Montréal" beside a party called "Projet Montréal" that was taken for a person: the name must not be
    something else more than `_MAX_CONTRADICTION` times as often as the person is named.
    """
    named: Counter[str] = Counter()
    otherwise: Counter[str] = Counter()
    family: dict[LabelledSpan, str] = {}
    for span in spans:
        person = parse_person(span.text(tokens))
        key = " ".join(person.family)
        if span.label is EntityLabel.PER and not person.bare and not person.family_first:
            named[key] += 1
        elif _may_be_family_name(tokens, span):
            family[span] = key
            otherwise[key] += 1
    return [
        replace(span, label=EntityLabel.PER)
        if span in family and otherwise[family[span]] <= _MAX_CONTRADICTION * named[family[span]]
        else span
        for span in spans
    ]


def _may_be_family_name(tokens: TokenColumns, span: LabelledSpan) -> bool:
    """One word that the model takes for another kind of name, and no table knows as such."""
    if span.label not in _NAMES or span.label is EntityLabel.PER or span.last - span.first > 1:
        return False
    return not country_code(span.text(tokens)) and not find_alias(span.text(tokens), span.label)
