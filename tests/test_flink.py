"""The graph on a real Flink cluster of two TaskManagers: the same rows as on one machine."""

import pytest
from flink_cluster import Cluster, skip_without_flink
from support import shared_folder
from test_end_to_end import contents, run


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    skip_without_flink()
    cluster = Cluster(tmp_path_factory.mktemp("flink"))
    try:
        cluster.run("start.sh")
        yield cluster
    finally:
        cluster.run("stop.sh")
    assert cluster.processes() == []


def test_sample__on_two_task_managers__gives_the_files_of_a_local_run(cluster, tmp_path):
    assert run(tmp_path / "local") == 0
    done = cluster.run("submit.sh", "--output", str(tmp_path / "flink"))
    assert "read 15 = articles 13 + known 0 + rejects 2" in done.stdout
    assert contents(tmp_path / "flink") == contents(tmp_path / "local")
    for name in ("taskmanager-1", "taskmanager-2"):
        assert "Annotate" in cluster.log(name), f"{name} had nothing to do"


def test_sample__again_on_flink__changes_no_file(cluster, tmp_path):
    assert run(tmp_path / "lake") == 0
    before = contents(tmp_path / "lake")
    done = cluster.run("submit.sh", "--output", str(tmp_path / "lake"))
    assert "read 15 = articles 0 + known 13 + rejects 2" in done.stdout
    assert contents(tmp_path / "lake") == before


def test_pages__on_two_task_managers__give_the_files_of_a_local_run(cluster, tmp_path):
    pages = str(shared_folder("pages"))
    assert run(tmp_path / "local", "--input", pages) == 0
    cluster.run("submit.sh", "--input", pages, "--output", str(tmp_path / "flink"))
    assert contents(tmp_path / "flink") == contents(tmp_path / "local")


def test_relative_paths__mean_the_same_on_a_worker(cluster, tmp_path):
    (tmp_path / "a.txt").write_text("Le port rouvre lundi, a déclaré le maire de Saint-Elme.", encoding="utf-8")
    cluster.run("submit.sh", "--input", "a.txt", "--output", "lake", cwd=tmp_path)
    assert len(contents(tmp_path / "lake")) >= 1
