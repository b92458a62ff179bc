"""Articles a second of the pipeline, side by side with the libraries it is built on and with its peers.

    python -m benchmarks.throughput [--articles N ...] [--rounds N] [--datatrove PYTHON] [--chart FILE]

One command, one run: every round runs all contestants one after the other on the same corpus, so that what else the
machine does meets them alike. Ratios are medians of the rounds' own ratios. Seconds are of the clock, start-up included;
CPU is the processor time of all processes. `--datatrove` names the Python of an environment with ``datatrove[io,processing]``
(it needs another trafilatura than the project); without it that contestant is left out.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from benchmarks.corpus import write_json_lines, write_warc
from benchmarks.memory import cpu_seconds, process_tree, resident_megabytes

CHART = Path(__file__).with_name("throughput.svg")
_REPOSITORY = Path(__file__).resolve().parents[1]
_INTERVAL_SECS, _SAMPLE_SECS = 0.1, 4.0
_ENVIRONMENT = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS"), "1")

DATATROVE = """
import sys
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.readers import WarcReader
from datatrove.pipeline.writers import ParquetWriter
if __name__ == "__main__":
    source, output, processes = sys.argv[1], sys.argv[2], int(sys.argv[3])
    steps = [WarcReader(source), Trafilatura(timeout=30), ParquetWriter(output + "/articles")]
    LocalPipelineExecutor(steps, tasks=processes, workers=processes, logging_dir=output + "/logs").run()
"""
"""Its usual start: WARC, trafilatura, Parquet. Its limit of a second a page would drop pages on a busy machine."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """A program and what it is given.

    Args:
        title: as the tables call it.
        half: which corpus: "both", "texts" (the language half) or "pages" (the cleaning half).
        processes: how many it uses.
        rival: title of the contestant that its speed is divided by.
    """

    title: str
    half: str
    processes: int
    rival: str

    def command(self, corpus: Path, output: Path, datatrove: str | None) -> list[str]:
        """What to run."""
        name = self.title.partition(",")[0]
        if name == "pipeline":
            return [
                *(sys.executable, "-m", "pipeline", "--input", str(corpus), "--output", str(output)),
                *("--workers", str(self.processes), "--duplicate-days", "0"),
                *(("--nlp-model", "fr=none") if self.half == "pages" else ()),
            ]
        if name == "datatrove":
            return [datatrove or "", "-c", DATATROVE, str(corpus), str(output), str(self.processes)]
        arguments = [name, str(corpus), str(output), str(self.processes)]
        return [sys.executable, "-m", "benchmarks.contestants", *arguments]


CONTESTANTS = (
    Contestant("loop, 1 process", "both", 1, "loop, 1 process"),
    Contestant("pipeline, 1 process", "both", 1, "loop, 1 process"),
    Contestant("defaults, 1 process", "both", 1, "loop, 1 process"),
    Contestant("loop, 2 processes", "both", 2, "loop, 2 processes"),
    Contestant("pipeline, 2 processes", "both", 2, "loop, 2 processes"),
    Contestant("defaults, 2 processes", "both", 2, "loop, 2 processes"),
    Contestant("one-at-a-time, 1 process", "texts", 1, "one-at-a-time, 1 process"),
    Contestant("pipeline, texts, 1 process", "texts", 1, "one-at-a-time, 1 process"),
    Contestant("datatrove, 2 processes", "pages", 2, "datatrove, 2 processes"),
    Contestant("pipeline, pages, 2 processes", "pages", 2, "datatrove, 2 processes"),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: seconds of the clock and of processors, MB of the process tree at its highest.

    Args:
        first_secs: of the clock, until the first articles could be read.
        again: the same run over its own output, where all is known.
    """

    seconds: float
    cpu_seconds: float
    peak_megabytes: float
    first_secs: float
    again: "Measured | None" = None


