"""A corpus of any size for the benchmarks: reference articles and pages under addresses of their own.

Texts are French articles of the reference data, pages those of publishers in many languages. Each copy of a text begins
at another paragraph, each copy of a page has another address in it, so that no two are one version of an article.
"""

import gzip
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

SHARED = Path(__file__).resolve().parents[2] / "shared"
TEXTS_A_PAGE = 3
"""Pages are a quarter of the corpus. Few of them are French: they stand for the cost of cleaning."""
_LINES_A_FILE = 500
_DAYS = 28


@dataclass(frozen=True, slots=True)
class Page:
    """A publisher's page: where it was, and what was served."""

    url: str
    html: str


def texts(shared: Path = SHARED) -> Iterator[str]:
    """French articles, again and again, each time from another paragraph on."""
    articles = [path.read_text("utf-8") for path in sorted((shared / "data" / "ner").glob("*/*.txt"))]
    if not articles:
        raise FileNotFoundError(f"no articles below {shared / 'data' / 'ner'}")
    for turn in count():
        for article in articles:
            paragraphs = [line for line in article.split("\n") if line.strip()]
            first = turn % max(len(paragraphs), 1)
            yield "\n\n".join([f"Édition {turn + 1}.", *paragraphs[first:], *paragraphs[:first]])


def pages(shared: Path = SHARED) -> Iterator[Page]:
    """Publishers' pages, again and again, each time with another address."""
    gold = [json.loads(line) for line in (shared / "pages" / "gold.jsonl").read_text("utf-8").splitlines()]
    originals = []
    for page in gold:
        with gzip.open(shared / "pages" / page["file"], "rt", encoding="utf-8", errors="replace") as file:
            originals.append(Page(page["url"], file.read()))
    for turn in count():
        for original in originals:
            yield _under_another_address(original, turn)


_CANONICAL = re.compile(r"(<link[^>]+rel=[\"']?canonical[^>]*>|<meta[^>]+og:url[^>]*>)", re.I)
_ADDRESS = re.compile(r"(https?://[^\"'<>?#\s]+)")


def _under_another_address(page: Page, turn: int) -> Page:
    suffix = f"-copy{turn}"
    html = page.html.replace(page.url, page.url.rstrip("/") + suffix)
    html = _CANONICAL.sub(
        lambda tag: tag[0] if suffix in tag[0] else _ADDRESS.sub(lambda url: url[0].rstrip("/") + suffix, tag[0]), html
    )
    return Page(page.url.rstrip("/") + suffix, html)


def lines(documents: int, kind: str = "both") -> Iterator[str]:
    """So many JSON lines of texts, of pages or of both."""
    text, page = texts(), pages()
    for n in range(documents):
        if kind == "pages" or (kind == "both" and n % (TEXTS_A_PAGE + 1) == TEXTS_A_PAGE):
            served = next(page)
            line = {"url": served.url, "html": served.html}
        else:
            day = 1 + n * _DAYS // documents  # in the order of the days, as an archive is
            line = {
                "url": f"https://gazette{n % 7}.example/{n}",
                "published_at": f"2024-02-{day:02}T08:00:00Z",
                "text": next(text),
            }
        yield json.dumps(line, ensure_ascii=False) + "\n"


def write_json_lines(folder: Path, documents: int, kind: str = "both") -> Path:
    """Write the corpus into files of some hundred lines and return their folder."""
    folder.mkdir(parents=True)
    remaining = lines(documents, kind)
    for number in count():
        portion = list(islice(remaining, _LINES_A_FILE))
        if not portion:
            return folder
        (folder / f"{number:05}.jsonl").write_text("".join(portion), encoding="utf-8")
    return folder


def write_warc(folder: Path, documents: int, files: int) -> Path:
    """Write pages as crawl archives, spread over so many files, and return their folder."""
    folder.mkdir(parents=True)
    served = pages()
    for number in range(files):
        with (folder / f"{number:05}.warc.gz").open("wb") as file:
            writer = WARCWriter(file, gzip=True)
            for page in islice(served, documents // files + (number < documents % files)):
                headers = StatusAndHeaders(
                    "200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1"
                )
                writer.write_record(
                    writer.create_warc_record(
                        page.url,
                        "response",
                        payload=io.BytesIO(page.html.encode("utf-8")),
                        http_headers=headers,
                        warc_headers_dict={"WARC-Date": "2026-09-01T00:00:00Z"},
                    )
                )
    return folder
