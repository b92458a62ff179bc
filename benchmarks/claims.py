"""Score the claims engine against annotated articles, and turn a run's tables into the scorer's format.

    python -m benchmarks.claims score ../shared/gold            # all, and each part of the split
    python -m benchmarks.claims errors ../shared/gold           # misses and false alarms of the part to develop on
    python -m benchmarks.claims predict OUT dev/*.txt > predicted.jsonl

The gold folder holds `score.py` (the scorer), `dev.jsonl` with `dev/`, and `seeds.jsonl`, whose texts lie in
`../seeds`. The split is by sorted name: every third article of `dev.jsonl` is held out.
"""

import argparse
import importlib.util
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
from spacy.language import Language

from language.claims import extract_claims
from language.entities import extract_entities
from language.pipelines import annotate, load_pipeline
from schemas.article import Article, Edit
from schemas.claim import Claim
from schemas.vocabulary import DateSource, EditRule, MediaType

HELD_OUT_EVERY = 3
_ARTICLES = frozenset({"le", "la", "les", "l'", "l’"})

Predictions = dict[str, list[dict[str, Any]]]


def load_scorer(gold: Path) -> ModuleType:
    """The module `score.py` of the gold folder."""
    spec = importlib.util.spec_from_file_location("claims_scorer", gold / "score.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(gold / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def article_of(name: str, text: str) -> Article:
    """An article that holds `text` as it is."""
    return Article(
        article_id=name,
        version_id=name,
        source="gold",
        date=date(2020, 1, 1),
        input_uri=name,
        media_type=MediaType.PLAIN_TEXT,
        date_source=DateSource.FILE_MTIME,
        fetched_at=datetime(2020, 1, 1, tzinfo=UTC),
        text=text,
        word_count=len(text.split()),
        content_hash=name,
        simhash=0,
        minhash="",
        language="fr",
    )


def claims_of(nlp: Language, name: str, text: str) -> list[Claim]:
    """The claims of a raw text."""
    article, doc = article_of(name, text), annotate(nlp, text)
    return extract_claims(article, doc, extract_entities(article, doc))


def as_prediction(claim: Claim) -> dict[str, Any]:
    """A claim in the scorer's format."""
    return {
        "content": claim.text,
        "start": claim.start,
        "type": str(claim.kind),
        "cue": claim.cue,
        "source": claim.speaker,
        "speaker": with_article(claim.speaker, claim.speaker_name),
        "rule": claim.rule,
    }


def with_article(mention: str | None, name: str | None) -> str | None:
    """The name with the article of its mention, which the annotation keeps: "l’Élysée" for Élysée."""
    if mention is None or name is None or not mention.endswith(name):
        return name
    return mention if mention.removesuffix(name).strip().lower() in _ARTICLES else name


class Gold:
    """One file of annotated articles with its texts and the split."""

    def __init__(self, scorer: ModuleType, path: Path, texts: Path) -> None:
        self.scorer = scorer
        self.texts = texts
        self.claims: Predictions = scorer.load(path)

    def part(self, held_out: bool) -> list[str]:
        """Names of one part of the split, in order."""
        names = sorted(self.claims)
        return [n for i, n in enumerate(names) if (i % HELD_OUT_EVERY == HELD_OUT_EVERY - 1) == held_out]

    def text(self, name: str) -> str:
        """The text of one article, with its line ends as they are."""
        return (self.texts / f"{name}.txt").read_bytes().decode("utf-8")

    def predict(self, nlp: Language, names: Iterable[str]) -> Predictions:
        """Predictions for the named articles."""
        return {name: [as_prediction(c) for c in claims_of(nlp, name, self.text(name))] for name in names}


def parts(gold_folder: Path) -> dict[str, tuple[Gold, list[str]]]:
    """The parts that are reported: seeds, the articles to develop on, the held-out ones."""
    scorer = load_scorer(gold_folder)
    dev = Gold(scorer, gold_folder / "dev.jsonl", gold_folder / "dev")
    seeds = Gold(scorer, gold_folder / "seeds.jsonl", gold_folder.parent / "seeds")
    return {
        "seeds": (seeds, sorted(seeds.claims)),
        "develop": (dev, dev.part(held_out=False)),
        "held_out": (dev, dev.part(held_out=True)),
    }


def score_parts(nlp: Language, gold_folder: Path, names: Sequence[str] = ()) -> dict[str, dict[str, Any]]:
    """The scorer's figures for each part (all of them unless `names` says otherwise), and for all together."""
    chosen = {name: part for name, part in parts(gold_folder).items() if not names or name in names}
    figures, gold_all, found_all = {}, {}, {}
    texts: dict[str, str] = {}
    scorer: ModuleType | None = None
    for part, (gold, articles) in chosen.items():
        found = gold.predict(nlp, articles)
        wanted = {name: gold.claims[name] for name in articles}
        figures[part] = gold.scorer.score(wanted, found, gold.texts)
        gold_all.update(wanted)
        found_all.update(found)
        texts.update({name: gold.text(name) for name in articles})
        scorer = gold.scorer
    if scorer is not None and len(chosen) > 1:
        figures["all"] = _score_texts(scorer, gold_all, found_all, texts)
    return figures


def _score_texts(scorer: ModuleType, gold: Predictions, found: Predictions, texts: Mapping[str, str]) -> dict[str, Any]:
    """Score articles of several folders: the scorer reads ``Path(folder, name.txt)``."""

    class Texts:
        """Stands for the path of one text."""

        def __init__(self, _folder: str, file_name: str) -> None:
            self._text = texts[file_name.removesuffix(".txt")]

        def read_bytes(self) -> bytes:
            return self._text.encode("utf-8")

    original = scorer.Path
    scorer.Path = Texts  # type: ignore[attr-defined]
    try:
        result: dict[str, Any] = scorer.score(gold, found, "")
    finally:
        scorer.Path = original  # type: ignore[attr-defined]
    return result


def errors(nlp: Language, gold: Gold, names: Iterable[str]) -> Iterator[str]:
    """Lines that list misses (-), false alarms (+), wrong edges (~) and wrong speakers (@), with the rule."""
    scorer = gold.scorer
    for name in names:
        text, wanted = gold.text(name), gold.claims[name]
        found = [as_prediction(c) for c in claims_of(nlp, name, text)]
        wanted_sets, found_sets = scorer.token_sets(text, wanted), scorer.token_sets(text, found)
        pairs = scorer.pairs(wanted_sets, found_sets, scorer.iou, 0.5)
        yield f"## {name}"
        matched_wanted, matched_found = {i for i, _ in pairs}, {j for _, j in pairs}
        for i, j in pairs:
            g, f = wanted[i], found[j]
            if wanted_sets[i] != found_sets[j]:
                yield f"~ {f['rule']} [{scorer.iou(wanted_sets[i], found_sets[j]):.2f}]\n    {g['content']}\n    {f['content']}"
            if g["type"] != f["type"]:
                yield f"% {f['rule']} {g['type']} / {f['type']}: {f['content'][:80]}"
            if not scorer.same_cue(g["cue"], f["cue"]):
                yield f"! {f['rule']} {g['cue']} / {f['cue']}: {f['content'][:80]}"
            if g["speaker"] and not scorer.same_name(g["speaker"], f["speaker"]):
                yield f"@ {f['rule']} {g['speaker']} / {f['speaker']} ({f['source']}): {f['content'][:60]}"
        for i, g in enumerate(wanted):
            if i not in matched_wanted and not g.get("optional"):
                yield f"- {g['type']} {g['cue']} | {g['source']} | {g['content']}"
        for j, f in enumerate(found):
            if j not in matched_found:
                yield f"+ {f['rule']} {f['cue']} | {f['source']} | {f['content']}"


def original_offset(offset: int, edits: Sequence[Edit], *, end: bool = False) -> int:
    """The offset in the extracted text of an offset in `Article.text`.

    Args:
        edits: what cleaning took out, as `Article.edits`.
        end: the offset ends a span: words taken out right there lie behind it, not before.
    """
    return offset + sum(len(e.removed) for e in edits if e.at < offset or (e.at == offset and not end))


def predictions_of_tables(lake: Path, names: Sequence[Path]) -> Predictions:
    """The claims in a lake, with offsets and words of the original texts.

    Args:
        lake: output folder of a run.
        names: the original text files; rows are matched by the file's name in `input_uri`.
    """
    by_name = {path.name: path for path in names}
    connection = duckdb.connect()
    rows = connection.execute(
        "SELECT a.input_uri, a.edits, c.start, c.end, c.kind, c.cue, c.speaker, c.speaker_name "
        f"FROM read_parquet('{lake}/claims/**/*.parquet', hive_partitioning = true) c "
        f"JOIN read_parquet('{lake}/articles/**/*.parquet', hive_partitioning = true) a USING (version_id) "
        "ORDER BY a.input_uri, c.start, c.end, c.cue_start"
    ).fetchall()
    found: Predictions = {path.stem: [] for path in names}
    for uri, edits, start, end, kind, cue, speaker, speaker_name in rows:
        path = by_name.get(Path(str(uri)).name)
        if path is None:
            continue
        text = path.read_bytes().decode("utf-8")
        taken_out = [Edit(EditRule(e["rule"]), e["at"], e["removed"]) for e in edits or ()]
        first, last = original_offset(start, taken_out), original_offset(end, taken_out, end=True)
        found[path.stem].append(
            {
                "content": text[first:last],
                "start": first,
                "type": kind,
                "cue": cue,
                "source": speaker,
                "speaker": with_article(speaker, speaker_name),
            }
        )
    return found


def main(argv: Sequence[str]) -> int:
    """Run one of the commands; the exit code."""
    parser = argparse.ArgumentParser(prog="benchmarks.claims", description=__doc__.split("\n")[0] if __doc__ else None)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (("score", "figures for each part"), ("errors", "what is wrong, article by article")):
        command = commands.add_parser(name, help=text)
        command.add_argument("gold", type=Path, help="folder with score.py, dev.jsonl and seeds.jsonl")
        command.add_argument(
            "--parts", nargs="*", default=[], help="seeds, develop, held_out; all for score by default"
        )
        command.add_argument("--model", default=None, help="spaCy pipeline instead of the shipped one")
    command = commands.add_parser("predict", help="predictions from the tables of a run, as JSON lines")
    command.add_argument("lake", type=Path, help="output folder of a run")
    command.add_argument("texts", type=Path, nargs="+", help="the original text files")
    options = parser.parse_args(argv)
    if options.command == "predict":
        for name, claims in predictions_of_tables(options.lake, options.texts).items():
            print(json.dumps({"doc": name, "claims": claims}, ensure_ascii=False))
        return 0
    nlp = load_pipeline("fr", options.model)
    if options.command == "score":
        for part, figures in score_parts(nlp, options.gold, options.parts).items():
            print(part, json.dumps(figures, ensure_ascii=False))
        return 0
    chosen = options.parts or ["seeds", "develop"]
    for part, (gold, names) in parts(options.gold).items():
        if part in chosen:
            for line in errors(nlp, gold, names):
                print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
