"""What an article costs, and how fast one process, two processes and two Flink workers are, side by side.

    python -m benchmarks.scaling cost               CPU time of cleaning and of language work, in this process
    python -m benchmarks.scaling compare [--flink]  the same articles in each way; wall-clock, so on a quiet machine

CPU time hardly depends on what else the machine does; wall-clock time does: the load is printed beside it.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from language.pipelines import annotate, load_pipeline
from schemas.document import RawDocument
from schemas.vocabulary import MediaType
from transforms.articles import clean
from transforms.rejects import RejectedError

_REPOSITORY = Path(__file__).resolve().parents[1]
_SAMPLES = _REPOSITORY / "samples"
_PAGES = _REPOSITORY.parent / "shared" / "pages"
WORDS = 500
"""Length of an article in all figures."""
_PASSES = 3
_FILES = 8


def cleaning_msec(pages: Sequence[bytes]) -> float:
    """CPU milliseconds of cleaning a page, mean; the first pass over all of them warms up."""
    documents = [
        RawDocument(f"page{n}.html", MediaType.HTML, page, datetime(2024, 3, 5, tzinfo=UTC))
        for n, page in enumerate(pages)
    ]
    started = 0.0
    for passed in range(_PASSES + 1):
        if passed == 1:
            started = time.process_time()
        for document in documents:
            try:
                clean(document)
            except RejectedError:  # costs as much as an article
                continue
    return 1000 * (time.process_time() - started) / (_PASSES * len(documents))


def language_msec() -> float:
    """CPU milliseconds of tagging, parsing and recognising `WORDS` words of the sample's texts, mean."""
    nlp = load_pipeline("fr", None)
    texts = [path.read_text(encoding="utf-8") for path in sorted(_SAMPLES.glob("*.txt")) if path.stat().st_size]
    words = sum(len(text.split()) for text in texts)
    for text in texts:
        annotate(nlp, text)
    started = time.process_time()
    for _ in range(_PASSES):
        for text in texts:
            annotate(nlp, text)
    return 1000 * (time.process_time() - started) / (_PASSES * words) * WORDS


def articles(number: int) -> Iterator[str]:
    """JSON lines of so many articles of about `WORDS` words: the sample's sentences, each time in another order."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(_SAMPLES.glob("*.txt")) if path.stat().st_size]
    paragraphs = [part for text in texts for part in text.split("\n\n") if len(part.split()) > 20]
    for n in range(number):
        chosen: list[str] = [f"Avis {n}."]
        place = n * 7
        while sum(len(part.split()) for part in chosen) < WORDS:
            chosen.append(paragraphs[place % len(paragraphs)])
            place += 1 + n % 5
        line = {"url": f"https://quai{n % 4}.example/{n}", "text": "\n\n".join(chosen), "language": "fr"}
        yield json.dumps(line | {"published_at": f"2024-03-{1 + n % 28:02}"}, ensure_ascii=False) + "\n"


def seconds(command: Sequence[str | Path], source: Path, folder: Path) -> float:
    """Wall-clock seconds of one run; copies are not looked for, since these articles share their sentences."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(dir=folder) as lake:
        done = subprocess.run(
            [*command, "--input", source, "--output", lake, "--duplicate-days", "0"],
            cwd=_REPOSITORY, env=os.environ | {"DEPECHE_PYTHON": sys.executable}, capture_output=True, text=True,
        )  # fmt: skip
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return time.monotonic() - started


def compare(number: int, flink: bool) -> None:
    """Print articles a second of each way, with and without what a run costs before and after its articles.

    That is found from a second run over a quarter of the input; nan where other programs took more time than the rest.
    """
    local = (sys.executable, "-m", "pipeline")
    ways: dict[str, tuple[str | Path, ...]] = {"one process": local, "two processes": (*local, "--workers", "2")}
    if flink:
        ways["two Flink workers"] = (_REPOSITORY / "deploy" / "flink" / "submit.sh",)
    few = number // 4
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for count in (few, number):
            _write(list(articles(count)), folder / str(count))
        for way, command in ways.items():
            short, long = (seconds(command, folder / str(count), folder) for count in (few, number))
            beyond = (number - few) / (long - short) if long > short else float("nan")
            print(
                f"{way:20} {number / long:6.1f} articles/s  {beyond:6.1f} beyond start-up  "
                f"{short:5.0f} s for {few}  {long:5.0f} s for {number}  load {os.getloadavg()[0]:.1f}",
                flush=True,
            )


def _write(lines: Sequence[str], folder: Path) -> None:
    """In several files: a runner spreads files over its workers."""
    folder.mkdir()
    for n in range(_FILES):
        (folder / f"{n}.jsonl").write_text("".join(lines[n::_FILES]), encoding="utf-8")


def main(argv: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    parser.add_argument("what", choices=("cost", "compare"))
    parser.add_argument("--articles", type=int, default=400)
    parser.add_argument("--flink", action="store_true", help="also on the cluster that deploy/flink/start.sh started")
    values = parser.parse_args(argv)
    if values.what == "compare":
        compare(values.articles, values.flink)
        return 0
    pages = [gzip.decompress(path.read_bytes()) for path in sorted(_PAGES.glob("*.html.gz"))]
    if pages:
        print(f"cleaning a page:        {cleaning_msec(pages):6.1f} ms of one core")
    print(f"language of {WORDS} words:  {language_msec():6.1f} ms of one core")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
