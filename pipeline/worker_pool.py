"""The worker processes of a local run: started once, and used by one pipeline after the other.

Beam 2.77 starts new processes for each pipeline, and a local run is a pipeline a cycle: each would load the language
models again. Here a process is told of the next pipeline by a line in a pipe, and all are forks of one that has loaded
what they need (see `pipeline.worker`).
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from concurrent import futures
from contextlib import contextmanager, suppress
from typing import Any, ClassVar

import grpc
from apache_beam.portability.api import beam_fn_api_pb2, beam_fn_api_pb2_grpc, endpoints_pb2
from apache_beam.runners.portability.fn_api_runner.worker_handlers import GrpcWorkerHandler, WorkerHandler
from apache_beam.runners.portability.local_job_service import BeamFnLoggingServicer
from apache_beam.transforms.environments import Environment, python_sdk_capabilities
from google.protobuf import json_format, text_format

_URN = "depeche:env:worker_pool:v1"


class Worker:
    """A process of `pipeline.worker`, and the pipes by which it is told what to do.

    Args:
        orders: file descriptor of the pipe that it reads, our end.
        answers: of the pipe that it writes, our end.
    """

    def __init__(self, orders: int, answers: int) -> None:
        self._orders = os.fdopen(orders, "w", encoding="utf-8")
        self._answers = os.fdopen(answers, encoding="utf-8")
        self._process: int | None = None

    def begin(self, order: Mapping[str, str]) -> None:
        """Have it work for a pipeline."""
        if self._process is None:  # it may only just be starting
            self._process = int(self._answers.readline() or 0)
        print(json.dumps(order), file=self._orders, flush=True)

    def finished(self) -> bool:
        """Wait until it has done with the pipeline; False if it has died."""
        return bool(self._answers.readline())

    def kill(self) -> None:
        """End it at once, whatever it does."""
        if self._process:
            with suppress(ProcessLookupError):
                os.kill(self._process, signal.SIGKILL)

    def close(self) -> None:
        """End it in order, if it is idle."""
        with suppress(BrokenPipeError):
            self._orders.close()
        self._answers.close()


class WorkerPool:
    """So many processes of `pipeline.worker`; the run ends at once when one of them dies.

    Args:
        processes: how many.
    """

    current: ClassVar["WorkerPool | None"] = None
    """That of the run which this process makes: Beam's environments are text and cannot name it."""

    def __init__(self, processes: int) -> None:
        self._closing = False
        self._logs = grpc.server(futures.ThreadPoolExecutor(max_workers=2 * processes))
        beam_fn_api_pb2_grpc.add_BeamFnLoggingServicer_to_server(BeamFnLoggingServicer(), self._logs)
        self.logging_address = f"localhost:{self._logs.add_insecure_port('localhost:0')}"
        self._logs.start()
        orders, answers = ([os.pipe() for _ in range(processes)] for _ in range(2))
        theirs = [(order[0], answer[1]) for order, answer in zip(orders, answers, strict=True)]
        self._workers = [Worker(order[1], answer[0]) for order, answer in zip(orders, answers, strict=True)]
        self._idle = list(self._workers)
        self._parent = subprocess.Popen(
            [
                *(sys.executable, "-m", "pipeline.worker", str(os.getpid()), "--serve"),
                *(f"{order}:{answer}" for order, answer in theirs),
            ],
            env=os.environ | {"TMPDIR": tempfile.gettempdir()},
            stdin=subprocess.DEVNULL,
            pass_fds=[end for pair in theirs for end in pair],
        )
        for end in (end for pair in theirs for end in pair):
            os.close(end)
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def take(self) -> Worker:
        """An idle process."""
        return self._idle.pop()

    def give_back(self, worker: Worker) -> None:
        """Wait until the process has done with its pipeline."""
        if worker.finished():
            self._idle.append(worker)

    def close(self) -> None:
        """End the idle processes in order, and those of a pipeline that has failed at once."""
        self._closing = True
        for worker in self._workers:
            if worker not in self._idle:
                worker.kill()
            worker.close()
        self._watcher.join()
        self._logs.stop(None)

    def _watch(self) -> None:
        # Beam notices a dead worker nowhere: the run would wait for its answer for ever. Nothing of its batch is
        # visible, so the run may end here and be started again.
        self._parent.wait()
        if not self._closing:
            print(
                "a worker process has died (out of memory?): run again, with fewer --workers",
                file=sys.stderr,
                flush=True,
            )
            os._exit(1)


@contextmanager
def worker_pool(processes: int) -> Iterator[None]:
    """Processes for the pipelines of one run, if it is to have more than this one."""
    if processes == 1:
        yield
        return
    WorkerPool.current = pool = WorkerPool(processes)
    try:
        yield
    finally:
        WorkerPool.current = None
        pool.close()


@Environment.register_urn(_URN, None)
class PooledEnvironment(Environment):
    """Beam's name for the current `WorkerPool`."""

    def __init__(self) -> None:
        super().__init__(python_sdk_capabilities(), ())

    def to_runner_api_parameter(self, context: Any) -> tuple[str, bytes]:
        """Its URN; it has no parameters."""
        return _URN, b""

    @staticmethod
    def from_runner_api_parameter(*_: Any) -> "PooledEnvironment":
        """The environment again."""
        return PooledEnvironment()


@WorkerHandler.register_environment(_URN, bytes)
class _PooledWorkerHandler(GrpcWorkerHandler):
    """Lends a process of the current pool to one pipeline."""

    def __init__(self, _: bytes, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._pool = WorkerPool.current
        self._worker: Worker | None = None

    def start_worker(self) -> None:
        if self._pool is None:
            raise RuntimeError("there is no pool: run the pipeline within worker_pool()")
        self._worker = self._pool.take()
        variables = {
            "CONTROL_API_SERVICE_DESCRIPTOR": _descriptor(self.control_address),
            "LOGGING_API_SERVICE_DESCRIPTOR": _descriptor(self._pool.logging_address),
            "PIPELINE_OPTIONS": json_format.MessageToJson(
                self.provision_info.provision_info.pipeline_options, indent=None
            ),
            "WORKER_ID": self.worker_id,
        }
        self._worker.begin(variables)
        # Once it has answered it is connected: a pipeline may be over before a process has started, and its runner
        # gone; then it would try to connect for a minute and die.
        asked = beam_fn_api_pb2.HarnessMonitoringInfosRequest()
        self.control_conn.push(beam_fn_api_pb2.InstructionRequest(harness_monitoring_infos=asked)).get()

    def stop_worker(self) -> None:
        if self._pool is not None and self._worker is not None:
            self._pool.give_back(self._worker)


def _descriptor(address: str) -> str:
    return str(text_format.MessageToString(endpoints_pb2.ApiServiceDescriptor(url=address)))
