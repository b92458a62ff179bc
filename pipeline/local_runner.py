"""The runner of this machine."""

from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions, PipelineOptionsT, WorkerOptions
from apache_beam.portability.api import beam_provision_api_pb2
from apache_beam.runners.portability.fn_api_runner.fn_runner import ExtendedProvisionInfo
from apache_beam.runners.portability.portable_runner import JobServiceHandle

from pipeline.work_sharing import WorkSharingRunner
from pipeline.worker_pool import PooledEnvironment

LOCAL_RUNNERS = (None, "DirectRunner", "direct")
"""Values of ``--runner`` that mean this one."""


class LocalOptions(PipelineOptions):
    """Beam's options, each view of which is made once.

    While it builds a graph Beam 2.77 asks for some three hundred views, and makes a parser of the command line for each:
    half of the time it takes. Views share their values, so that the same one will do.
    """

    def view_as(self, cls: type[PipelineOptionsT]) -> PipelineOptionsT:
        """The options as `cls` knows them."""
        views = self.__dict__.setdefault("_views", {})  # Beam refuses to set attributes that are no options
        if cls not in views:
            views[cls] = super().view_as(cls)
        view: PipelineOptionsT = views[cls]
        return view


def local_runner(options: PipelineOptions, workers: int, log_level: str) -> WorkSharingRunner:
    """The runner of this machine, by its class.

    By the name "DirectRunner", Beam 2.77 first tries to download another one (Prism), and falls back to one that
    cannot run every graph. That name also passes the options on to worker processes, which is done here.

    Args:
        options: of the pipeline; how many workers and which log level is written into them.
        workers: number of processes, those of `pipeline.worker_pool`; 1 for this one alone.
        log_level: of Beam in the workers, a name of the module logging.
    """
    environment = None
    if workers > 1:
        # Beam's own processes ("multi_processing") are new ones for each pipeline, are started by a command that breaks
        # on a space in the interpreter's path, and are waited for in vain when they have died.
        environment = PooledEnvironment()
        options.view_as(DirectOptions).direct_running_mode = None
        options.view_as(DirectOptions).direct_num_workers = workers
    options.view_as(WorkerOptions).default_sdk_harness_log_level = log_level.upper()
    encoded = JobServiceHandle.encode_pipeline_options(options.get_all_options())
    return WorkSharingRunner(
        default_environment=environment,
        provision_info=ExtendedProvisionInfo(beam_provision_api_pb2.ProvisionInfo(pipeline_options=encoded)),
    )
