"""Resident memory of local runs over more and more articles.

    python -m benchmarks.memory [--documents N ...] [--corpus notices|news] [--chart FILE] [-- OPTION ...]

Runs the program and samples the resident memory of the whole process tree twice a second. Prints one line a run and
draws the samples as an SVG chart. ``notices`` are made here, in a language without a pipeline (language work would only
make 50,000 of them slow). ``news`` are French articles of the reference data, and a publisher's page for each three of
them (`benchmarks.corpus`). What stands behind ``--`` goes to the program, ``--workers 2`` for example.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import corpus

SIZES = (1_000, 5_000, 50_000)
CHART = Path(__file__).with_name("memory.svg")
_REPOSITORY = Path(__file__).resolve().parents[1]
_INTERVAL_SECS = 0.5
_WORDS = [
    "harbour",
    "bridge",
    "council",
    "river",
    "school",
    "market",
    "train",
    "storm",
    "budget",
    "union",
    "factory",
    "ministry",
    "coast",
    "vote",
    "court",
    "farm",
    "energy",
    "museum",
    "border",
    "hospital",
    "strike",
    "treaty",
    "engine",
    "island",
    "prison",
    "village",
    "glacier",
    "satellite",
    "library",
    "orchard",
]


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: number of documents, seconds, and MB of resident memory at each sample."""

    documents: int
    seconds: float
    megabytes: tuple[float, ...]

    @property
    def peak(self) -> float:
        """The highest sample, in MB."""
        return max(self.megabytes)


def lines(documents: int) -> Iterator[str]:
    """JSON lines of so many different articles of 45 words, on 30 days and of 4 sources."""
    chance = random.Random("articles")
    for n in range(documents):
        text = f"Notice {n}. " + " ".join(chance.choices(_WORDS, k=43)).capitalize() + "."
        # In the order of the days, as an archive is; the days do not grow with the number of articles.
        line = {
            "url": f"https://quai{n % 4}.example/{n}",
            "published_at": f"2024-03-{1 + n * 30 // documents:02}",
            "language": "en",
            "text": text,
        }
        yield json.dumps(line) + "\n"


CORPORA = {"notices": lines, "news": corpus.lines}
"""By name: the JSON lines of so many documents."""


def measure(documents: int, name: str = "notices", options: Sequence[str] = ()) -> Measured:
    """Run the program over so many articles of a corpus."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "articles.jsonl")
        with source.open("w", encoding="utf-8") as file:
            file.writelines(CORPORA[name](documents))
        command = [sys.executable, "-m", "pipeline", "--input", str(source), "--output", f"{folder}/lake", *options]
        started = time.monotonic()
        process = subprocess.Popen(command, cwd=_REPOSITORY, stdout=subprocess.DEVNULL)
        samples = []
        while process.poll() is None:
            samples.append(resident_megabytes(process.pid))
            time.sleep(_INTERVAL_SECS)
        if process.returncode:
            raise RuntimeError(f"the run over {documents} documents ended with exit code {process.returncode}")
        return Measured(documents, time.monotonic() - started, tuple(samples))


def resident_megabytes(pid: int) -> float:
    """Of a process and all that it started, in MB; a page that several processes share counts once in all."""
    return sum(map(_own_megabytes, process_tree(pid)))


def process_tree(pid: int) -> Iterator[int]:
    """A process and all that it started and that still run."""
    yield pid
    for started_by_thread in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = started_by_thread.read_text()
        except OSError:  # it has just ended
            continue
        for child in children.split():
            yield from process_tree(int(child))


def _own_megabytes(pid: int) -> float:
    # Its proportional set size (proc(5), smaps_rollup): forks share what was loaded before.
    try:
        sizes = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    own = next((line for line in sizes.splitlines() if line.startswith("Pss:")), "Pss: 0 kB")
    return int(own.split()[1]) * 1024 / 1e6


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far; 0 when it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def chart(runs: Iterable[Measured]) -> str:
    """Memory over the progress of each run, as SVG."""
    runs = list(runs)
    top = max(run.peak for run in runs) * 1.2
    width, height, left, below = 640, 320, 60, 40
    shapes = []
    for run, colour in zip(runs, ("#4477aa", "#ee6677", "#228833", "#ccbb44"), strict=False):
        last = max(len(run.megabytes) - 1, 1)
        points = " ".join(
            f"{left + (width - left - 20) * n / last:.1f},{height - below - (height - below - 20) * mb / top:.1f}"
            for n, mb in enumerate(run.megabytes)
        )
        label = f"{run.documents:,} articles: peak {run.peak:.0f} MB, {run.seconds:.0f} s"
        y = height - below - 14 - 18 * runs.index(run)
        shapes.append(f'<polyline fill="none" stroke="{colour}" stroke-width="1.5" points="{points}"/>')
        shapes.append(f'<text x="{width - 20}" y="{y}" text-anchor="end" fill="{colour}">{label}</text>')
    for step in range(5):
        y = height - below - (height - below - 20) * step / 5
        shapes.append(f'<line x1="{left}" x2="{width - 20}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        shapes.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{top * step / 5:.0f}</text>')
    shapes.append(f'<text x="{width / 2}" y="{height - 12}" text-anchor="middle">progress of the run</text>')
    shapes.append(f'<text x="{left - 6}" y="14" text-anchor="end">MB</text>')
    body = "\n".join(shapes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif" font-size="12">\n<rect width="100%" height="100%" fill="white"/>\n{body}\n</svg>\n'
    )


def main(argv: Sequence[str]) -> int:
    """Measure, print and draw."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("--documents", nargs="+", type=int, default=list(SIZES))
    parser.add_argument("--corpus", choices=CORPORA, default="notices")
    parser.add_argument("--chart", type=Path, default=CHART)
    parser.add_argument("options", nargs="*", help="of the program, behind --")
    values = parser.parse_args(argv)
    runs = []
    for documents in values.documents:
        runs.append(measure(documents, values.corpus, values.options))
        run = runs[-1]
        print(f"{run.documents:>7,} articles  peak {run.peak:6.0f} MB  {run.seconds:6.0f} s", flush=True)
    values.chart.write_text(chart(runs), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
