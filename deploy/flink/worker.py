"""Become a Beam worker of the project's own environment, as a runner asks for one with environment type PROCESS.

The runner starts this with the addresses of its services (Beam's container contract,
https://beam.apache.org/documentation/runtime/environments/, where a container's boot program does the same). It asks
the provision service for the job's options, hands all of it on in the environment that Beam's worker reads, and turns
into `pipeline.worker`, which ends with the runner's process that started it, however that ends.
"""

import argparse
import os
import sys

import grpc
from apache_beam.portability.api import beam_provision_api_pb2, beam_provision_api_pb2_grpc
from apache_beam.runners.worker.worker_id_interceptor import WorkerIdInterceptor
from google.protobuf import json_format, text_format

PROVISION_SECS = 60.0
"""Time for the runner's own service to answer, on a busy machine."""


def environment(arguments: list[str]) -> dict[str, str]:
    """The variables that Beam's worker reads, from the command line that the runner gave."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--id", required=True)
    parser.add_argument("--provision_endpoint", required=True)
    values, _ = parser.parse_known_args(arguments)  # the other endpoints, if given, are also in what it provides
    info = _provision(values.provision_endpoint, values.id)
    return {
        "WORKER_ID": values.id,
        "PIPELINE_OPTIONS": json_format.MessageToJson(info.pipeline_options),
        "RUNNER_CAPABILITIES": " ".join(info.runner_capabilities),
        "LOGGING_API_SERVICE_DESCRIPTOR": text_format.MessageToString(info.logging_endpoint),
        "CONTROL_API_SERVICE_DESCRIPTOR": text_format.MessageToString(info.control_endpoint),
    }


def _provision(endpoint: str, worker: str) -> beam_provision_api_pb2.ProvisionInfo:
    with grpc.insecure_channel(endpoint) as channel:
        grpc.channel_ready_future(channel).result(PROVISION_SECS)
        intercepted = grpc.intercept_channel(channel, WorkerIdInterceptor(worker))
        service = beam_provision_api_pb2_grpc.ProvisionServiceStub(intercepted)
        request = beam_provision_api_pb2.GetProvisionInfoRequest()
        return service.GetProvisionInfo(request, timeout=PROVISION_SECS).info


if __name__ == "__main__":
    command = [sys.executable, "-m", "pipeline.worker", str(os.getppid())]
    os.execve(sys.executable, command, os.environ | environment(sys.argv[1:]))
