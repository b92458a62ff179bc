"""The source distribution, as runners install it on their workers: it carries the language pipeline."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
from pathlib import Path

import pytest
from support import REPOSITORY

DEADLINE_SECS = 1_800
ANNOTATE = """
import pathlib, language.pipelines as pipelines
nlp = pipelines.load_pipeline("fr", None)
doc = pipelines.annotate(nlp, "« La digue tient », a déclaré le maire de Lyon, Aziz Lemoine.")
print(pathlib.Path(pipelines.__file__).parents[1])
print([(entity.text, entity.label_) for entity in doc.ents])
"""
TEMPLATE_FOLDERS = ("schemas", "language", "transforms", "pipeline")


def run(*command: object, cwd: Path) -> str:
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=clean, capture_output=True, text=True, timeout=DEADLINE_SECS
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sdist")
    # As Beam does with --setup_file; the egg-info goes elsewhere, not into the checkout.
    run(
        sys.executable,
        "setup.py",
        "-q",
        "egg_info",
        "--egg-base",
        folder,
        "sdist",
        "--dist-dir",
        folder,
        cwd=REPOSITORY,
    )
    (archive,) = folder.glob("*.tar.gz")
    return archive


def test_sdist__carries_every_file_of_the_rooms(sdist):
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    rooms = (path for room in TEMPLATE_FOLDERS for path in (REPOSITORY / room).rglob("*"))
    files = {str(p.relative_to(REPOSITORY)) for p in rooms if p.is_file() and "__pycache__" not in p.parts}
    assert files - names == set()


def test_sdist__installed_beside_the_packages_of_this_environment__annotates(sdist, tmp_path):
    packages = tmp_path / "venv" / "lib" / f"python{sysconfig.get_python_version()}" / "site-packages"
    venv.create(tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    (packages / "others.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    # No wheel is made: what builds one is not in every environment, and may not be fetched in this test.
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path)  # our own; Python 3.11.0 to 3.11.3 know no filter
    (source,) = tmp_path.glob("depeche-*/")
    run(python, "setup.py", "-q", "install_lib", "--install-dir", packages, cwd=source)
    folder, entities = run(python, "-c", ANNOTATE, cwd=tmp_path).splitlines()
    assert Path(folder) == packages
    assert entities == "[('Lyon', 'LOC'), ('Aziz Lemoine', 'PER')]"


@pytest.mark.skipif(
    os.environ.get("DEPECHE_SDIST") != "1", reason="fetches all packages, some minutes: set DEPECHE_SDIST=1"
)
def test_sdist__in_an_empty_environment__annotates(sdist, tmp_path):
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", sdist, cwd=tmp_path)
    folder, entities = run(python, "-c", ANNOTATE, cwd=tmp_path).splitlines()
    assert Path(folder).is_relative_to(tmp_path / "venv")
    assert entities == "[('Lyon', 'LOC'), ('Aziz Lemoine', 'PER')]"
