"""CPU time of entities and claims beside that of the annotation, which is the one costly step.

    python -m benchmarks.claims_cost TEXT...                       # over articles
    python -m benchmarks.claims_cost --words 10000 40000 -- TEXT...  # one article of so many words, made of the texts

CPU time, not wall-clock time: other work on the machine does not count. The first articles are read once before the
clock starts, so that the word lists are loaded.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

from spacy.language import Language

from benchmarks.claims import article_of
from language.claims import extract_claims
from language.entities import extract_entities
from language.pipelines import annotate, load_pipeline

_WARM_UP = 3


def measure(nlp: Language, texts: Sequence[str]) -> tuple[float, float, float]:
    """CPU seconds of annotation, entities and claims over `texts`."""
    annotation = entities = claims = 0.0
    for text in texts:
        article = article_of("article", text)
        start = time.process_time()
        doc = annotate(nlp, text)
        annotated = time.process_time()
        mentions = extract_entities(article, doc)
        recognised = time.process_time()
        extract_claims(article, doc, mentions)
        annotation += annotated - start
        entities += recognised - annotated
        claims += time.process_time() - recognised
    return annotation, entities, claims


def of_words(texts: Sequence[str], words: int) -> str:
    """One text of at least `words` words: the texts one after another, again from the first where they end."""
    parts: list[str] = []
    count = 0
    for text in cycle(texts):
        parts.append(text)
        count += len(text.split())
        if count >= words:
            return "\n\n".join(parts)
    raise ValueError("no texts: name at least one file with words in it")


def main(argv: Sequence[str]) -> int:
    """Print one line for the articles, or for each length."""
    parser = argparse.ArgumentParser(prog="benchmarks.claims_cost", description="CPU time beside the annotation's")
    parser.add_argument("texts", type=Path, nargs="+", help="UTF-8 text files")
    parser.add_argument("--words", type=int, nargs="+", default=[], help="lengths of one article made of the texts")
    options = parser.parse_args(argv)
    texts = [text for path in options.texts if (text := path.read_text(encoding="utf-8")).strip()]
    nlp = load_pipeline("fr")
    measure(nlp, texts[:_WARM_UP])
    runs = [[of_words(texts, words)] for words in options.words] or [texts]
    for run in runs:
        annotation, entities, claims = measure(nlp, run)
        print(
            f"{sum(len(t.split()) for t in run)} words in {len(run)} articles: annotation {annotation:.2f} s, "
            f"entities {entities:.2f} s ({entities / annotation:.1%}), claims {claims:.2f} s ({claims / annotation:.1%})",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
