"""The tokenizer of a spaCy pipeline, faster and with the same results but for elisions that a space follows.

spaCy asks two large regular expressions about each piece of each new word: is it a compound that stays whole ("là-haut",
"aujourd'hui"), is it an address? Neither can be true without a certain character, which is looked for first.
"""

from collections.abc import Callable, Collection
from typing import Any

from spacy.lang.tokenizer_exceptions import URL_MATCH
from spacy.language import Language
from spacy.tokenizer import Tokenizer

from language.compounds import shortened

Match = Callable[[str], Any]

_ADDRESS_MARKS = frozenset(".")
_ELIDED = ("c", "d", "j", "l", "m", "n", "qu", "s", "t", "jusqu", "lorsqu", "puisqu", "quoiqu")
"""French words that lose their vowel before another one."""


def keep_elisions(nlp: Language) -> None:
    """Let a French tokenizer keep "l'" whole where a space follows: "l' Union", a link that was cut out of its page.

    spaCy makes two tokens of it there, "l" and "'", and the tagger takes them for a preposition or a mark; a noun phrase
    then ends in the middle ("le maire d' Arles, Anne Morel"). Without effect on other languages.
    """
    if nlp.lang == "fr" and isinstance(nlp.tokenizer, Tokenizer):
        for word in _ELIDED:
            for elided in (f"{word}'", f"{word.capitalize()}'"):
                nlp.tokenizer.add_special_case(elided, [{"ORTH": elided}])


def speed_up_tokenizer(nlp: Language) -> None:
    """Let the tokenizer of `nlp` look for the marks of compounds and addresses before it asks for them."""
    tokenizer = nlp.tokenizer
    if not isinstance(tokenizer, Tokenizer):
        return
    if nlp.lang == "fr":
        from spacy.lang.fr.punctuation import ELISION, HYPHENS
        from spacy.lang.fr.tokenizer_exceptions import TOKEN_MATCH

        compounds = _pattern(TOKEN_MATCH) or ""
        if _pattern(tokenizer.token_match) in (compounds, shortened(compounds)):
            tokenizer.token_match = _where_any(frozenset(HYPHENS + ELISION), tokenizer.token_match)
    if _pattern(tokenizer.url_match) == _pattern(URL_MATCH):
        tokenizer.url_match = _where_any(_ADDRESS_MARKS, tokenizer.url_match)


def _pattern(match: Match | None) -> str | None:
    return getattr(getattr(match, "__self__", None), "pattern", None)


def _where_any(marks: Collection[str], match: Match) -> Match:
    without = frozenset(marks).isdisjoint

    def match_quickly(text: str) -> Any:
        return None if without(text) else match(text)

    return match_quickly
