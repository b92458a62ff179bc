"""What politeness must not forget when a process is killed: a file beside the tables, written before it matters.

Rows of `feed_polls` come after the articles, so that no entry gets lost; until then this file alone knows that a host
has asked for silence, that a feed or a page has failed, and when the last request to a host was. A line is appended
for each, and is in the kernel's hands (not yet on the disk) before the next request to that host can start. Every run
begins by rewriting the file with what still counts.

Object stores cannot append: on them a killed run forgets what it had not written to `feed_polls`.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from transforms.hosts import HostMemory
from transforms.politeness import MAX_CRAWL_DELAY_SECS

NAME = ".manners.jsonl"


@dataclass(frozen=True, slots=True)
class Manners:
    """What earlier requests ask of later ones.

    Args:
        hosts: by host name.
        waiting: addresses of feeds and pages, with the moment before which they are not to be asked for.
    """

    hosts: Mapping[str, HostMemory] = field(default_factory=dict)
    waiting: Mapping[str, datetime] = field(default_factory=dict)


class MannersFile:
    """The file of one lake; several processes may append to it.

    Args:
        path: need not exist.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def begun(self, host: str) -> None:
        """Note that a request to `host` is under way."""
        self._append({"host": host, "begun": True})

    def ended(self, host: str, memory: HostMemory) -> None:
        """Note what is known of `host` after a request."""
        moments = {"ended": memory.ended, "rest": memory.resting_until}
        written = {name: moment.isoformat() for name, moment in moments.items() if moment is not None}
        self._append({"host": host, "delay": memory.delay_secs, **written})

    def leave_alone(self, address: str, until: datetime) -> None:
        """Note that a feed or a page is not to be asked for before `until`; the last note of an address counts."""
        self._append({"address": address, "until": until.isoformat()})

    def read(self, now: datetime) -> Manners:
        """What counts at `now`. A request that was begun and not ended has ended with its process: now at the latest."""
        hosts: dict[str, HostMemory] = {}
        waiting: dict[str, datetime] = {}
        for line in self._lines():
            if "address" in line:
                waiting[line["address"]] = datetime.fromisoformat(line["until"])
            else:
                hosts[line["host"]] = _after(hosts.get(line["host"], HostMemory()), line, now)
        return Manners(
            {host: memory for host, memory in hosts.items() if _counts(memory, now)},
            {address: until for address, until in waiting.items() if until > now},
        )

    def tidy(self, now: datetime) -> None:
        """Rewrite the file with what still counts, or remove it; to be called while nobody makes requests."""
        if not self._path.exists():
            return
        manners = self.read(now)
        fresh = MannersFile(f"{self._path}.new")
        fresh._path.unlink(missing_ok=True)
        for host, memory in manners.hosts.items():
            fresh.ended(host, memory)
        for address, until in manners.waiting.items():
            fresh.leave_alone(address, until)
        if fresh._path.exists():
            fresh._path.replace(self._path)
        else:
            self._path.unlink()

    def _lines(self) -> Iterator[dict[str, Any]]:
        if not self._path.exists():
            return
        for text in self._path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                yield json.loads(text)
            except json.JSONDecodeError:  # the machine went down while it was written
                continue

    def _append(self, line: dict[str, Any]) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(descriptor, json.dumps(line).encode() + b"\n")
        finally:
            os.close(descriptor)


def _after(memory: HostMemory, line: dict[str, Any], now: datetime) -> HostMemory:
    if "begun" in line:
        return replace(memory, ended=now)
    rest = line.get("rest")
    return HostMemory(
        ended=datetime.fromisoformat(line["ended"]) if "ended" in line else None,
        delay_secs=line["delay"] if line["delay"] is not None else memory.delay_secs,
        resting_until=datetime.fromisoformat(rest) if rest else memory.resting_until,
    )


def _counts(memory: HostMemory, now: datetime) -> bool:
    resting = memory.resting_until is not None and memory.resting_until > now
    return resting or (memory.ended is not None and memory.ended + timedelta(seconds=MAX_CRAWL_DELAY_SECS) > now)
