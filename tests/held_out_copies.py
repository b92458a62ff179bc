"""Stories, their edited copies and their look-alikes, made by combining sentences written for this test.

Nothing here was used to choose the method or its thresholds, but for the domains and templates in `FITTED`.
"""

import json
import random
import re
from dataclasses import dataclass
from pathlib import Path

_BANK = json.loads((Path(__file__).parent / "data" / "copies_held_out.json").read_text(encoding="utf-8"))
FITTED = ("politics", "courts", "weather", "lottery")
"""Looked at while the method was chosen."""
HELD_OUT = ("economy", "accidents", "culture", "health", "match", "stocks")
EVENTS = 15
"""Stories of each domain, and texts on each template."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text; `copy_of` is the name of the story it is a copy of."""

    name: str
    kind: str
    text: str
    copy_of: str | None = None


def texts(domains: tuple[str, ...]) -> list[Text]:
    """For each domain its stories, with copies and with other articles on the same event; for each template texts
    that share it and differ in what they say."""
    found = []
    for domain in domains:
        for event in range(EVENTS):
            chance = random.Random(f"{domain} {event}")
            if domain in _BANK["domains"]:
                found += _story(f"{domain} {event:02}", _BANK["domains"][domain], chance)
            else:
                text = _fill(_BANK["boilerplate"][domain], _slots(chance))
                found.append(Text(f"{domain} {event:02}", "template", text))
    return found


def _story(name: str, facts: list[list[str]], chance: random.Random) -> list[Text]:
    slots = _slots(chance)
    wordings = [chance.sample(wording, 3) for wording in facts]
    written = [[_fill(wording[n], slots) for wording in wordings] for n in range(3)]
    for other in written[1:]:
        rest = other[1:]
        chance.shuffle(rest)
        other[1:] = rest
    wire = written[0]
    found = [Text(name, "story", _paragraphs(wire))]
    found += [Text(f"{name} other {n}", "same event", _paragraphs(other)) for n, other in enumerate(written[1:])]
    found += [Text(f"{name} {kind}", kind, text, name) for kind, text in _copies(wire, slots, chance).items()]
    return found


def _slots(chance: random.Random) -> dict[str, str]:
    names = _BANK["names"]
    slots = {f"p{n}": f"{chance.choice(names['first'])} {chance.choice(names['last'])}" for n in range(1, 5)}
    slots |= {word: chance.choice(choices) for word, choices in _BANK["words"].items()}
    slots["town"], slots["town2"] = chance.sample(names["town"], 2)
    slots |= {word: chance.choice(names[word]) for word in ("firm", "day", "street")}
    slots |= {letter: str(chance.randint(3, 98)) for letter in "abcdefghijk"}
    return slots


def _fill(template: str, slots: dict[str, str]) -> str:
    return template.format(**slots)


def _paragraphs(sentences: list[str]) -> str:
    return "\n".join(" ".join(sentences[n : n + 3]) for n in range(0, len(sentences), 3))


def _copies(wire: list[str], slots: dict[str, str], chance: random.Random) -> dict[str, str]:
    added = " ".join(_fill(sentence, slots) for sentence in chance.sample(_BANK["added"], 3))
    removed = [s for n, s in enumerate(wire) if n not in chance.sample(range(1, len(wire)), 2)]
    fewer = wire[: len(wire) - 3]
    moved = [wire[0], *chance.sample(wire[1:], len(wire) - 1)]
    trimmed = [_trimmed(s) if n % 2 else s for n, s in enumerate(wire)]
    dateline = f"{slots['town'].upper()}, {slots['day']} (Agence du Littoral) - "
    return {
        "light: title": f"CE QUE L'ON SAIT. {slots['town']} sous le choc\n{_paragraphs(wire)}",
        "light: dateline": dateline + _paragraphs(wire) + " (avec notre correspondant)",
        "light: typos": _with_typos(_paragraphs(wire), 6, chance),
        "light: typography": _paragraphs(wire).replace("'", "’").replace("« ", "“").replace(" »", "”"),
        "moderate: paragraph added": f"{_paragraphs(wire)}\n{added}",
        "moderate: sentences removed": _paragraphs(removed),
        "moderate: end cut": _paragraphs(fewer),
        "moderate: reordered": _paragraphs(moved),
        "moderate: trimmed": _paragraphs(trimmed),
        "moderate: quotes swapped": _paragraphs([_reported(s) for s in [wire[0], *wire[4:], *wire[1:4]]]),
        "moderate: all of it": _with_typos(f"{dateline}{added}\n{_paragraphs(removed[1:])}", 3, chance),
    }


def _trimmed(sentence: str) -> str:
    """Without what follows the last comma or colon."""
    return re.sub(r"[,:;] [^,:;]+$", ".", sentence)


def _reported(sentence: str) -> str:
    """A quotation in front of its speaker put behind him."""
    return re.sub(r"^« (.+?) »,? (.+)\.$", r"Voici ce qu'il en est : \2, “\1”.", sentence)


def _with_typos(text: str, number: int, chance: random.Random) -> str:
    letters = list(text)
    places = [n for n in range(len(letters) - 1) if letters[n].isalpha() and letters[n + 1].isalpha()]
    for place in chance.sample(places, number):
        letters[place], letters[place + 1] = letters[place + 1], letters[place]
    return "".join(letters)
