"""Convert the annotated corpora to spaCy's binary format, spelled as the pipeline will see text at run time.

    python -m training.corpora ../shared/data training/corpus

Input: ``ner/{train,dev}/*.txt`` with ``.ann`` beside them (brat standoff, offsets in code points) and
``ud/*.conllu`` (Universal Dependencies). Output: ``{ner,syntax}_{train,dev}.spacy`` in the second folder.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.training.converters import conllu_to_docs
from spacy.util import filter_spans

from language.analysis_text import analysis_text, paragraph_chunks

BRAT_LABELS = {
    "Person": "PER",
    "Location": "LOC",
    "Organization": "ORG",
    "Event": "EVENT",
    "Product": "PRODUCT",
    "Date": "DATE",
    "Hour": "TIME",
}

SYNTAX_TRAIN = (
    "fr_sequoia-ud-train.conllu",
    "fr_sequoia-ud-dev.conllu",
    "fr_gsd-ud-dev.conllu",
    "fr_pud-ud-test.conllu",
    "fr_fqb-ud-test.conllu",
)
SYNTAX_DEV = ("fr_sequoia-ud-test.conllu",)

SENTENCES_PER_DOC = 5
"""Treebank sentences joined to one training document, so that the parser learns where sentences end."""


def brat_spans(annotation: str) -> list[tuple[int, int, str]]:
    """`(start, end, label)` of every continuous text-bound annotation of a brat ``.ann`` file.

    Raises:
        KeyError: for a label that `BRAT_LABELS` does not name.
    """
    spans = []
    for line in annotation.splitlines():
        if line.startswith("T"):
            label, *offsets = line.split("\t")[1].split(" ")
            if len(offsets) == 2:
                spans.append((int(offsets[0]), int(offsets[1]), BRAT_LABELS[label]))
    return spans


def ner_docs(nlp: Language, folder: Path) -> Iterator[Doc]:
    """One Doc a paragraph, with the outermost annotations as its entities."""
    for path in sorted(folder.glob("*.txt")):
        text = path.read_bytes().decode("utf-8")
        spans = brat_spans(path.with_suffix(".ann").read_text(encoding="utf-8"))
        offset = 0
        for chunk in paragraph_chunks(analysis_text(text)):
            doc = nlp.make_doc(chunk)
            inside = [
                (s - offset, e - offset, label) for s, e, label in spans if offset <= s and e <= offset + len(chunk)
            ]
            candidates: list[Span | None] = [
                doc.char_span(s, e, label, alignment_mode="expand") for s, e, label in inside
            ]
            doc.ents = filter_spans([span for span in candidates if span is not None])
            offset += len(chunk)
            if chunk.strip():
                yield doc


def syntax_docs(paths: list[Path]) -> Iterator[Doc]:
    """Documents of `SENTENCES_PER_DOC` sentences; "du" and its kind stay one token, as the tokenizer has them."""
    for path in paths:
        conllu = analysis_text(path.read_text(encoding="utf-8"))
        yield from conllu_to_docs(conllu, n_sents=SENTENCES_PER_DOC, merge_subtokens=True, no_print=True)


def main(data: Path, output: Path) -> None:
    output.mkdir(parents=True, exist_ok=True)
    nlp = spacy.blank("fr")
    corpora = {
        "ner_train": ner_docs(nlp, data / "ner/train"),
        "ner_dev": ner_docs(nlp, data / "ner/dev"),
        "syntax_train": syntax_docs([data / "ud" / name for name in SYNTAX_TRAIN]),
        "syntax_dev": syntax_docs([data / "ud" / name for name in SYNTAX_DEV]),
    }
    for name, docs in corpora.items():
        packed = DocBin(docs=docs)
        packed.to_disk(output / f"{name}.spacy")
        print(f"{name}: {len(packed)} documents")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
