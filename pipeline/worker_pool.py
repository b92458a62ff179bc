"""The worker processes of a local run as Beam sees them: started once, and used by one pipeline after the other.

Beam 2.77 starts new processes for each pipeline, and a local run is a pipeline a cycle: each would load the language
models again. Here a process is told of the next pipeline by a line in a pipe, and all are forks of one that has loaded
what they need (see `pipeline.worker`).
"""

from collections.abc import Iterator, Mapping
from concurrent import futures
from contextlib import contextmanager
from typing import Any, ClassVar

import grpc
from apache_beam.portability.api import beam_fn_api_pb2, beam_fn_api_pb2_grpc, endpoints_pb2
from apache_beam.runners.portability.fn_api_runner.worker_handlers import GrpcWorkerHandler, WorkerHandler
from apache_beam.runners.portability.local_job_service import BeamFnLoggingServicer
from apache_beam.transforms.environments import Environment, python_sdk_capabilities
from google.protobuf import json_format, text_format

from pipeline.worker_processes import Worker, WorkerProcesses, take

_URN = "depeche:env:worker_pool:v1"


class WorkerPool:
    """The worker processes of a run, lent to one pipeline after the other.

    Args:
        processes: of which it takes possession.
    """

    current: ClassVar["WorkerPool | None"] = None
    """That of the run which this process makes: Beam's environments are text and cannot name it."""

    def __init__(self, processes: WorkerProcesses) -> None:
        self._logs = grpc.server(futures.ThreadPoolExecutor(max_workers=2 * processes.number))
        beam_fn_api_pb2_grpc.add_BeamFnLoggingServicer_to_server(BeamFnLoggingServicer(), self._logs)
        self.logging_address = f"localhost:{self._logs.add_insecure_port('localhost:0')}"
        self._logs.start()
        self._processes = processes
        self._idle = list(processes.workers)

    def take(self) -> Worker:
        """An idle process."""
        return self._idle.pop()

    def give_back(self, worker: Worker) -> None:
        """Wait until the process has done with its pipeline."""
        if worker.finished():
            self._idle.append(worker)

    def close(self) -> None:
        """End the idle processes in order, and those of a pipeline that has failed at once."""
        self._processes.close(busy=[worker for worker in self._processes.workers if worker not in self._idle])
        self._logs.stop(None)


@contextmanager
def worker_pool(number: int, models: Mapping[str, str | None] | None = None) -> Iterator[None]:
    """Processes for the pipelines of one run, if it is to have more than this one.

    Args:
        models: language pipelines, as `pipeline.warm_up` takes them, if they are sure to be needed; else None.
    """
    if number == 1:
        yield
        return
    processes = take(number)
    processes.begin(models)
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
