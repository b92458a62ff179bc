"""Score cleaning on publisher pages against trafilatura's defaults in the same run, field by field.

    python -m benchmarks.cleaning [FOLDER] [--repeat N]

FOLDER holds ``gold.jsonl`` (file, url, title, authors, published, body) and the pages (``*.html.gz``);
the default is ``../shared/pages`` beside the repository.
"""

import argparse
import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean

from trafilatura import bare_extraction

from schemas.document import GivenMetadata, RawDocument
from schemas.vocabulary import MediaType
from transforms.articles import clean
from transforms.rejects import RejectedError

DEFAULT_PAGES = Path(__file__).resolve().parents[2] / "shared" / "pages"
CAPTURED_AT = datetime(2027, 1, 1, tzinfo=UTC)
"""Later than every page, and the same in every run."""
POOR_BODY = 0.5

_QUOTES = str.maketrans("‘’‚‛`´“”„‟«»", "''''''\"\"\"\"\"\"")
_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class GoldPage:
    """A page and what is known about its article."""

    name: str
    url: str
    html: bytes
    title: str
    authors: tuple[str, ...]
    published: str
    body: str


@dataclass(frozen=True, slots=True)
class Extracted:
    """What one way of cleaning finds in a page; `published` as an ISO date or time."""

    title: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class PageScore:
    """Each 0 to 1."""

    name: str
    date: float
    title: float
    authors: float
    body: float


@dataclass(frozen=True, slots=True)
class Report:
    """The scores of one way of cleaning, and its seconds of processor time for all pages."""

    scores: tuple[PageScore, ...]
    found: tuple[Extracted, ...]
    seconds: float

    def field(self, name: str) -> float:
        """Mean of a field over the pages."""
        return mean(float(getattr(score, name)) for score in self.scores)

    def right(self, name: str) -> int:
        """Pages on which a field is wholly right."""
        return sum(getattr(score, name) == 1 for score in self.scores)


def load_pages(folder: Path) -> list[GoldPage]:
    """The pages of a folder with their gold."""
    rows = [json.loads(line) for line in (folder / "gold.jsonl").read_text("utf-8").splitlines() if line.strip()]
    return [
        GoldPage(
            name=row["file"].removesuffix(".html.gz"),
            url=row["url"],
            html=gzip.decompress((folder / row["file"]).read_bytes()),
            title=row["title"] or "",
            authors=tuple(row["authors"] or ()),
            published=row["published"] or "",
            body=row["body"] or "",
        )
        for row in rows
    ]


def ours(page: GoldPage) -> Extracted:
    """Our cleaning."""
    raw = RawDocument(page.name, MediaType.HTML, page.html, CAPTURED_AT, given=GivenMetadata(url=page.url))
    try:
        article = clean(raw)
    except RejectedError as error:
        print(f"rejected: {page.name}: {error.reason} ({error.detail})", file=sys.stderr)
        return Extracted()
    published = article.published_at.isoformat() if article.published_at else ""
    return Extracted(article.title or "", article.authors, published, article.text)


def trafilatura_defaults(page: GoldPage) -> Extracted:
    """trafilatura as it comes, with metadata."""
    document = bare_extraction(page.html, url=page.url, with_metadata=True)
    if document is None:
        return Extracted()
    authors = tuple(name.strip() for name in (document.author or "").split(";") if name.strip())
    return Extracted(document.title or "", authors, document.date or "", document.text or "")


def score_page(gold: GoldPage, found: Extracted) -> PageScore:
    """All fields of one page."""
    return PageScore(
        gold.name,
        date=float(same_day(gold.published, found.published)),
        title=float(fold_title(gold.title) == fold_title(found.title)),
        authors=set_f1({fold_name(a) for a in gold.authors}, {fold_name(a) for a in found.authors}),
        body=token_f1(gold.body, found.body),
    )


