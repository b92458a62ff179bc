"""Measure a pipeline folder on the development sets, the way the project runs it.

    python -m training.evaluate language/fr_depeche [--data ../shared/data] [--write]

Names: whole articles, as the `entities` table has them (`language.pipelines.annotate`, `language.labels`), gold
offsets from the brat files, outermost annotations; a name counts if start, end and label agree. Syntax: Sequoia test, gold tokens. Speed: words of
the development articles per second of processor time, one core, for the name recogniser and for the rest of
the pipeline. ``--write`` puts the figures into the folder's meta.json under "performance".
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import DocBin
from spacy.training import Example

from language.analysis_text import analysis_text, paragraph_chunks
from language.kept_columns import tokens_of
from language.labels import labelled_spans
from language.pipelines import annotate
from training.corpora import brat_spans

Mention = tuple[int, int, str]

SYNTAX_DEV = Path("training/corpus/syntax_dev.spacy")


def outermost(spans: Iterable[Mention]) -> list[Mention]:
    """`spans` without those that begin inside another; of two with the same extent the one given first."""
    kept: list[Mention] = []
    end = 0
    for span in sorted(spans, key=lambda span: (span[0], -span[1])):
        if span[0] >= end:
            kept.append(span)
            end = span[1]
    return kept


def articles(folder: Path) -> list[tuple[str, list[Mention]]]:
    """`(text, gold mentions)` of every article of a brat folder."""
    found = []
    for path in sorted(folder.glob("*.txt")):
        annotation = path.with_suffix(".ann").read_text(encoding="utf-8")
        found.append((path.read_bytes().decode("utf-8"), outermost(brat_spans(annotation))))
    return found


def rates(right: int, found: int, wanted: int) -> dict[str, float]:
    """Precision, recall and F, each 0 where nothing was found or wanted."""
    return {
        "p": right / found if found else 0.0,
        "r": right / wanted if wanted else 0.0,
        "f": 2 * right / (found + wanted) if found + wanted else 0.0,
    }


def name_scores(nlp: Language, gold: list[tuple[str, list[Mention]]]) -> dict[str, Any]:
    """``ents_p``, ``ents_r``, ``ents_f`` and ``ents_per_type`` of whole articles."""
    right: Counter[str] = Counter()
    found: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    for text, mentions in gold:
        tokens = tokens_of(text, annotate(nlp, text))
        predicted = {(span.start, span.end, str(span.label)) for span in labelled_spans(tokens)}
        right.update(label for _, _, label in predicted & set(mentions))
        found.update(label for _, _, label in predicted)
        wanted.update(label for _, _, label in mentions)
    overall = rates(right.total(), found.total(), wanted.total())
    return {f"ents_{key}": value for key, value in overall.items()} | {
        "ents_per_type": {label: rates(right[label], found[label], wanted[label]) for label in sorted(wanted)}
    }


def syntax_scores(nlp: Language, path: Path) -> dict[str, float]:
    """Attachment, part-of-speech, lemma and sentence scores on a treebank in spaCy's format."""
    examples = [Example(nlp.make_doc(gold.text), gold) for gold in DocBin().from_disk(path).get_docs(nlp.vocab)]
    with nlp.select_pipes(disable=[name for name in ("ner",) if name in nlp.pipe_names]):
        scores = nlp.evaluate(examples)
    return {
        key: scores[key]
        for key in ("dep_uas", "dep_las", "pos_acc", "lemma_acc", "sents_f")
        if scores.get(key) is not None
    }


def words_per_second(nlp: Language, texts: list[str], pipes: list[str]) -> float:
    """Words a second of processor time that `pipes` take, the tokenizer included, the best of three runs."""
    chunks = [chunk for text in texts for chunk in paragraph_chunks(analysis_text(text))]
    words = sum(len(text.split()) for text in texts)
    seconds = []
    with nlp.select_pipes(enable=pipes):
        for _ in range(3):
            start = time.process_time()
            for _ in nlp.pipe(chunks):
                pass
            seconds.append(time.process_time() - start)
    return words / min(seconds)


def evaluate(folder: Path, data: Path) -> dict[str, Any]:
    """Every figure of the pipeline in `folder`; those of a part that it lacks are left out."""
    nlp = spacy.load(folder)
    gold = articles(data / "ner/dev")
    texts = [text for text, _ in gold]
    figures: dict[str, Any] = {}
    if "ner" in nlp.pipe_names:
        figures |= name_scores(nlp, gold)
        figures["words_per_second_ner"] = round(words_per_second(nlp, texts, ["ner"]))
    syntax = [name for name in nlp.pipe_names if name != "ner"]
    if syntax:
        figures |= syntax_scores(nlp, SYNTAX_DEV)
        figures["words_per_second_syntax"] = round(words_per_second(nlp, texts, syntax))
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pipeline", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--write", action="store_true", help="store the figures in the pipeline's meta.json")
    options = parser.parse_args()
    figures = evaluate(options.pipeline, options.data)
    for label, scores in figures.get("ents_per_type", {}).items():
        print(f"{label:8} P {scores['p']:.3f}  R {scores['r']:.3f}  F {scores['f']:.3f}")
    for key, value in figures.items():
        if key != "ents_per_type":
            print(f"{key:24} {value:,}" if isinstance(value, int) else f"{key:24} {value:.4f}")
    if options.write:
        path = options.pipeline / "meta.json"
        meta = json.loads(path.read_text(encoding="utf-8"))
        meta["performance"] = figures
        path.write_text(json.dumps(meta, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
