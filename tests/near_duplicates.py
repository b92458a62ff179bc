"""Wire copy as newsrooms reuse it: one text, edited lightly or moderately, and other articles on the same event."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

_EVENTS = json.loads((Path(__file__).parent / "data" / "wire_copy.json").read_text(encoding="utf-8"))
_SYNONYMS = {
    "a annoncé": "a fait savoir",
    "a déclaré": "a lancé",
    "a indiqué": "a précisé",
    "Environ": "Près de",
    "selon": "d'après",
    "ont été": "furent",
    "jusqu'à": "jusques à",
    "après": "à la suite de",
    "depuis": "dès",
    "a demandé": "réclame",
    "doit": "devrait",
    "la direction": "l'entreprise",
    "les secours": "les pompiers",
}


@dataclass(frozen=True, slots=True)
class Text:
    """A text with the story it is a copy of; texts of one `event` and different `story` are no copies."""

    event: str
    story: str
    edit: str
    text: str


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?»]) (?=[A-ZÀÉL«])", text.replace("\n", " "))


def _lightly(text: str) -> dict[str, str]:
    sentences = _sentences(text)
    return {
        "typography": text.replace("'", "’").replace("« ", "“").replace(" »", "”").replace("\n", "\n\n"),
        "headline": f"DERNIÈRE MINUTE. Ce que l'on sait de cette affaire\n{text}",
        "agency": f"(Agence Méridienne) - {text} (Avec l'Agence Méridienne)",
        "last sentence cut": " ".join(sentences[:-1]),
    }


def _moderately(text: str) -> dict[str, str]:
    sentences = _sentences(text)
    reworded = text
    for old, new in _SYNONYMS.items():
        reworded = reworded.replace(old, new)
    added = (
        "Notre rédaction suit l'événement en direct. Plusieurs de nos lecteurs nous ont écrit pour témoigner, et "
        "leurs récits seront publiés demain dans nos pages régionales avec une carte et une chronologie."
    )
    return {
        "paragraph added": f"{text}\n{added}",
        "reworded": reworded,
        "shortened": " ".join(sentences[: max(4, len(sentences) * 3 // 4)]),
        "reordered": " ".join([*sentences[:2], *reversed(sentences[2:])]),
        "reworded, cut and added to": f"{added[:90]}. " + " ".join(_sentences(reworded)[1:]),
    }


def texts() -> list[Text]:
    """All texts: for each event one wire story with its edited copies, and another article."""
    found = []
    for event in _EVENTS:
        name, wire = event["event"], event["wire"]
        found.append(Text(name, "wire", "", wire))
        found.append(Text(name, "other", "", event["other"]))
        for edit, text in (_lightly(wire) | _moderately(wire)).items():
            found.append(Text(name, "wire", edit, text))
    return found