def same_day(gold: str, found: str) -> bool:
    """Whether both name one day: in the publisher's zone where `found` has a time, else as written."""
    if not gold or not found:
        return gold == found
    moment = datetime.fromisoformat(gold)
    if len(found) == len("2026-01-01"):
        return moment.date().isoformat() == found or moment.astimezone(UTC).date().isoformat() == found
    other = datetime.fromisoformat(found)
    if moment.tzinfo is None:
        return abs(moment.replace(tzinfo=UTC) - other) < timedelta(days=1)
    return moment.date() == other.astimezone(moment.tzinfo).date()


def fold_title(title: str) -> str:
    """A title with white space and quotation marks folded; nothing else."""
    return " ".join(title.translate(_QUOTES).split())


def fold_name(name: str) -> str:
    """A name with case and white space folded."""
    return " ".join(name.casefold().split())


def set_f1(gold: set[str], found: set[str]) -> float:
    """F1 of two sets; 1 if both are empty."""
    if not gold and not found:
        return 1.0
    return 2 * len(gold & found) / (len(gold) + len(found))


def token_f1(gold: str, found: str) -> float:
    """F1 over words in lower case, each counted as often as it occurs."""
    wanted, got = (Counter(_TOKEN.findall(text.casefold())) for text in (gold, found))
    total = wanted.total() + got.total()
    return 2 * (wanted & got).total() / total if total else 1.0


def run(pages: Sequence[GoldPage], extract: Callable[[GoldPage], Extracted], repeat: int) -> Report:
    """Score one way of cleaning; the time is the shortest of `repeat` rounds."""
    seconds = []
    for _ in range(repeat):
        started = time.process_time()
        found = tuple(extract(page) for page in pages)
        seconds.append(time.process_time() - started)
    return Report(tuple(map(score_page, pages, found)), found, min(seconds))


def misses(pages: Iterable[GoldPage], report: Report) -> Mapping[str, list[str]]:
    """For each field, a line on each page that is not wholly right (bodies: below 0.9)."""
    lines: dict[str, list[str]] = {"date": [], "title": [], "authors": [], "body": []}
    for gold, found, score in zip(pages, report.found, report.scores, strict=True):
        if score.date < 1:
            lines["date"].append(f"{gold.name}: {found.published or 'none'}, gold {gold.published}")
        if score.title < 1:
            lines["title"].append(f"{gold.name}: {found.title!r}, gold {gold.title!r}")
        if score.authors < 1:
            lines["authors"].append(f"{gold.name}: {list(found.authors)}, gold {list(gold.authors)}")
        if score.body < 0.95:
            lines["body"].append(f"{gold.name}: {score.body:.3f}, {len(found.body)} of {len(gold.body)} code points")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, the misses and the throughput."""
    parser = argparse.ArgumentParser(description="Score cleaning on publisher pages.")
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_PAGES)
    parser.add_argument("--repeat", type=int, default=1, help="rounds; the fastest counts (default 1)")
    options = parser.parse_args(arguments)
    pages = load_pages(options.folder)
    ours(pages[0]), trafilatura_defaults(pages[0])  # models and caches are loaded before the clock starts
    theirs, own = run(pages, trafilatura_defaults, options.repeat), run(pages, ours, options.repeat)
    for name, lines in misses(pages, own).items():
        print(f"\n{name}: {len(lines)} to look at", *lines, sep="\n  ")
    count = len(pages)
    print(f"\n{count} pages            ours   trafilatura defaults")
    for name in ("date", "title"):
        print(f"{name:<18}{own.right(name):>4}/{count}{theirs.right(name):>15}/{count}")
    for name in ("authors", "body"):
        print(f"{name + ' F1':<18}{own.field(name):>7.4f}{theirs.field(name):>18.4f}")
    poor = [sum(score.body < POOR_BODY for score in report.scores) for report in (own, theirs)]
    print(f"{'bodies below 0.5':<18}{poor[0]:>7}{poor[1]:>18}")
    print(f"{'pages/s':<18}{count / own.seconds:>7.1f}{count / theirs.seconds:>18.1f}")
    print(f"throughput ratio  {theirs.seconds / own.seconds:>7.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
