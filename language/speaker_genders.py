"""Gender and number of what an article names, for the pronouns that stand for it."""

from collections.abc import Iterable, Sequence

from language.given_names import gender_of_given_name
from language.reading import Reading
from language.speaker_labels import PER
from language.speaker_roles import Role, SpeakerWords
from schemas.entity import EntityMention


def gender_told(
    reading: Reading, mentions: Sequence[EntityMention], roles: Iterable[Role], words: SpeakerWords
) -> str | None:
    """ "Masc" or "Fem": of a person by title, given name or role, in this order of trust; of an organisation or country
    by article or noun. None where it may be either.

    Args:
        mentions: of the one entity.
        roles: that the article tells of it; not looked at where title or given name tell.
    """
    for mention in mentions:
        if (gender := _told_by_title(reading, mention, words)) is not None:
            return gender
    for name in {m.canonical_name: None for m in mentions if m.label is PER}:
        if (gender := gender_of_given_name(name)) is not None:
            return gender
    if (gender := _told_by_roles(roles, words["masculine_of_both"])) is not None:
        return gender
    for mention in mentions:
        if mention.label is not PER and (gender := _told_by_article(reading, mention, words)) is not None:
            return gender
    return None


def is_named_in_plural(reading: Reading, mentions: Iterable[EntityMention]) -> bool:
    """One of the mentions has a plural article: "les États-Unis", "les Nations unies"."""
    plural = reading.words["plural_articles"]
    return any(m.label is not PER and _article(reading, m) in plural for m in mentions)


def _told_by_roles(roles: Iterable[Role], of_both: frozenset[str]) -> str | None:
    """ "le docteur Anne Morel": nouns that are masculine for women as well are asked last."""
    ordered = sorted(roles, key=lambda role: role.gender == "Masc" and role.noun in of_both)
    return next((role.gender for role in ordered if role.gender is not None), None)


def _told_by_title(reading: Reading, mention: EntityMention, words: SpeakerWords) -> str | None:
    at = reading.token_at(mention.start)
    around = reading.lower[max(0, at - 1) : at + 1]
    if not words["title_masculine"].isdisjoint(around):
        return "Masc"
    return None if words["title_feminine"].isdisjoint(around) else "Fem"


def _told_by_article(reading: Reading, mention: EntityMention, words: SpeakerWords) -> str | None:
    article = _article(reading, mention)
    if article in words["article_feminine"]:
        return "Fem"
    if article in words["article_masculine"] or article in words["article_contracted"]:
        return "Masc"
    head = min(reading.token_at(mention.start), len(reading.lower) - 1)
    return reading.gender_of(head) if reading.pos[head] == "NOUN" and "Number=Sing" in reading.features(head) else None


def _article(reading: Reading, mention: EntityMention) -> str:
    """The article before a name or at its head ("le", "du"), or ""."""
    at = reading.token_at(mention.start)
    for index in (at, at - 1):
        if 0 <= index < len(reading.lower) and reading.lower[index] in reading.words["definite_articles"]:
            return reading.lower[index]
    return ""
