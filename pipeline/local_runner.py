"""The runner of this machine, its worker processes, and the end of a run one of whose workers has died."""

import os
import shlex
import sys
import tempfile
import threading

from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions, WorkerOptions
from apache_beam.portability.api import beam_provision_api_pb2
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.runners.portability.fn_api_runner.fn_runner import ExtendedProvisionInfo
from apache_beam.runners.portability.portable_runner import JobServiceHandle
from apache_beam.transforms.environments import SubprocessSDKEnvironment

LOCAL_RUNNERS = (None, "DirectRunner", "direct")
"""Values of ``--runner`` that mean this one."""


def local_runner(options: PipelineOptions, workers: int, log_level: str) -> FnApiRunner:
    """The runner of this machine, by its class.

    By the name "DirectRunner", Beam 2.77 first tries to download another one (Prism), and falls back to one that
    cannot run every graph. That name also passes the options on to worker processes, which is done here.

    Args:
        options: of the pipeline; how many workers and which log level is written into them.
        workers: number of processes; 1 for this one alone.
        log_level: of Beam in the workers, a name of the module logging.
    """
    environment = None
    if workers > 1:
        # Beam's mode "multi_processing" is this, but with a command that breaks on a space in the interpreter's path.
        environment = SubprocessSDKEnvironment.from_command_string(
            # Ctrl-C goes to all processes of a terminal; a worker is to finish the cycle, and ends with this process.
            f"trap '' INT; TMPDIR={shlex.quote(tempfile.gettempdir())} exec {shlex.quote(sys.executable)} "
            f"-m pipeline.worker {os.getpid()}"
        )
        options.view_as(DirectOptions).direct_running_mode = None
        options.view_as(DirectOptions).direct_num_workers = workers
        threading.excepthook = _end_with_a_dead_worker
    options.view_as(WorkerOptions).default_sdk_harness_log_level = log_level.upper()
    encoded = JobServiceHandle.encode_pipeline_options(options.get_all_options())
    return FnApiRunner(
        default_environment=environment,
        provision_info=ExtendedProvisionInfo(beam_provision_api_pb2.ProvisionInfo(pipeline_options=encoded)),
    )


def _end_with_a_dead_worker(failure: threading.ExceptHookArgs) -> None:
    # Beam 2.77 notices a dead worker process in the thread that waits for it, and nowhere else: the run would wait
    # for the worker's answer for ever. Nothing of its batch is visible, so the run may end here and be started again.
    threading.__excepthook__(failure)
    if failure.thread is not None and failure.thread.name == "run_worker":
        print(
            "a worker process has died (out of memory?): run again, with fewer --workers", file=sys.stderr, flush=True
        )
        os._exit(1)
