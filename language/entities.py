"""Turn the mentions that the model found, and the quantities that rules find, into entities.

One mention is one row. What it names has a canonical name (the fullest one of the article) and an `entity_id`,
which is made of that name's key and label and of nothing else: see `language.names` for what one name is.
"""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass

from spacy.tokens import Doc

from language.kept_columns import tokens_of
from language.kept_quotations import quotations_of
from language.labels import LabelledSpan, labelled_spans
from language.names import name_key
from language.organisations import name_things
from language.people import PersonMention, name_people
from language.places import country_code, nationality_code
from language.quantities import find_quantities
from language.roles import Role, civility_gender, find_role
from language.spelling import fold
from language.token_columns import TokenColumns
from schemas.article import Article
from schemas.entity import EntityMention
from schemas.identity import content_id
from schemas.vocabulary import EntityLabel, EntityMethod


def entity_id(label: EntityLabel, canonical_name: str) -> str:
    """The id of an entity: of its label and the key of its name (`language.names.name_key`), and of nothing else."""
    return content_id("entity", label.value, name_key(canonical_name, label))


@dataclass(frozen=True, slots=True)
class _Named:
    """A span with what was found out about it."""

    start: int
    end: int
    label: EntityLabel
    method: EntityMethod
    canonical_name: str
    role: str | None = None
    country: str | None = None


def extract_entities(article: Article, doc: Doc) -> list[EntityMention]:
    """The mentions of `article`, sorted by start, without overlaps.

    Args:
        doc: `language.pipelines.annotate(nlp, article.text)`; its offsets are those of the article's text.
    """
    tokens = tokens_of(article.text, doc)
    named = [*_named_spans(article.text, tokens), *_quantity_spans(article.text, doc)]
    named.sort(key=lambda span: (span.start, span.end))
    sentence_starts = tokens.parsed_sentence_starts()
    quotations = [(q.start, q.end) for q in quotations_of(article.text, doc) if q.depth == 0]
    quotation_starts = [start for start, _ in quotations]
    title = fold(article.title or "")
    mentions: list[EntityMention] = []
    for span in named:
        surface = article.text[span.start : span.end]
        quotation = bisect_right(quotation_starts, span.start) - 1
        mentions.append(
            EntityMention(
                entity_id=entity_id(span.label, span.canonical_name),
                article_id=article.article_id,
                version_id=article.version_id,
                mention_id=content_id(article.version_id, span.label.value, str(span.start), str(span.end)),
                source=article.source,
                date=article.date,
                surface=surface,
                start=span.start,
                end=span.end,
                label=span.label,
                canonical_name=span.canonical_name,
                method=span.method,
                sentence_index=max(bisect_right(sentence_starts, span.start) - 1, 0),
                in_quote=quotation >= 0 and span.end <= quotations[quotation][1],
                in_title=_stands_in(fold(surface), title),
                role=span.role,
                country_code=span.country,
            )
        )
    return mentions


def _named_spans(text: str, tokens: TokenColumns) -> list[_Named]:
    spans = labelled_spans(tokens)
    roles = {span: find_role(tokens, span.first, span.last) for span in spans if span.label is EntityLabel.PER}
    canonical = _canonical_names(text, tokens, spans, roles)
    named: list[_Named] = []
    for span in spans:
        role = roles.get(span)
        role_text = " ".join(text[role.start : role.end].split()) if role else None
        named.append(
            _Named(
                span.start,
                span.end,
                span.label,
                EntityMethod.MODEL,
                canonical[span],
                role_text,
                _country(text[span.start : span.end], span.label, role_text, tokens.doc.lang_),
            )
        )
    return named


def _canonical_names(
    text: str, tokens: TokenColumns, spans: list[LabelledSpan], roles: dict[LabelledSpan, Role | None]
) -> dict[LabelledSpan, str]:
    """The canonical name of every span, found label by label."""
    by_label: dict[EntityLabel, list[LabelledSpan]] = defaultdict(list)
    for span in spans:
        by_label[span.label].append(span)
    canonical: dict[LabelledSpan, str] = {}
    for label, members in by_label.items():
        surfaces = [" ".join(text[span.start : span.end].split()) for span in members]
        if label is EntityLabel.PER:
            people = [
                PersonMention(surface, civility_gender(tokens, span.first) or (role.gender if role else None))
                for surface, span in zip(surfaces, members, strict=True)
                for role in [roles[span]]
            ]
            names = name_people(people)
        else:
            names = name_things(surfaces, label)
        canonical.update(zip(members, names, strict=True))
    return canonical


def _country(surface: str, label: EntityLabel, role: str | None, language: str) -> str | None:
    """A country's code, or that of the one country which an organisation's name or a person's role speaks of."""
    if label is EntityLabel.LOC:
        return country_code(surface)
    if label is EntityLabel.ORG:
        return nationality_code(surface, language)
    return nationality_code(role, language) if role else None


def _quantity_spans(text: str, doc: Doc) -> list[_Named]:
    return [
        _Named(q.start, q.end, q.label, EntityMethod.RULE, " ".join(q.quantity.surface.split()))
        for q in find_quantities(text, doc)
    ]


def _stands_in(words: str, title: str) -> bool:
    """Whether `words` stand in `title` as whole words; both folded."""
    if not words or not title:
        return False
    at = title.find(words)
    while at >= 0:
        end = at + len(words)
        if not (title[at - 1 : at].isalnum() or title[end : end + 1].isalnum()):
            return True
        at = title.find(words, at + 1)
    return False
