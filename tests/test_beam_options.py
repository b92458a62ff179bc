"""Which options are Beam's: those of the job server that a run is submitted to among them."""

from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from apache_beam.portability.api import beam_job_api_pb2, beam_job_api_pb2_grpc

from pipeline import beam_options
from pipeline.beam_options import NoJobServerError, unknown_options
from pipeline.options import UsageError, parse


class JobServer(beam_job_api_pb2_grpc.JobServiceServicer):
    """Describes its options and does nothing else."""

    def DescribePipelineOptions(self, *_):  # noqa: N802  named by the protocol
        types = beam_job_api_pb2.PipelineOptionType
        described = (("savepoint_path", types.STRING), ("object_reuse", types.BOOLEAN), ("streaming", types.BOOLEAN))
        return beam_job_api_pb2.DescribePipelineOptionsResponse(
            options=[beam_job_api_pb2.PipelineOptionDescriptor(name=name, type=kind) for name, kind in described]
        )


@pytest.fixture
def endpoint():
    server = grpc.server(ThreadPoolExecutor(1))
    beam_job_api_pb2_grpc.add_JobServiceServicer_to_server(JobServer(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None)


@pytest.mark.parametrize(
    ("argv", "unknown"),
    [
        ([], []),
        (["--runner", "PortableRunner"], []),
        (["--savepoint_path", "s"], ["--savepoint_path", "s"]),
        (["--job_endpoint", "embed", "--savepoint_path=s"], ["--savepoint_path=s"]),
    ],
    ids=" ".join,
)
def test_unknown_options__without_a_job_server(argv, unknown):
    assert unknown_options(argv) == unknown


@pytest.mark.parametrize(
    ("argv", "unknown"),
    [
        (["--savepoint_path", "s", "--object_reuse", "--streaming"], []),
        (["--savepoint_paht", "s", "--parallelism", "2"], ["--savepoint_paht", "s"]),
    ],
    ids=" ".join,
)
def test_unknown_options__of_a_job_server(argv, unknown, endpoint):
    assert unknown_options(["--job_endpoint", endpoint, *argv]) == unknown


def test_parse__option_of_the_job_server__is_passed_on(endpoint):
    argv = ("--runner", "PortableRunner", "--job_endpoint", endpoint, "--savepoint_path", "s")
    assert parse(argv).beam_args == argv


def test_job_server__that_does_not_answer__is_named(monkeypatch):
    monkeypatch.setattr(beam_options, "JOB_SERVER_SECS", 0.2)
    argv = ["--job_endpoint", "127.0.0.1:9", "--savepoint_path", "s"]
    with pytest.raises(NoJobServerError, match=r"no job server answers at --job_endpoint '127\.0\.0\.1:9'"):
        unknown_options(argv)
    with pytest.raises(UsageError, match="start it, or give the address of one that runs"):
        parse(argv)
