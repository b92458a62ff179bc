"""A lake in an object store: Beam's s3:// file system against moto, a local server that speaks the protocol.

Needs ``pip install -e .[s3-test]``; skipped where that is not installed.
"""

import json

import pytest

pytest.importorskip("boto3", reason="needs the extra s3-test")
pytest.importorskip("moto.server", reason="needs the extra s3-test")

import boto3
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions
from moto.server import ThreadedMotoServer
from support import article
from test_lake import PARTITION, claim, mention

from pipeline.cli import main
from schemas.tables import ARTICLES, CLAIMS, ENTITIES
from transforms.known import SetAsideKnown
from transforms.lake import row_ids, write_batch

LAKE = "s3://seau/lac"


@pytest.fixture
def store(monkeypatch):
    """An empty bucket "seau" on a server of this machine."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_ENDPOINT_URL", f"http://{host}:{port}"),
    ):
        monkeypatch.setenv(name, value)
    FileSystems.set_options(PipelineOptions([]))
    client = boto3.client("s3")
    client.create_bucket(Bucket="seau")
    yield client
    for key in objects(client):  # the server's memory is that of the process
        client.delete_object(Bucket="seau", Key=key)
    server.stop()


def objects(client) -> dict[str, str]:
    """Every object with the hash that the store gives it."""
    found = client.list_objects_v2(Bucket="seau").get("Contents", [])
    return {item["Key"]: item["ETag"] for item in found}


def test_run__on_s3__twice__changes_no_object(store, tmp_path, capsys):
    lines = [
        {"url": f"https://quai{n % 2}.example/{n}", "text": f"Notice {n} of the harbour.", "published_at": "2024-03-01"}
        for n in range(6)
    ]
    store.put_object(Bucket="seau", Key="in/fil.jsonl", Body="\n".join(map(json.dumps, [*lines, []])).encode())
    argv = ["--input", "s3://seau/in/*.jsonl", "--output", LAKE, "--language", "en"]
    assert main(argv) == 0
    assert "read 7 = articles 6 + known 0 + rejects 1" in capsys.readouterr().out
    before = objects(store)
    assert sorted(key.rpartition("/")[0] for key in before) == [
        "in",
        "lac/articles/date=2024-03-01/source=quai0.example",
        "lac/articles/date=2024-03-01/source=quai1.example",
        *(key.rpartition("/")[0] for key in before if key.startswith("lac/rejects/")),
    ]
    assert main(argv) == 0
    assert "read 7 = articles 0 + known 6 + rejects 1" in capsys.readouterr().out
    assert objects(store) == before


def test_leftovers__on_s3__are_swept(store):
    write_batch(LAKE, PARTITION, ARTICLES, "part-a.parquet", [article()])
    write_batch(LAKE, PARTITION, ENTITIES, "part-a.parquet", [mention()])
    for table, row in ((ENTITIES, mention(version_id="v2")), (CLAIMS, claim(version_id="v2"))):
        write_batch(LAKE, PARTITION, table, "part-b.parquet", [row])
    store.put_object(Bucket="seau", Key=f"lac/{PARTITION.folder('claims')}/.tmp-0-part-b.parquet", Body=b"x")

    fresh = SetAsideKnown(LAKE)._keep_fresh(PARTITION, [article(), article(version_id="v2")])
    assert [a.version_id for a in fresh] == ["v2"]
    assert [key.rpartition("/")[2] for key in objects(store)] == ["part-a.parquet", "part-a.parquet"]
    assert list(row_ids(LAKE, PARTITION, ARTICLES)) == ["v1"]
