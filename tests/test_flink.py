"""The graph on a real Flink cluster of two TaskManagers: the same rows as on one machine, killed, stopped and resumed."""

import pytest
from feed_world import page, rss
from flink_cluster import SCRIPTS, Cluster, eventually, skip_without_flink
from support import shared_folder
from test_end_to_end import contents, rows, run
from webserver import Reply, Request, Site

from schemas.tables import ARTICLES, CLAIMS, ENTITIES, REJECTS


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    skip_without_flink()
    cluster = Cluster(tmp_path_factory.mktemp("flink"), DEPECHE_FLINK_CHECKPOINT_MSEC="2000")
    try:
        cluster.run("start.sh")
        yield cluster
    finally:
        cluster.run("stop.sh")
    assert cluster.processes() == []


def test_submit__asks_for_checkpoints_that_cut_no_bundle():
    """Without either, jobs mostly go well: see docs/scaling.md."""
    script = (SCRIPTS / "submit.sh").read_text(encoding="utf-8")
    assert '--checkpointing_interval "$checkpoint_msec" --finish_bundle_before_checkpointing' in script


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


def test_pages__on_two_task_managers__give_the_rows_of_a_local_run(cluster, tmp_path):
    """The rows, not the files: a local run writes its first fifty documents as batches of their own."""
    pages = str(shared_folder("pages"))
    assert run(tmp_path / "local", "--input", pages) == 0
    cluster.run("submit.sh", "--input", pages, "--output", str(tmp_path / "flink"))
    for table in (ARTICLES, ENTITIES, CLAIMS, REJECTS):
        query = f"SELECT * FROM {table.name} ORDER BY {table.key[0]}"
        assert rows(tmp_path / "flink", query) == rows(tmp_path / "local", query)


def test_relative_paths__mean_the_same_on_a_worker(cluster, tmp_path):
    (tmp_path / "a.txt").write_text("Le port rouvre lundi, a déclaré le maire de Saint-Elme.", encoding="utf-8")
    cluster.run("submit.sh", "--input", "a.txt", "--output", "lake", cwd=tmp_path)
    assert len(contents(tmp_path / "lake")) >= 1


class Publisher:
    """A site on loopback with one feed, to which articles are added."""

    def __init__(self) -> None:
        self.site = Site()
        self.articles = 2
        self.site.routes["/robots.txt"] = Reply(404)
        self.site.routes["/fil"] = self.feed
        self.site.otherwise = lambda r: Reply(body=page(f"Avis {r.path}"), headers={"Content-Type": "text/html"})

    def feed(self, _: Request) -> Reply:
        return Reply(body=rss(*((str(n), self.site.url(f"/{n}")) for n in range(self.articles))))

    def urls(self) -> list[tuple[str]]:
        return [(self.site.url(f"/{n}"),) for n in range(self.articles)]


BUSY_SITES = 60
POLLS = 1_000
MAX_GROWTH = 100_000
"""Bytes by which the state of a job may grow over `POLLS` polls, Flink's own included (600 kB). The clock that Beam has for
sources leaves 5,000 a second."""


class BusySites:
    """Sites that ask to come again in a second, and so are polled more often than a feed that answers."""

    def __init__(self) -> None:
        self.sites = [Site(f"127.0.0.{n + 2}", look_secs=0.1) for n in range(BUSY_SITES)]
        for site in self.sites:
            site.routes["/robots.txt"] = Reply(404)
            site.routes["/fil"] = Reply(503, headers={"Retry-After": "1"})

    def feeds(self) -> list[str]:
        return [argument for site in self.sites for argument in ("--feeds", site.url("/fil"))]

    def polls(self) -> int:
        return sum(site.paths().count("/fil") for site in self.sites)

    def close(self) -> None:
        for site in self.sites:
            site.close()


def test_feeds__killed_task_manager_and_savepoint__lose_and_double_nothing(cluster, tmp_path):
    """And state stays small meanwhile, over a thousand polls."""
    publisher, busy, lake = Publisher(), BusySites(), tmp_path / "lake"
    options = ["--feeds", publisher.site.url("/fil"), "--streaming", "--window-seconds", "5", "--poll-minutes", "1"]
    options += ["--allow-loopback", "--language", "fr", "--output", str(lake), *busy.feeds()]

    def written() -> bool:
        return (lake / "articles").is_dir() and rows(lake, "SELECT DISTINCT url FROM articles ORDER BY url") == sorted(
            publisher.urls()
        )

    def checkpoints() -> int:
        return cluster.ask(f"/jobs/{job}/checkpoints")["counts"]["completed"]

    def state_bytes() -> int:
        since = checkpoints()
        eventually(lambda: checkpoints() > since + 1, "a checkpoint")
        return cluster.ask(f"/jobs/{job}/checkpoints")["latest"]["completed"]["state_size"]

    waiting = [cluster.submit(*options)]
    try:
        eventually(written, "the first articles")
        (job,) = cluster.jobs()
        eventually(lambda: all("/fil" in site.paths() for site in busy.sites), "a poll of every feed")
        polls, state = busy.polls(), state_bytes()

        cluster.kill("taskmanager-2")
        publisher.articles = 4
        cluster.run("start.sh")
        eventually(written, "the articles after the kill")
        assert f"Restoring job {job} from Checkpoint" in cluster.log("jobmanager")

        trigger = cluster.ask(f"/jobs/{job}/stop", {"drain": False})["request-id"]

        def location() -> str | None:
            operation = cluster.ask(f"/jobs/{job}/savepoints/{trigger}").get("operation") or {}
            return operation.get("location")

        savepoint = eventually(location, "a savepoint")
        publisher.articles = 6
        waiting.append(cluster.submit(*options, "--savepoint_path", savepoint))
        eventually(written, "the articles after the savepoint")
        assert f"from savepoint {savepoint}" in cluster.log("jobmanager")
        (job,) = cluster.jobs()

        eventually(lambda: busy.polls() >= polls + POLLS, f"{POLLS} polls")
        late_polls, late_state = busy.polls(), state_bytes()
        print(f"state: {state:,} bytes after {polls:,} polls, {late_state:,} bytes after {late_polls:,}")
        assert late_state < state + MAX_GROWTH
        cluster.ask(f"/jobs/{job}/stop", {"drain": False})
        eventually(lambda: not cluster.jobs(), "the end of the job")
    finally:
        for process in waiting:
            process.kill()
            process.wait()
        publisher.site.close()
        busy.close()
    assert rows(lake, "SELECT url FROM articles ORDER BY url") == sorted(publisher.urls())
    for table, key in (("entities", "mention_id"), ("claims", "claim_id")):
        assert rows(lake, f"SELECT {key} FROM {table} GROUP BY 1 HAVING count(*) > 1") == []
        assert rows(lake, f"SELECT count(*) > 0 FROM {table}") == [(True,)]
