"""Who may import whom: schemas <- language <- transforms <- pipeline."""

import ast
import re
import sys
from pathlib import Path

import pytest
from support import REPOSITORY

ROOMS = ("schemas", "language", "transforms", "pipeline")


def imported(path: Path) -> set[str]:
    """Top-level names of all modules that a file imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module or "")
    return {name.split(".")[0] for name in names}


def modules() -> list[Path]:
    return [path for room in ROOMS for path in sorted((REPOSITORY / room).rglob("*.py"))]


def name_of(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_module__imports_no_room_above_its_own(path):
    room = path.relative_to(REPOSITORY).parts[0]
    above = set(ROOMS[ROOMS.index(room) + 1 :]) | {"tests", "training", "benchmarks"}
    assert not imported(path) & above


@pytest.mark.parametrize("path", [p for p in modules() if "schemas" in p.parts], ids=name_of)
def test_schemas__import_the_standard_library_and_pyarrow_only(path):
    assert imported(path) <= set(sys.stdlib_module_names) | {"pyarrow", "schemas"}


@pytest.mark.parametrize("path", [p for p in modules() if "language" in p.parts], ids=name_of)
def test_language__imports_no_beam(path):
    assert "apache_beam" not in imported(path)


@pytest.mark.parametrize("path", [p for p in modules() if "pipeline" not in p.parts], ids=name_of)
def test_module__does_not_read_the_command_line_or_the_environment(path):
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    reads = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    is_script = any(isinstance(node, ast.If) and "__main__" in ast.unparse(node.test) for node in tree.body)
    assert not reads & {"os.environ", "os.getenv"}
    assert is_script or "sys.argv" not in reads


@pytest.mark.parametrize("path", [p for p in modules() if {"schemas", "transforms"} & set(p.parts)], ids=name_of)
def test_module__does_not_know_which_runner_it_is_on(path):
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"\b(flink|dataflow|prism|samza|\w*runner)\b", source, re.IGNORECASE)
    assert "apache_beam.runners" not in source
