"""A real Flink cluster for tests: the scripts of `deploy/flink`, in a folder and on ports of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from support import REPOSITORY

SCRIPTS = REPOSITORY / "deploy" / "flink"
JARS = SCRIPTS / ".cluster" / "jars"
PATIENCE_SECS = 600.0
"""More than the six minutes at the end of each hour in which a job leaves the sites of its feeds to links from elsewhere
(`politeness.turn_opens`)."""
_FIRST_PORT, _PORTS, _CLUSTERS = 20_000, 30, 400  # below the ports that the kernel gives away

Value = TypeVar("Value")


def skip_without_flink() -> None:
    """Skip, and say why, where Flink is not installed or not asked for."""
    if shutil.which("java") is None:
        pytest.skip("Flink needs Java, which is not installed")
    if not JARS.is_dir():
        pytest.skip("Flink is not fetched: run deploy/flink/start.sh --fetch")
    if os.environ.get("DEPECHE_FLINK") != "1":
        pytest.skip("starts a Flink cluster, which takes minutes: set DEPECHE_FLINK=1")


def eventually(condition: Callable[[], Value], what: str, patience_secs: float = PATIENCE_SECS) -> Value:
    """The first value of `condition` that is true."""
    deadline = time.monotonic() + patience_secs
    while not (value := condition()):
        assert time.monotonic() < deadline, f"waited {patience_secs:g} s in vain for {what}"
        time.sleep(0.25)
    return value


class Cluster:
    """One cluster of a JobManager, two TaskManagers and Beam's job server.

    Args:
        folder: an empty one.
        settings: further settings of the scripts, by their variables.
    """

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        port = _FIRST_PORT + os.getpid() % _CLUSTERS * _PORTS
        self.rest = f"http://127.0.0.1:{port + 1}"
        self.environment = os.environ | {
            "DEPECHE_FLINK_FOLDER": str(folder),
            "DEPECHE_FLINK_JARS": str(JARS),
            "DEPECHE_FLINK_PORT": str(port),
            "DEPECHE_PYTHON": sys.executable,
            **settings,
        }

    def run(self, script: str, *argv: str, cwd: Path = REPOSITORY, check: bool = True) -> subprocess.CompletedProcess:
        """Run one of the scripts to its end; its output goes to files, which processes that it starts may keep open."""
        output = self.folder / f"{script}.{time.monotonic_ns()}.txt"
        with output.open("wb") as file:
            done = subprocess.run(
                [SCRIPTS / script, *argv], cwd=cwd, env=self.environment, stdout=file, stderr=subprocess.STDOUT
            )
        text = output.read_text(encoding="utf-8")
        assert not check or done.returncode == 0, text
        return subprocess.CompletedProcess(done.args, done.returncode, text)

    def submit(self, *argv: str) -> subprocess.Popen:
        """Submit a job that does not end by itself; give the process that waits for it."""
        with (self.folder / "submit.log").open("ab") as log:
            return subprocess.Popen(
                [SCRIPTS / "submit.sh", *argv],
                cwd=REPOSITORY,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """What Flink's REST interface answers."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.rest + path, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def jobs(self, status: str = "RUNNING") -> list[str]:
        """Ids of the jobs in that state."""
        return [job["id"] for job in self.ask("/jobs")["jobs"] if job["status"] == status]

    def kill(self, name: str) -> int:
        """SIGKILL to one process of the cluster; its process id."""
        process = int((self.folder / "run" / f"{name}.pid").read_text())
        os.kill(process, signal.SIGKILL)
        return process

    def log(self, name: str) -> str:
        """The log of one process, of all its lives."""
        logs = sorted((self.folder / "log").glob(f"{name}.*log"), key=lambda path: path.stat().st_mtime)
        return "".join(path.read_text(encoding="utf-8", errors="replace") for path in logs)

    def processes(self) -> list[str]:
        """Command lines of all processes that belong to this cluster, its Python workers included."""
        listed = subprocess.run(
            ["ps", "-ww", "-e", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
        )
        lines = [line.split(None, 2) for line in listed.stdout.splitlines()]
        ours = {pid for pid, _, args in lines if f"-Ddepeche.cluster={self.folder} " in args}
        return [args for pid, parent, args in lines if pid in ours or (parent in ours and "pipeline.worker" in args)]
