"""``python -m pipeline compact``: merge the small files of closed days."""

import argparse
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pipeline.options import DEFAULT_OUTPUT, UsageError
from schemas.tables import TABLES
from transforms.compaction import CannotCompactError, closed_partitions, compact_partition, remove_replaced
from transforms.lake import check_lake_version

GRACE_SECS = 2.0
"""Readers list a folder and then open its files; replaced files stay for so long at least."""


def main(argv: Sequence[str]) -> int:
    """Compact the lake on the command line and say what was done."""
    parser = argparse.ArgumentParser(
        prog="python -m pipeline compact",
        description="Merge the small files of closed days, beside running readers and writers. Local folders on Linux.",
    )
    parser.add_argument("--lake", default=DEFAULT_OUTPUT, help="root folder of the tables (default: %(default)s)")
    parser.add_argument(
        "--before",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="only days before this one (default: yesterday, UTC)",
    )
    values = parser.parse_args(argv)
    if not any(Path(values.lake, table.name).is_dir() for table in TABLES):
        raise UsageError(f"no tables in {values.lake!r}: give --lake FOLDER")
    check_lake_version(values.lake)
    before = values.before or datetime.now(UTC).date() - timedelta(days=1)
    files = merged = 0
    try:
        for partition in closed_partitions(values.lake, before):
            for one in compact_partition(values.lake, partition):
                files += one.files
                merged += 1
    except CannotCompactError as error:
        raise UsageError(str(error)) from error
    if merged:
        time.sleep(GRACE_SECS)
    remove_replaced(values.lake)
    print(f"merged {files} files into {merged}; the rows are the same")
    return 0
