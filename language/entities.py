"""Turn the mentions that the model found, and the quantities that rules find, into entities."""

from spacy.tokens import Doc

from language.quantities import find_quantities
from language.quotation_marks import find_quotations
from schemas.article import Article
from schemas.entity import EntityMention
from schemas.identity import content_id
from schemas.vocabulary import EntityLabel, EntityMethod


def entity_id(label: EntityLabel, canonical_name: str) -> str:
    """The id of an entity: of its label and its name's key, and of nothing else."""
    return content_id("entity", label, canonical_name.casefold())


def extract_entities(article: Article, doc: Doc) -> list[EntityMention]:
    """The mentions of `article` in text order, without overlaps."""
    spans = [(e.start_char, e.end_char, EntityLabel(e.label_), EntityMethod.MODEL) for e in doc.ents]
    spans += [(q.start, q.end, q.label, EntityMethod.RULE) for q in find_quantities(article.text, doc)]
    starts = [sentence.start_char for sentence in doc.sents]
    quotations = [(q.start, q.end) for q in find_quotations(article.text) if q.depth == 0]
    mentions = []
    sentence = -1
    quotation = 0
    title = article.title or ""
    for start, end, label, method in sorted(spans):
        while sentence + 1 < len(starts) and starts[sentence + 1] <= start:
            sentence += 1
        while quotation < len(quotations) and quotations[quotation][1] <= start:
            quotation += 1
        surface = article.text[start:end]
        mentions.append(
            EntityMention(
                entity_id=entity_id(label, surface),
                article_id=article.article_id,
                version_id=article.version_id,
                mention_id=content_id(article.version_id, label, str(start), str(end)),
                source=article.source,
                date=article.date,
                surface=surface,
                start=start,
                end=end,
                label=label,
                canonical_name=surface,
                method=method,
                sentence_index=max(sentence, 0),
                in_quote=quotation < len(quotations) and quotations[quotation][0] <= start,
                in_title=surface in title,
            )
        )
    return mentions