def measure(command: Sequence[str], output: Path) -> Measured:
    """Run a program to its end.

    Args:
        output: where it writes.

    Raises:
        RuntimeError: it failed; with the end of what it said.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    with tempfile.TemporaryFile() as said:
        environment = os.environ | _ENVIRONMENT
        process = subprocess.Popen(command, cwd=_REPOSITORY, env=environment, stdout=said, stderr=subprocess.STDOUT)
        peak = next_sample = 0.0
        seen: dict[int, float] = {}
        first = None
        while process.poll() is None:
            if first is None and any(output.glob("articles/**/part-*.parquet")):
                first = time.monotonic() - started
            if time.monotonic() >= next_sample:  # to look takes 40 ms of the processors that are measured
                peak = max(peak, resident_megabytes(process.pid))
                seen |= {pid: max(cpu_seconds(pid), seen.get(pid, 0.0)) for pid in process_tree(process.pid)}
                next_sample = time.monotonic() + min(_SAMPLE_SECS, max(_INTERVAL_SECS, time.monotonic() - started))
            with suppress(subprocess.TimeoutExpired):
                process.wait(_INTERVAL_SECS)
        seconds = time.monotonic() - started
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command[:4])} … ended with {process.returncode}: {said.read()[-2000:]!r}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    waited_for = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # Processes that nobody waits for (datatrove's workers) are in the samples only.
    return Measured(seconds, max(waited_for, sum(seen.values())), peak, first or seconds)


def compare(
    articles: int, rounds: int, datatrove: str | None, folder: Path, only: Sequence[str] | None = None
) -> dict[Contestant, list[Measured]]:
    """Run every contestant so many times over so many articles."""
    halves = ("both", "texts", "pages")
    sizes = {"both": articles, "texts": articles, "pages": max(articles // 4, 1)}
    corpora = {half: folder / half for half in halves}
    write_json_lines(corpora["both"], articles)
    write_json_lines(corpora["texts"], articles, "texts")
    write_warc(corpora["pages"], sizes["pages"], files=8)
    words = {half: _words(corpora[half]) for half in ("both", "texts")}
    print(
        f"{articles:,} articles: {words['both']:,} words in texts and pages, {words['texts']:,} in texts alone",
        flush=True,
    )
    runs: dict[Contestant, list[Measured]] = {}
    for number in range(rounds):
        for place, contestant in enumerate(CONTESTANTS):
            if contestant.title.startswith("datatrove") and datatrove is None:
                continue
            if only is not None and contestant.title.partition(",")[0] not in only:
                continue
            output = folder / f"out-{number}-{place}"
            command = contestant.command(corpora[contestant.half], output, datatrove)
            run = measure(command, output)
            if contestant.title.startswith("pipeline"):
                run = replace(run, again=measure(command, output))
            runs.setdefault(contestant, []).append(run)
            speed = sizes[contestant.half] / run.seconds
            print(
                f"  round {number + 1}  {contestant.title:30} {run.seconds:7.1f} s  {speed:6.1f}/s"
                f"  CPU {run.cpu_seconds:7.1f} s  {run.peak_megabytes:5.0f} MB"
                f"  first after {run.first_secs:.1f} s" + (f", again {run.again.seconds:.1f} s" if run.again else ""),
                flush=True,
            )
    return runs


def _words(corpus: Path) -> int:
    return sum(
        len((json.loads(line).get("text") or "").split())
        for path in corpus.glob("*.jsonl")
        for line in path.open(encoding="utf-8")
    )


def table(articles: int, runs: dict[Contestant, list[Measured]]) -> str:
    """The medians as a table in Markdown."""
    by_title = {contestant.title: measured for contestant, measured in runs.items()}
    rows = [
        "| | articles | articles/s | CPU ms an article | peak MB | first rows, s | again, times as fast "
        "| speed to its rival | CPU to its rival |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for contestant, measured in runs.items():
        size = articles if contestant.half != "pages" else max(articles // 4, 1)
        rival = by_title.get(contestant.rival)
        ratios = ["", ""]
        if rival is not None and rival is not measured:
            clock = median(r.seconds / m.seconds for r, m in zip(rival, measured, strict=True))
            cpu = median(r.cpu_seconds / m.cpu_seconds for r, m in zip(rival, measured, strict=True))
            ratios = [f"{clock:.2f}", f"{cpu:.2f}"]
        speed = size / median(m.seconds for m in measured)
        each = 1000 * median(m.cpu_seconds for m in measured) / size
        peak = median(m.peak_megabytes for m in measured)
        first = median(m.first_secs for m in measured)
        again = [m.seconds / m.again.seconds for m in measured if m.again is not None]
        cells = [f"{speed:.1f}", f"{each:.1f}", f"{peak:.0f}", f"{first:.1f}", f"{median(again):.0f}" if again else ""]
        rows.append(f"| {contestant.title} | {size:,} | {' | '.join([*cells, *ratios])} |")
    return "\n".join(rows)


def chart(articles: int, runs: dict[Contestant, list[Measured]]) -> str:
    """Articles a second of each contestant, as bars."""
    speeds = [
        (c.title, (articles if c.half != "pages" else max(articles // 4, 1)) / median(m.seconds for m in measured))
        for c, measured in runs.items()
    ]
    top = max(speed for _, speed in speeds)
    height, left, width = 24 * len(speeds) + 40, 220, 640
    shapes = []
    for place, (title, speed) in enumerate(speeds):
        y, length = 10 + 24 * place, (width - left - 70) * speed / top
        colour = "#4477aa" if title.startswith("pipeline") else "#bbbbbb"
        shapes.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="16" fill="{colour}"/>')
        shapes.append(f'<text x="{left - 8}" y="{y + 13}" text-anchor="end">{title}</text>')
        shapes.append(f'<text x="{left + length + 6:.1f}" y="{y + 13}">{speed:.1f}</text>')
    shapes.append(
        f'<text x="{left}" y="{height - 10}">articles a second, {articles:,} articles (pages: a quarter)</text>'
    )
    body = "\n".join(shapes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif" font-size="12">\n<rect width="100%" height="100%" fill="white"/>\n{body}\n</svg>\n'
    )


def main(argv: Sequence[str]) -> int:
    """Measure, print and draw."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.throughput", description=__doc__)
    parser.add_argument("--articles", nargs="+", type=int, default=[2_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--datatrove", metavar="PYTHON")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only contestants of these names: loop, pipeline …")
    parser.add_argument("--chart", type=Path, default=CHART)
    values = parser.parse_args(argv)
    for articles in values.articles:
        with tempfile.TemporaryDirectory(prefix="depeche-throughput-") as name:
            runs = compare(articles, values.rounds, values.datatrove, Path(name), values.only)
        print(table(articles, runs), flush=True)
        values.chart.write_text(chart(articles, runs), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
