"""The worker processes of a local run: started once, and used by one pipeline after the other.

Beam 2.77 starts new processes for each pipeline, and a local run is a pipeline a cycle: each would load the language
models again. Here a process is told of the next pipeline by a line on its standard input (see `pipeline.worker`).
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from typing import Any, ClassVar

import grpc
from apache_beam.portability.api import beam_fn_api_pb2, beam_fn_api_pb2_grpc, endpoints_pb2
from apache_beam.runners.portability.fn_api_runner.worker_handlers import GrpcWorkerHandler, WorkerHandler
from apache_beam.runners.portability.local_job_service import BeamFnLoggingServicer
from apache_beam.transforms.environments import Environment, python_sdk_capabilities
from google.protobuf import json_format, text_format

_URN = "depeche:env:worker_pool:v1"


class WorkerPool:
    """So many processes of `pipeline.worker`; the run ends at once when one of them dies.

    Args:
        processes: how many.
    """

    current: ClassVar["WorkerPool | None"] = None
    """That of the run which this process makes: Beam's environments are text and cannot name it."""

    def __init__(self, processes: int) -> None:
        self._closing = False
        self._processes: list[subprocess.Popen[str]] = []
        self._watchers: list[threading.Thread] = []
        self._logs = grpc.server(futures.ThreadPoolExecutor(max_workers=2 * processes))
        beam_fn_api_pb2_grpc.add_BeamFnLoggingServicer_to_server(BeamFnLoggingServicer(), self._logs)
        self.logging_address = f"localhost:{self._logs.add_insecure_port('localhost:0')}"
        self._logs.start()
        for _ in range(processes):
            process = subprocess.Popen(
                [sys.executable, "-m", "pipeline.worker", str(os.getpid()), "--serve"],
                env=os.environ | {"TMPDIR": tempfile.gettempdir()},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            self._processes.append(process)
            self._watchers.append(threading.Thread(target=self._watch, args=(process,), daemon=True))
            self._watchers[-1].start()
        self._idle = list(self._processes)

    def take(self) -> "subprocess.Popen[str]":
        """An idle process."""
        return self._idle.pop()

    def give_back(self, process: "subprocess.Popen[str]") -> None:
        """Wait until the process has done with its pipeline."""
        assert process.stdout is not None
        if process.stdout.readline():
            self._idle.append(process)

    def close(self) -> None:
        """End the idle processes in order, and those of a pipeline that has failed at once."""
        self._closing = True
        for process in self._processes:
            if process in self._idle and process.stdin is not None:
                process.stdin.close()
            else:
                process.kill()
        for watcher in self._watchers:
            watcher.join()
        self._logs.stop(None)

    def _watch(self, process: "subprocess.Popen[str]") -> None:
        # Beam notices a dead worker nowhere: the run would wait for its answer for ever. Nothing of its batch is
        # visible, so the run may end here and be started again.
        process.wait()
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
        self._process: subprocess.Popen[str] | None = None

    def start_worker(self) -> None:
        if self._pool is None:
            raise RuntimeError("there is no pool: run the pipeline within worker_pool()")
        self._process = self._pool.take()
        variables = {
            "CONTROL_API_SERVICE_DESCRIPTOR": _descriptor(self.control_address),
            "LOGGING_API_SERVICE_DESCRIPTOR": _descriptor(self._pool.logging_address),
            "PIPELINE_OPTIONS": json_format.MessageToJson(
                self.provision_info.provision_info.pipeline_options, indent=None
            ),
            "WORKER_ID": self.worker_id,
        }
        assert self._process.stdin is not None
        print(json.dumps(variables), file=self._process.stdin, flush=True)
        # Once it has answered it is connected: a pipeline may be over before a process has started, and its runner
        # gone; then it would try to connect for a minute and die.
        asked = beam_fn_api_pb2.HarnessMonitoringInfosRequest()
        self.control_conn.push(beam_fn_api_pb2.InstructionRequest(harness_monitoring_infos=asked)).get()

    def stop_worker(self) -> None:
        if self._pool is not None and self._process is not None:
            self._pool.give_back(self._process)


def _descriptor(address: str) -> str:
    return str(text_format.MessageToString(endpoints_pb2.ApiServiceDescriptor(url=address)))
