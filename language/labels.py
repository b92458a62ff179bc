"""Mend labels of the model that the article itself, or a table of well-known names, contradicts.

Spans are never changed, only what they are said to be. Each rule needs evidence outside the single mention;
`benchmarks/entities.py` measures what they give.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Doc

from language.names import find_alias
from language.person_names import parse_person
from language.places import country_code
from language.roles import civility_gender
from language.spelling import fold
from schemas.vocabulary import EntityLabel

_NAMES = frozenset({EntityLabel.PER, EntityLabel.LOC, EntityLabel.ORG, EntityLabel.EVENT, EntityLabel.PRODUCT})
_MIN_MAJORITY = 3
"""Mentions with one label before they overrule a fourth of as many with another one."""


@dataclass(frozen=True, slots=True)
class LabelledSpan:
    """A mention found by the model: tokens [first, last), code points [start, end)."""

    first: int
    last: int
    start: int
    end: int
    label: EntityLabel

    def text(self, doc: Doc) -> str:
        """The words of the mention in the analysis text."""
        return doc[self.first : self.last].text


def labelled_spans(doc: Doc) -> list[LabelledSpan]:
    """The entities of `doc` with mended labels, in text order."""
    spans = [
        LabelledSpan(ent.start, ent.end, ent.start_char, ent.end_char, EntityLabel(ent.label_)) for ent in doc.ents
    ]
    spans = [_known(doc, span) for span in spans]
    spans = _by_family_name(doc, spans)
    return _by_majority(doc, spans)


def _known(doc: Doc, span: LabelledSpan) -> LabelledSpan:
    """A civility makes a person; a country is a place; a name that stands in one section of the table is that."""
    if span.label not in _NAMES:
        return span
    if civility_gender(doc, span.first):
        return replace(span, label=EntityLabel.PER)
    name = span.text(doc)
    if country_code(name):
        return replace(span, label=EntityLabel.LOC) if span.label is EntityLabel.PER else span
    if span.label in (EntityLabel.PER, EntityLabel.LOC, EntityLabel.ORG) and not find_alias(name, span.label):
        sections = [label for label in (EntityLabel.ORG, EntityLabel.LOC, EntityLabel.PER) if find_alias(name, label)]
        if len(sections) == 1:
            return replace(span, label=sections[0])
    return span


def _by_family_name(doc: Doc, spans: Sequence[LabelledSpan]) -> list[LabelledSpan]:
    """ "Shoigu" taken for a place is a person where the article names "Sergueï Choïgou"."""
    families = {
        " ".join(person.family)
        for span in spans
        if span.label is EntityLabel.PER
        and not (person := parse_person(span.text(doc))).bare
        and not person.family_first
    }
    return [
        replace(span, label=EntityLabel.PER)
        if span.label in (EntityLabel.LOC, EntityLabel.ORG, EntityLabel.PRODUCT)
        and span.last - span.first == 1
        and not country_code(span.text(doc))
        and not find_alias(span.text(doc), span.label)
        and " ".join(parse_person(span.text(doc)).family) in families
        else span
        for span in spans
    ]


def _by_majority(doc: Doc, spans: Sequence[LabelledSpan]) -> list[LabelledSpan]:
    """One name, one label: a few mentions follow the many of the same words."""
    labels: dict[str, Counter[EntityLabel]] = defaultdict(Counter)
    for span in spans:
        if span.label in _NAMES:
            labels[fold(span.text(doc))][span.label] += 1
    return [
        replace(span, label=_majority(labels[fold(span.text(doc))], span.label)) if span.label in _NAMES else span
        for span in spans
    ]


def _majority(counts: Counter[EntityLabel], own: EntityLabel) -> EntityLabel:
    label, number = max(counts.items(), key=lambda item: (item[1], item[0]))
    return label if number >= _MIN_MAJORITY and number >= 3 * counts[own] else own
