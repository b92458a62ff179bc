"""The door to Dataflow: parameters that agree with the options, and a whole job made without a network."""

import json
import re
import subprocess
import sys
import tarfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from apache_beam import __version__ as beam_version
from apache_beam.portability.api import beam_runner_api_pb2
from support import REPOSITORY

from deploy.dataflow.launch import command_line
from deploy.dataflow.template import CHECKS, HERE, LOCAL, option_name, templates, text
from pipeline.options import parse, parser

PINNED = Path(__file__).with_name("data") / "streaming_steps.txt"
DEADLINE_SECS = 300


@pytest.mark.parametrize("name", ["feeds.json", "files.json"])
def test_metadata__is_that_of_the_options(name):
    assert (HERE / name).read_text(encoding="utf-8") == text(templates()[name]), "run deploy/dataflow/template.py"


def test_metadata__has_every_option_that_is_not_local():
    of_templates = {parameter["name"] for metadata in templates().values() for parameter in metadata["parameters"]}
    options = {option_name(action) for action in parser()._actions}
    assert of_templates | set(LOCAL) == options | {"sdk_container_image"}
    assert not of_templates & set(LOCAL)
    assert set(CHECKS) == of_templates


VALUES = {
    "input": (["gs://b/a.jsonl", "gs://b/*.txt,gs://b/c"], ["", "a.txt", "gs://b/a b", "gs://b/a,"]),
    "feeds": (["https://quais.example/fil", "gs://b/f.opml,http://a.example/"], ["", "quais.example", "file:///etc"]),
    "output": (["gs://bucket", "gs://bucket/lake/fr"], ["out", "gs://", "gs://b"]),
    "limit": (["1", "200"], ["0", "-1", "1.5", "x"]),
    "source": (["Les Quais"], [" ", " x"]),
    "language": (["fr", "fra"], ["FR", "français", "f"]),
    "nlp_model": (["en=en_core_web_sm", "en=a,de=gs://b/m"], ["en", "en=", "=x"]),
    "duplicate_days": (["0", "3"], ["-1", "trois"]),
    "shards": (["1", "16"], ["0"]),
    "no_fetch": (["true", "false"], ["yes", ""]),
    "poll_minutes": (["15"], ["0"]),
    "window_seconds": (["300"], ["0", "-5"]),
    "streaming": (["true"], ["false"]),
    "log_level": (["info"], ["loud", "INFO"]),
    "sdk_container_image": (
        ["europe-docker.pkg.dev/p/r/depeche:1", "gcr.io/p/d@sha256:" + "0" * 64],
        ["depeche", "gcr.io/p/d", "gcr.io/p/d:"],
    ),
}


@pytest.mark.parametrize("name", CHECKS)
def test_check__takes_what_the_pipeline_takes(name):
    good, bad = VALUES[name]
    assert [value for value in good if not re.search(CHECKS[name], value)] == []
    assert [value for value in bad if re.search(CHECKS[name], value)] == []
    beside = [] if name in ("feeds", "input", "limit") else ["--feeds=http://a.example/", "--streaming=true"]
    for value in good:
        parse(command_line([*beside, f"--{name}={value}"]))


@pytest.mark.parametrize(
    ("parameters", "argv"),
    [
        (["--poll_minutes=5"], ["--poll-minutes=5"]),
        (["--no_fetch=true", "--streaming=true"], ["--no-fetch", "--streaming"]),
        (["--no_fetch=false"], []),
        (["--input=gs://b/a,gs://b/c"], ["--input", "gs://b/a", "--input", "gs://b/c"]),
        (["--nlp_model=en=x,de=y"], ["--nlp-model", "en=x", "--nlp-model", "de=y"]),
        (["--source=A, B et C"], ["--source=A, B et C"]),
        (["--temp_location=gs://b/t", "--runner", "DataflowRunner"], ["--temp_location=gs://b/t", "--runner", "DataflowRunner"]),
    ],
    ids=lambda value: " ".join(value),
)  # fmt: skip
def test_command_line__is_that_of_the_pipeline(parameters, argv):
    assert command_line(parameters) == argv


