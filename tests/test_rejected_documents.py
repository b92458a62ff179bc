"""Rejects as input: what was read but refused is tried again, under its first address."""

import json
from dataclasses import replace

import pytest
from support import article, raw_document
from test_end_to_end import contents, rows, run
from test_lake import PARTITION

from schemas.document import GivenMetadata
from schemas.identity import payload_sha256
from schemas.partition import Partition
from schemas.rejection import Rejection
from schemas.tables import ARTICLES, REJECTS
from schemas.vocabulary import MediaType, Reason, Stage
from transforms.files import document_files, read_file
from transforms.lake import write_batch
from transforms.rejects import MAX_PAYLOAD_BYTES, reject_document

PAGE = raw_document(
    b"<p>Une page.</p>",
    input_uri="dossier/page.html",
    media_type=MediaType.HTML,
    given=GivenMetadata(url="https://quais.example/1"),
)
LINE = raw_document(b'{"text": "Avis."}', input_uri="dossier/fil.jsonl#line=7")
LARGE = raw_document(b"x" * (MAX_PAYLOAD_BYTES + 1))


def rejected(raw, stage=Stage.CLEAN, reason=Reason.TIMEOUT) -> Rejection:
    return reject_document(raw, stage, reason, "essai")


def read_back(tmp_path, rejection: Rejection) -> list:
    write_batch(str(tmp_path), Partition(rejection.date, rejection.source), REJECTS, "part-a.parquet", [rejection])
    return [document for file in document_files([str(tmp_path / "rejects")]) for document in read_file(file)]


@pytest.mark.parametrize(
    ("rejection", "expected"),
    [
        (rejected(PAGE), replace(PAGE, given=GivenMetadata(url="https://quais.example/1", source="quais.example"))),
        (rejected(raw_document()), raw_document()),
        (
            rejected(LINE, Stage.READ, Reason.INVALID_JSON),
            replace(LINE, payload=b"Avis.", charset="utf-8", record_id=payload_sha256(LINE.payload)),
        ),
    ],
    ids=["page", "text without a publisher", "line"],
)
def test_read_rejects__gives_the_document_again(tmp_path, rejection, expected):
    assert read_back(tmp_path, rejection) == [expected]


@pytest.mark.parametrize(
    "rejection",
    [
        rejected(LARGE),
        rejected(raw_document(b"reste"), Stage.READ, Reason.TRUNCATED_FILE),
        replace(rejected(PAGE), payload=None),
        rejected(replace(LINE, payload=b"{"), Stage.READ, Reason.INVALID_JSON),
    ],
    ids=["cut payload", "file cut short", "no payload", "line that is still broken"],
)
def test_read_rejects__what_cannot_be_tried_again__is_the_same_reject(tmp_path, rejection):
    (again,) = read_back(tmp_path, rejection)
    assert again.reject_id == rejection.reject_id


def test_read_file__another_parquet_file__is_a_reject(tmp_path):
    write_batch(str(tmp_path), PARTITION, ARTICLES, "part-a.parquet", [article()])
    (file,) = document_files([str(tmp_path)])
    (rejection,) = read_file(file)
    assert rejection.reason == Reason.UNREADABLE_FILE
    assert "only those of a rejects table" in rejection.detail


def test_rejects__driven_again__become_articles_and_change_nothing_else(tmp_path, capsys):
    lake = tmp_path / "lake"
    line = json.dumps({"text": "The harbour opens again.", "language": "en"})
    broken = reject_document(replace(LINE, payload=line.encode()), Stage.READ, Reason.INVALID_JSON, "essai")
    empty = reject_document(raw_document(b" "), Stage.CLEAN, Reason.EMPTY, "essai")
    for n, rejection in enumerate((broken, empty)):
        write_batch(str(lake), Partition(rejection.date, "unknown"), REJECTS, f"part-{n}.parquet", [rejection])
    before = contents(lake)

    assert run(lake, "--input", str(lake / "rejects")) == 0
    assert "read 2 = articles 1 + known 0 + rejects 1" in capsys.readouterr().out
    assert rows(lake, "SELECT text, input_uri FROM articles") == [
        ("The harbour opens again.", "dossier/fil.jsonl#line=7")
    ]
    after = contents(lake)
    assert before.items() <= after.items()
    assert len(after) == len(before) + 1

    assert run(lake, "--input", str(lake / "rejects")) == 0
    assert "read 2 = articles 0 + known 1 + rejects 1" in capsys.readouterr().out
    assert contents(lake) == after
