"""What a stranger's installation gets."""

import ast
import importlib.metadata
import re
import sys

import pytest
from packaging.requirements import Requirement
from support import REPOSITORY

ROOMS = ("schemas", "language", "transforms", "pipeline")
OPTIONAL = {"duckdb"}  # only `pipeline.sql`, by the extra of that name


def requirements(extra: str | None = None) -> set[str]:
    """Normalised names of the requirements declared for this Python, without the extras' or with one extra's."""
    declared = map(Requirement, importlib.metadata.requires("depeche") or ())
    chosen = (r for r in declared if r.marker is None or r.marker.evaluate({"extra": extra or ""}))
    return {re.sub(r"[-_.]+", "-", r.name).lower() for r in chosen}


def third_party_imports() -> set[str]:
    found = set()
    for room in ROOMS:
        for path in (REPOSITORY / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    found |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - set(ROOMS)


@pytest.mark.parametrize("module", sorted(third_party_imports()))
def test_import__is_a_declared_requirement(module):
    distributions = importlib.metadata.packages_distributions()[module]
    names = {re.sub(r"[-_.]+", "-", name).lower() for name in distributions}
    assert names & (requirements("sql") if module in OPTIONAL else requirements())


def test_requirements__name_what_old_pips_miss():
    assert "lxml-html-clean" in requirements()
