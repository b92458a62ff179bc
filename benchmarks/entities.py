"""Measure names on annotated news: precision, recall and F by label, before and after the label rules.

    python -m benchmarks.entities ../shared/data/ner/dev

A mention counts as right if its first and last token and its label are those of the annotation (nested
annotations: the outermost).
"""

import sys
from collections import Counter
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import filter_spans

from language.labels import labelled_spans
from language.pipelines import annotate, load_pipeline
from training.corpora import brat_spans

Mention = tuple[int, int, str]
"""First token, one past the last token, label."""


def annotated_mentions(doc: Doc, annotation: str) -> set[Mention]:
    """The outermost mentions of a brat file on the tokens of `doc`."""
    spans = [doc.char_span(start, end, label, alignment_mode="expand") for start, end, label in brat_spans(annotation)]
    return {(s.start, s.end, s.label_) for s in filter_spans([span for span in spans if span is not None])}


def score(right: int, found: int, wanted: int) -> tuple[float, float, float]:
    """Precision, recall, F1; 0 where nothing was found or wanted."""
    precision = right / found if found else 0.0
    recall = right / wanted if wanted else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0


def measure(nlp: Language, folder: Path) -> dict[str, dict[str, Counter[str]]]:
    """Counts of right, found and wanted mentions by label ("all" included), for the model alone and with rules."""
    counts: dict[str, dict[str, Counter[str]]] = {
        system: {count: Counter() for count in ("right", "found", "wanted")} for system in ("model", "with rules")
    }
    for path in sorted(folder.glob("*.txt")):
        doc = annotate(nlp, path.read_bytes().decode("utf-8"))
        wanted = annotated_mentions(doc, path.with_suffix(".ann").read_text(encoding="utf-8"))
        systems = {
            "model": {(ent.start, ent.end, ent.label_) for ent in doc.ents},
            "with rules": {(span.first, span.last, span.label.value) for span in labelled_spans(doc)},
        }
        for system, found in systems.items():
            for count, mentions in (("right", found & wanted), ("found", found), ("wanted", wanted)):
                counts[system][count].update(label for _, _, label in mentions)
                counts[system][count]["all"] += len(mentions)
    return counts


def main(folder: Path) -> None:
    for system, counts in measure(load_pipeline("fr"), folder).items():
        print(system)
        for label in sorted(counts["wanted"]):
            values = score(counts["right"][label], counts["found"][label], counts["wanted"][label])
            print(f"  {label:8} P {values[0]:.3f}  R {values[1]:.3f}  F {values[2]:.3f}  ({counts['wanted'][label]})")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
