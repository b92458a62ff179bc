"""The programs that `benchmarks.throughput` compares with the pipeline, each run in a process of its own.

    python -m benchmarks.contestants loop|defaults|one-at-a-time INPUT OUTPUT PROCESSES

loop: a hand-written loop over the project's own functions, with multiprocessing and pyarrow: what the machine gives
    without a framework, at the pipeline's settings.
defaults: the same loop over the libraries as they come: trafilatura with metadata, spaCy's nlp.pipe on whole texts.
one-at-a-time: spaCy called on one text after the other, as the Gender Gap Tracker does.

All three read JSON lines and write articles, entities and claims as Parquet files by date and source, as the pipeline does,
after each 1,000 articles.
"""

import json
import multiprocessing
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cache, partial
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow.parquet as pq
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from language.claims import extract_claims
from language.entities import extract_entities
from language.pipelines import annotate, load_pipeline
from language.shipped import SHIPPED
from schemas.article import Article
from schemas.document import GivenMetadata, RawDocument
from schemas.partition import Partition
from schemas.tables import ARTICLES, CLAIMS, ENTITIES
from schemas.vocabulary import DateSource, MediaType
from transforms.articles import clean
from transforms.lake import arrow_table
from transforms.rejects import RejectedError

CAPTURED_AT = datetime(2027, 1, 1, tzinfo=UTC)
_TASK_LINES = 20
_ARTICLES_A_BATCH = 1_000

Rows: TypeAlias = tuple[list[Article], list[Any], list[Any]]


def loop(task: Sequence[str]) -> Rows:
    """Clean, annotate and extract with the project's functions."""
    articles, docs = [], []
    for line in task:
        given = json.loads(line)
        raw = RawDocument(
            input_uri="benchmark",
            media_type=MediaType.HTML if "html" in given else MediaType.PLAIN_TEXT,
            payload=(given.get("html") or given["text"]).encode("utf-8", "surrogatepass"),
            captured_at=CAPTURED_AT,
            given=GivenMetadata(url=given["url"], published_at=given.get("published_at")),
        )
        try:
            article = clean(raw)
        except RejectedError:
            continue
        french = article.language == "fr"
        articles.append(article)
        docs.append(annotate(_own_pipeline(), article.text) if french else None)
    return _extracted(articles, docs)


@cache
def _own_pipeline() -> Language:
    return load_pipeline("fr")


def defaults(task: Sequence[str]) -> Rows:
    """Clean, annotate and extract with trafilatura and spaCy as they come; extraction is the project's."""
    articles = list(_plainly_cleaned(task))
    french = [article.language == "fr" for article in articles]
    annotated = _plain_pipeline().pipe(
        article.text for article, is_french in zip(articles, french, strict=True) if is_french
    )
    return _extracted(articles, [next(annotated) if is_french else None for is_french in french])


def one_at_a_time(task: Sequence[str]) -> Rows:
    """As `defaults`, but spaCy gets one text at a time."""
    articles = list(_plainly_cleaned(task))
    nlp = _plain_pipeline()
    return _extracted(articles, [nlp(article.text) if article.language == "fr" else None for article in articles])


@cache
def _plain_pipeline() -> Language:
    return spacy.load(SHIPPED["fr"])


def _plainly_cleaned(task: Sequence[str]) -> Iterator[Article]:
    import py3langid
    from trafilatura import bare_extraction

    for line in task:
        given = json.loads(line)
        title, text, published = None, given.get("text"), given.get("published_at")
        if text is None:
            document = bare_extraction(given["html"], url=given["url"], with_metadata=True)
            if document is None or not document.text:
                continue
            title, text, published = document.title, document.text, document.date
        day = date.fromisoformat(published[:10]) if published else CAPTURED_AT.date()
        yield Article(
            article_id=given["url"],
            version_id=given["url"],
            source="benchmark",
            date=day,
            input_uri="benchmark",
            media_type=MediaType.PLAIN_TEXT,
            date_source=DateSource.META,
            fetched_at=CAPTURED_AT,
            text=text,
            word_count=len(text.split()),
            content_hash="",
            simhash=0,
            minhash="",
            url=given["url"],
            title=title,
            language=py3langid.classify(text[:2_000])[0],
        )


def _extracted(articles: Sequence[Article], docs: Sequence[Doc | None]) -> Rows:
    entities, claims = [], []
    for article, doc in zip(articles, docs, strict=True):
        if doc is not None:
            mentions = extract_entities(article, doc)
            entities += mentions
            claims += extract_claims(article, doc, mentions)
    return list(articles), entities, claims


CONTESTANTS: dict[str, Callable[[Sequence[str]], Rows]] = {
    "loop": loop,
    "defaults": defaults,
    "one-at-a-time": one_at_a_time,
}


def write(rows: Iterable[Rows], output: Path) -> int:
    """Write batches of so many articles; gives the number of articles."""
    output.mkdir(parents=True)
    written = 0
    remaining = iter(rows)
    for first in remaining:
        gathered = [first]
        while sum(len(articles) for articles, _, _ in gathered) < _ARTICLES_A_BATCH:
            following = next(remaining, None)
            if following is None:
                break
            gathered.append(following)
        for table, of_table in zip((ARTICLES, ENTITIES, CLAIMS), zip(*gathered, strict=True), strict=True):
            partitions: dict[Partition, list[Any]] = {}
            for record in chain.from_iterable(of_table):
                partitions.setdefault(Partition(record.date, record.source), []).append(record)
            for partition, records in partitions.items():
                folder = output / partition.folder(table.name)
                folder.mkdir(parents=True, exist_ok=True)
                pq.write_table(arrow_table(table, records), folder / f"part-{written:08}.parquet", compression="zstd")
        written += sum(len(articles) for articles, _, _ in gathered)
    return written


def _tasks(folder: Path) -> Iterator[list[str]]:
    lines = (line for path in sorted(folder.glob("*.jsonl")) for line in path.open(encoding="utf-8"))
    while task := list(islice(lines, _TASK_LINES)):
        yield task


def main(argv: Sequence[str]) -> int:
    """Run one contestant."""
    name, source, output, processes = argv[0], Path(argv[1]), Path(argv[2]), int(argv[3])
    if processes == 1:
        articles = write(map(CONTESTANTS[name], _tasks(source)), output)
    else:
        with multiprocessing.get_context("spawn").Pool(processes) as pool:
            articles = write(pool.imap_unordered(partial(_in_process, name), _tasks(source)), output)
    print(articles)
    return 0


def _in_process(name: str, task: Sequence[str]) -> Rows:
    return CONTESTANTS[name](task)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