def test_image__has_the_versions_of_the_project():
    dockerfile = (HERE / "Dockerfile").read_text(encoding="utf-8")
    versions = dict(re.findall(r"^ARG (\w+)=(\S+)$", dockerfile, re.MULTILINE))
    assert versions["BEAM"] == beam_version
    assert f"python{versions['PYTHON'].replace('.', '')}-template-launcher-base" in dockerfile


def make_job(folder: Path, *parameters: str) -> tuple[dict, beam_runner_api_pb2.Pipeline]:
    """The job and the graph that the launcher would send to Dataflow, made in `folder`."""
    if find_spec("apitools") is None:
        pytest.skip("the packages for Google Cloud are not installed: pip install -e '.[gcp]'")
    staging = folder / "staging"
    staging.mkdir()
    command = [
        *(sys.executable, HERE / "launch.py", "--runner=DataflowRunner", "--project=p", "--region=europe-west1"),
        *(f"--staging_location={staging}", f"--temp_location={folder}", f"--template_location={folder}/job.json"),
        *("--dataflow_endpoint=http://localhost:1", "--no_auth", "--job_name=depeche"),
        *parameters,
    ]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=DEADLINE_SECS)
    assert done.returncode == 0, done.stderr
    graph = beam_runner_api_pb2.Pipeline.FromString((staging / "pipeline.pb").read_bytes())
    return json.loads((folder / "job.json").read_text(encoding="utf-8")), graph


def steps(graph: beam_runner_api_pb2.Pipeline) -> list[str]:
    """The full names of all steps that do something themselves."""
    transforms = graph.components.transforms.values()
    return sorted(step.unique_name for step in transforms if not step.subtransforms and step.spec.urn)


def options_of(job: dict) -> dict:
    return {item["key"]: item["value"] for item in job["environment"]["sdkPipelineOptions"]["display_data"]}


IMAGE = "europe-docker.pkg.dev/p/depeche/depeche:1"


def test_job_over_files__is_whole(tmp_path):
    job, graph = make_job(
        tmp_path, "--input=samples/*.txt", f"--output={tmp_path}/lake", f"--sdk_container_image={IMAGE}", "--shards=4",
        "--max_num_workers=7",
    )  # fmt: skip
    assert job["environment"]["version"]["job_type"] == "FNAPI_BATCH"
    (pool,) = job["environment"]["workerPools"]
    assert pool["autoscalingSettings"]["maxNumWorkers"] == 7
    assert [image["containerImage"] for image in pool["sdkHarnessContainerImages"]] == [IMAGE]
    assert {package["name"] for package in pool["packages"]} == {"submission_environment_dependencies.txt"}
    assert {step.partition("/")[0] for step in steps(graph)} == {
        "ReadFiles", "Clean", "SetAsideKnown", "MarkDuplicates", "SpreadArticles", "Annotate", "TakeArticle",
        "ExtractEntities", "ExtractClaims", "WriteTables", "GatherRejects", "WriteRejects",
    }  # fmt: skip


def test_job_with_setup_file__stages_the_language_pipeline(tmp_path):
    job, _ = make_job(
        tmp_path, "--input=samples/*.txt", f"--output={tmp_path}/lake", f"--setup_file={REPOSITORY}/setup.py"
    )
    (pool,) = job["environment"]["workerPools"]
    staged = {package["name"]: package["location"] for package in pool["packages"]}
    with tarfile.open(staged["workflow.tar.gz"]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    models = REPOSITORY / "language" / "fr_depeche"
    assert {f"language/{p.relative_to(models.parent)}" for p in models.rglob("*") if p.is_file()} <= names


def test_job_over_feeds__keeps_the_names_of_its_steps(tmp_path):
    job, graph = make_job(
        tmp_path, "--feeds=http://quais.example/fil", f"--output={tmp_path}/lake", "--streaming=true",
        f"--sdk_container_image={IMAGE}", "--enable_streaming_engine",
    )  # fmt: skip
    assert job["environment"]["version"]["job_type"] == "FNAPI_STREAMING"
    assert "enable_windmill_service" in job["environment"]["experiments"]
    assert steps(graph) == PINNED.read_text(encoding="utf-8").splitlines(), (
        "a running job can only be updated with the same steps: see deploy/dataflow/README.md, Update"
    )
