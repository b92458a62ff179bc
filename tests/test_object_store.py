"""A lake in an object store: Beam's s3:// and gs:// against servers of this machine that speak the protocols.

moto for S3, gcp-storage-emulator for Google Cloud Storage; both come with ``pip install -e .[dev]``.
"""

import json
import logging
from collections.abc import Iterator

import pytest

pytest.importorskip("boto3", reason="needs the extra dev")
pytest.importorskip("moto.server", reason="needs the extra dev")
pytest.importorskip("gcp_storage_emulator", reason="needs the extra dev")

import boto3
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions
from gcp_storage_emulator.server import create_server
from google.cloud import storage
from moto.server import ThreadedMotoServer
from support import article
from test_duplicates import story
from test_lake import PARTITION, claim, mention

from pipeline.cli import main
from schemas.tables import ARTICLES, CLAIMS, ENTITIES
from transforms.known import SetAsideKnown
from transforms.lake import read_columns, row_ids, write_batch
from transforms.late_originals import mark_late_copies
from transforms.notes import note_batch

NO_AUTH = ["--no_auth"]
"""Without it, Beam looks for Google's credentials, and for a machine that has them."""


class S3:
    """An empty bucket "seau"."""

    lake = "s3://seau/lac"

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        host, port = self._server.get_host_and_port()
        for name, value in (
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
            ("AWS_ENDPOINT_URL", f"http://{host}:{port}"),
        ):
            monkeypatch.setenv(name, value)
        self._client = boto3.client("s3")
        self._client.create_bucket(Bucket="seau")

    def put(self, key: str, body: bytes) -> None:
        self._client.put_object(Bucket="seau", Key=key, Body=body)

    def objects(self) -> dict[str, str]:
        """Every object with the hash that the store gives it."""
        found = self._client.list_objects_v2(Bucket="seau").get("Contents", [])
        return {item["Key"]: item["ETag"] for item in found}

    def end(self) -> None:
        for key in self.objects():  # the server's memory is that of the process
            self._client.delete_object(Bucket="seau", Key=key)
        self._server.stop()


class Gcs:
    """The same of Google Cloud Storage."""

    lake = "gs://seau/lac"

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        logging.getLogger("gcp_storage_emulator").setLevel(logging.ERROR)
        self._server = create_server("127.0.0.1", 0, in_memory=True, default_bucket="seau")
        self._server.start()
        host, port = self._server._api._httpd.server_address
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://{host}:{port}")
        self._bucket = storage.Client.create_anonymous_client().bucket("seau")

    def put(self, key: str, body: bytes) -> None:
        self._bucket.blob(key).upload_from_string(body)

    def objects(self) -> dict[str, str]:
        """Every object with the hash that the store gives it."""
        return {blob.name: blob.md5_hash for blob in self._bucket.list_blobs()}

    def end(self) -> None:
        self._server.stop()


@pytest.fixture(params=[S3, Gcs], ids=["s3", "gs"])
def store(request, monkeypatch) -> Iterator[S3 | Gcs]:
    store = request.param(monkeypatch)
    FileSystems.set_options(PipelineOptions(NO_AUTH))
    yield store
    store.end()


def test_run__twice__changes_no_object(store, capsys):
    lines = [
        {"url": f"https://quai{n % 2}.example/{n}", "text": f"Notice {n} of the harbour.", "published_at": "2024-03-01"}
        for n in range(6)
    ]
    store.put("in/fil.jsonl", "\n".join(map(json.dumps, [*lines, []])).encode())
    argv = ["--input", store.lake.replace("lac", "in/*.jsonl"), "--output", store.lake, "--language", "en", *NO_AUTH]
    assert main(argv) == 0
    assert "read 7 = articles 6 + known 0 + rejects 1" in capsys.readouterr().out
    before = store.objects()
    assert sorted(key.rpartition("/")[0] for key in before) == [
        "in",
        "lac/articles/date=2024-03-01/source=quai0.example",
        "lac/articles/date=2024-03-01/source=quai1.example",
        *(key.rpartition("/")[0] for key in before if key.startswith("lac/rejects/")),
    ]
    assert main(argv) == 0
    assert "read 7 = articles 0 + known 6 + rejects 1" in capsys.readouterr().out
    assert store.objects() == before


def test_leftovers__are_swept(store):
    write_batch(store.lake, PARTITION, ARTICLES, "part-a.parquet", [article()])
    write_batch(store.lake, PARTITION, ENTITIES, "part-a.parquet", [mention()])
    for table, row in ((ENTITIES, mention(version_id="v2")), (CLAIMS, claim(version_id="v2"))):
        write_batch(store.lake, PARTITION, table, "part-b.parquet", [row])
    store.put(f"lac/{PARTITION.folder('claims')}/.tmp-0-part-b.parquet", b"x")

    fresh = SetAsideKnown(store.lake)._keep_fresh(PARTITION, [article(), article(version_id="v2")])
    assert [a.version_id for a in fresh] == ["v2"]
    assert [key.rpartition("/")[2] for key in store.objects()] == ["part-a.parquet", "part-a.parquet"]
    assert list(row_ids(store.lake, PARTITION, ARTICLES)) == ["v1"]


def test_late_original__marks_its_copy(store):
    early, late = story("a", source="quais.example"), story("b", source="quais.example")
    articles = write_batch(store.lake, PARTITION, ARTICLES, "part-b.parquet", [late])
    entities = write_batch(store.lake, PARTITION, ENTITIES, "part-b.parquet", [mention("b", "b-1")])
    note_batch(store.lake, PARTITION, "part-a.parquet")
    write_batch(store.lake, PARTITION, ARTICLES, "part-a.parquet", [early])

    assert mark_late_copies(store.lake, 3, {}) == 1
    assert read_columns(articles, ["duplicate_of"]).column(0).to_pylist() == ["a"]
    assert len(read_columns(entities, None)) == 0
    assert sorted(key.rpartition("/")[2] for key in store.objects()) == [
        "part-a.parquet",
        "part-b.parquet",
        "part-b.parquet",
    ]
