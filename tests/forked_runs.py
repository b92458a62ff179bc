"""Starts runs of the whole program at little cost: each is a fork of this process, which has everything loaded.

    python tests/forked_runs.py

reads one command line a line as a JSON list, ``[stdout, argument, …]``, and writes the process id of the run; the run
is the leader of a process group of its own. Ends with its input.
"""

import json
import os
import sys

from language.shipped import SHIPPED
from pipeline.cli import main
from transforms.annotation import language_pipelines


def run(stdout: str, argv: list[str]) -> None:
    """The run itself, in the child; never returns."""
    os.setpgid(0, 0)
    written = os.open(stdout, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for descriptor in (1, 2):
        os.dup2(written, descriptor)
    code = 1
    try:
        code = main(argv)
    finally:
        sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    import pipeline.run  # noqa: F401  what a run loads late

    language_pipelines(dict.fromkeys(SHIPPED))
    print("ready", flush=True)
    for line in sys.stdin:
        stdout, *argv = json.loads(line)
        pid = os.fork()
        if pid == 0:
            run(stdout, argv)
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
