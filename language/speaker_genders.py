"""Gender and number of what an article names, for the pronouns that stand for it."""

from collections.abc import Sequence

from language.given_names import gender_of_given_name
from language.reading import Reading, gender_of, has_feature
from language.speaker_roles import Role, SpeakerWords
from schemas.entity import EntityMention
from schemas.vocabulary import EntityLabel


def genders_of(
    reading: Reading, mentions: Sequence[EntityMention], roles: Sequence[Role], words: SpeakerWords
) -> dict[str, str]:
    """ "Masc" or "Fem" by entity id: of persons by title, given name or role, in this order of trust; of
    organisations and countries by article or noun. Who is missing may be either."""
    found: dict[str, str] = {}
    for mention in mentions:
        told = _told_by_title(reading, mention, words)
        if told is not None:
            found.setdefault(mention.entity_id, told)
    for mention in mentions:
        named = gender_of_given_name(mention.canonical_name) if mention.label is EntityLabel.PER else None
        if named is not None:
            found.setdefault(mention.entity_id, named)
    generic = words["masculine_of_both"]  # "le docteur Anne Morel"
    for role in sorted(roles, key=lambda role: role.gender == "Masc" and role.noun in generic):
        if role.gender is not None:
            found.setdefault(role.person.entity_id, role.gender)
    for mention in mentions:
        if mention.label is not EntityLabel.PER:
            told = _told_by_article(reading, mention, words)
            if told is not None:
                found.setdefault(mention.entity_id, told)
    return found


def plurals_of(reading: Reading, mentions: Sequence[EntityMention]) -> frozenset[str]:
    """Ids of what has a plural article: "les États-Unis", "les Nations unies"."""
    return frozenset(
        m.entity_id
        for m in mentions
        if m.label is not EntityLabel.PER and _article(reading, m) in reading.words["plural_articles"]
    )


def _told_by_title(reading: Reading, mention: EntityMention, words: SpeakerWords) -> str | None:
    at = reading.token_at(mention.start)
    around = set(reading.lower[max(0, at - 1) : at + 1])
    if around & words["title_masculine"]:
        return "Masc"
    return "Fem" if around & words["title_feminine"] else None


def _told_by_article(reading: Reading, mention: EntityMention, words: SpeakerWords) -> str | None:
    article = _article(reading, mention)
    if article in words["article_feminine"]:
        return "Fem"
    if article in words["article_masculine"] or article in words["article_contracted"]:
        return "Masc"
    head = reading.tokens[min(reading.token_at(mention.start), len(reading.tokens) - 1)]
    return gender_of(head) if head.pos_ == "NOUN" and has_feature(head, "Number", "Sing") else None


def _article(reading: Reading, mention: EntityMention) -> str:
    """The article before a name or at its head ("le", "du"), or ""."""
    at = reading.token_at(mention.start)
    for index in (at, at - 1):
        if 0 <= index < len(reading.lower) and reading.lower[index] in reading.words["definite_articles"]:
            return reading.lower[index]
    return ""
