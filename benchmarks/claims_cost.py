"""CPU time of entities and claims beside that of the annotation, which is the one costly step.

The annotation is measured twice: as the project makes it, and as spaCy makes it with the same models and no change to its
code. The second does not move when the first becomes faster.

    python -m benchmarks.claims_cost TEXT...                       # over articles
    python -m benchmarks.claims_cost --words 10000 40000 -- TEXT...  # one article of so many words, made of the texts

CPU time, not wall-clock time: other work on the machine does not count. The first articles are read once before the
clock starts, so that the word lists are loaded.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import spacy
from spacy.language import Language

from benchmarks.claims import article_of
from language.claims import extract_claims
from language.entities import extract_entities
from language.pipelines import annotate, load_pipeline
from language.shipped import SHIPPED
from transforms.annotation import TOGETHER

_WARM_UP = 3


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds.

    Args:
        annotation: as the project makes it.
        plain: as spaCy makes it, text by text.
        entities, claims: of the project's annotation.
    """

    annotation: float
    plain: float
    entities: float
    claims: float


def measure(nlp: Language, plain: Language, texts: Sequence[str]) -> Cost:
    """What `texts` cost, in the order in which the pipeline works: a few are annotated, then read one after the other.

    Args:
        plain: the same models, loaded by spaCy.
    """
    by_spacy = annotation = entities = claims = 0.0
    articles = [article_of("article", text) for text in texts]
    for first in range(0, len(articles), TOGETHER):
        together = articles[first : first + TOGETHER]
        began = time.process_time()
        for article in together:
            plain(article.text)
        by_spacy += time.process_time() - began
        began = time.process_time()
        docs = [annotate(nlp, article.text) for article in together]
        annotation += time.process_time() - began
        for article, doc in zip(together, docs, strict=True):
            clock = [time.process_time()]
            mentions = extract_entities(article, doc)
            clock.append(time.process_time())
            extract_claims(article, doc, mentions)
            clock.append(time.process_time())
            entities += clock[1] - clock[0]
            claims += clock[2] - clock[1]
    return Cost(annotation, by_spacy, entities, claims)


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
    nlp, plain = load_pipeline("fr"), spacy.load(SHIPPED["fr"])
    measure(nlp, plain, texts[:_WARM_UP])
    runs = [[of_words(texts, words)] for words in options.words] or [texts]
    for run in runs:
        cost = measure(nlp, plain, run)
        print(
            f"{sum(len(t.split()) for t in run)} words in {len(run)} articles: annotation {cost.annotation:.2f} s "
            f"(by spaCy {cost.plain:.2f} s), entities {cost.entities:.2f} s ({cost.entities / cost.annotation:.1%}), "
            f"claims {cost.claims:.2f} s ({cost.claims / cost.annotation:.1%}, of spaCy's {cost.claims / cost.plain:.1%})",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
