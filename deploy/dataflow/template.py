"""The metadata of the two Flex Templates, made from the pipeline's own options.

``python deploy/dataflow/template.py`` writes `files.json` and `feeds.json` beside this file. A template's parameter is
an option of `pipeline.options` with underscores for dashes; the check of each is a regular expression, so that the
console refuses what the launcher would refuse minutes later. Format: TemplateMetadata and ParameterMetadata of
https://cloud.google.com/dataflow/docs/reference/rest/v1b3/TemplateMetadata.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from pipeline.options import parser

HERE = Path(__file__).resolve().parent

_POSITIVE = r"^[1-9][0-9]*$"
_NOT_NEGATIVE = r"^(0|[1-9][0-9]*)$"
_PLACES = r"^gs://[^,\s]+(,gs://[^,\s]+)*$"
_FLAG = r"^(true|false)$"
CHECKS = {
    "input": _PLACES,
    "feeds": r"^(gs|https?)://[^,\s]+(,(gs|https?)://[^,\s]+)*$",
    "output": r"^gs://[a-z0-9][a-z0-9._-]+[a-z0-9](/[^\s]*)?$",
    "limit": _POSITIVE,
    "source": r"^\S(.*\S)?$",
    "language": r"^[a-z]{2,3}$",
    "nlp_model": r"^[a-z]{2,3}=[^,\s]+(,[a-z]{2,3}=[^,\s]+)*$",
    "duplicate_days": _NOT_NEGATIVE,
    "shards": _POSITIVE,
    "no_fetch": _FLAG,
    "poll_minutes": _POSITIVE,
    "window_seconds": _POSITIVE,
    "streaming": r"^true$",
    "log_level": r"^(debug|info|warning|error)$",
    "sdk_container_image": r"^[a-z0-9.-]+(/[a-z0-9._-]+)+(:[A-Za-z0-9._-]+|@sha256:[0-9a-f]{64})$",
}
"""By parameter: what its value must look like."""

LOCAL = {
    "help": "",
    "follow": "cycles of a local run; a job on Dataflow follows feeds with streaming",
    "workers": "Dataflow counts its own (max_num_workers)",
    "cycle_documents": "bounds the memory of a local run",
    "cycle_bytes": "bounds the memory of a local run",
    "wait": "a lock on a local folder; object stores have none",
    "max_rejects": "an exit code, which the launcher has given away before the job starts",
    "retry_pages": "reads the rejects of an output when it starts, a run of its own for the machine that keeps it",
    "allow_loopback": "for tests only",
}
"""Options that no template has, and why."""

_FEEDS_ONLY = ("feeds", "streaming", "window_seconds", "no_fetch", "poll_minutes")
_FILES_ONLY = ("input", "limit")
_REQUIRED = ("input", "feeds", "streaming", "output", "sdk_container_image")
_SEVERAL = ("input", "feeds", "nlp_model")

_IMAGE = {
    "name": "sdk_container_image",
    "label": "Image of the workers",
    "helpText": "The image that the template was built with: launcher and workers are one image.",
    "isOptional": False,
    "regexes": [CHECKS["sdk_container_image"]],
    "paramType": "TEXT",
}


def template(name: str, description: str, streaming: bool) -> dict[str, Any]:
    """The metadata of the template over files, or over feeds without end (`streaming`)."""
    without = {*LOCAL, *(_FILES_ONLY if streaming else _FEEDS_ONLY)}
    options = {option_name(action): action for action in parser()._actions}
    parameters = [_parameter(key, action) for key, action in options.items() if key not in without]
    metadata: dict[str, Any] = {"name": name, "description": description, "streaming": streaming}
    if streaming:  # files are named by what they hold, but two workers' batches could hold one version twice
        metadata |= {"supportsExactlyOnce": True, "supportsAtLeastOnce": False}
    return metadata | {"parameters": [*parameters, _IMAGE]}


def option_name(action: argparse.Action) -> str:
    """The parameter of an option: ``--poll-minutes`` is ``poll_minutes``."""
    return action.option_strings[-1].removeprefix("--").replace("-", "_")


def _parameter(name: str, action: argparse.Action) -> dict[str, Any]:
    is_flag = action.nargs == 0
    told = (action.help or "") % {"default": action.default, "prog": ""}
    ways = "several with commas between them" if name in _SEVERAL else "true or false" if is_flag else ""
    parameter = {
        "name": name,
        "label": name.replace("_", " ").capitalize(),
        "helpText": told + (f" ({ways})" if ways else ""),
        "isOptional": name not in _REQUIRED,
        "regexes": [CHECKS[name]],
        "paramType": "TEXT",
    }
    if name == "streaming":
        parameter["defaultValue"] = "true"
    return parameter


def templates() -> dict[str, dict[str, Any]]:
    """By file name: the metadata of each template."""
    return {
        "files.json": template(
            "Dépêche over files", "Articles from files to tables of articles, entities and claims.", streaming=False
        ),
        "feeds.json": template(
            "Dépêche over feeds",
            "Feeds, polled without end, to tables of articles, entities and claims.",
            streaming=True,
        ),
    }


def text(metadata: dict[str, Any]) -> str:
    """The metadata as it is written."""
    return json.dumps(metadata, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for file_name, metadata in templates().items():
        (HERE / file_name).write_text(text(metadata), encoding="utf-8")
    sys.exit()
