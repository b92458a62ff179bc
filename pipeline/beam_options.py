"""Which options Beam knows: its own, and those of the job server that a run is submitted to."""

import argparse
from collections.abc import Iterable, Sequence

import grpc
from apache_beam.options.pipeline_options import GoogleCloudOptions, PipelineOptions
from apache_beam.portability.api import beam_job_api_pb2, beam_job_api_pb2_grpc

JOB_SERVER_SECS = 20.0
"""Time for a job server to answer; it has nothing to compute."""


class NoJobServerError(ValueError):
    """Nobody answers at ``--job_endpoint``; the message names it."""


def unknown_options(beam_args: Sequence[str]) -> list[str]:
    """What of `beam_args` neither Beam nor the job server of ``--job_endpoint`` knows, in its order.

    A job server of another language has options of its own (Flink's ``--savepoint_path``), which it can be asked for.

    Raises:
        NoJobServerError: when it has to be asked and does not answer.
    """
    parser = _parser()
    values, unknown = parser.parse_known_args(list(beam_args))
    endpoint = getattr(values, "job_endpoint", None)
    if not unknown or endpoint in (None, "embed"):
        return unknown
    for option in job_server_options(endpoint):
        if f"--{option.name}" not in parser._option_string_actions:
            is_flag = option.type == beam_job_api_pb2.PipelineOptionType.BOOLEAN
            parser.add_argument(f"--{option.name}", action="store_true" if is_flag else "store")
    return parser.parse_known_args(list(beam_args))[1]


def known_options() -> list[str]:
    """The names of all options of Beam's own, dashes included."""
    return list(_parser()._option_string_actions)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, argument_default=argparse.SUPPRESS)
    for options in PipelineOptions.__subclasses__():
        options._add_argparse_args(parser)
    return parser


def job_server_options(endpoint: str) -> Iterable[beam_job_api_pb2.PipelineOptionDescriptor]:
    """The options that the job server at `endpoint` describes.

    Raises:
        NoJobServerError: when it does not answer.
    """
    with grpc.insecure_channel(endpoint) as channel:
        request = beam_job_api_pb2.DescribePipelineOptionsRequest()
        try:
            service = beam_job_api_pb2_grpc.JobServiceStub(channel)
            answer = service.DescribePipelineOptions(request, timeout=JOB_SERVER_SECS, wait_for_ready=True)
        except grpc.RpcError as error:
            raise NoJobServerError(
                f"no job server answers at --job_endpoint {endpoint!r}: start it, or give the address of one that runs"
            ) from error
    return list(answer.options)


def is_template(beam_args: Sequence[str]) -> bool:
    """Whether these make a template: its launcher makes the job, and whoever waits for it there waits for ever."""
    return PipelineOptions(list(beam_args)).view_as(GoogleCloudOptions).template_location is not None
