"""A lake of another release: refused with a message before anything is done with it."""

import hashlib
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from support import article, raw_document

from pipeline.cli import main
from schemas.partition import Partition
from schemas.tables import ARTICLES, REJECTS
from schemas.version import METADATA_KEY, SCHEMA_VERSION, OtherSchemaVersionError
from schemas.vocabulary import Reason, Stage
from transforms.lake import check_lake_version, read_columns, write_batch
from transforms.rejects import reject_document

NEWER_COLUMNS = ["document_id", "sentence_sketches"]


def rewrite(path: str, version: str | None) -> None:
    """A file of `version`, as it was before some of the columns; None for a file that names no version."""
    rows = pq.read_table(path, partitioning=None).drop_columns(NEWER_COLUMNS)
    metadata = {METADATA_KEY: version} if version is not None else None
    pq.write_table(rows.replace_schema_metadata(metadata), path)


@pytest.fixture
def old(tmp_path) -> Path:
    """A lake of version 1 with one day."""
    row = article()
    for name, version in (("a", "v1"), ("b", "v2")):
        path = write_batch(
            str(tmp_path / "lake"), Partition(row.date, row.source), ARTICLES, f"part-{name}.parquet",
            [article(article_id=name, version_id=version)],
        )  # fmt: skip
        rewrite(path, "1")
    return tmp_path / "lake"


def digests(folder: Path) -> dict[Path, str]:
    return {p: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize(
    "command",
    [
        ["--input", "{input}", "--output", "{lake}"],
        ["--retry-pages", "--output", "{lake}"],
        ["--feeds", "{feed}", "--output", "{lake}"],
        ["sql", "SELECT count(*) FROM articles", "--lake", "{lake}"],
        ["compact", "--lake", "{lake}"],
        ["feeds", "status", "--lake", "{lake}"],
    ],
    ids=["input", "retry-pages", "feeds", "sql", "compact", "status"],
)
def test_command__lake_of_version_1__names_it_and_the_remedy(old, tmp_path, capsys, command):
    (tmp_path / "fil.jsonl").write_text(json.dumps({"text": "Le port rouvre lundi."}), encoding="utf-8")
    (tmp_path / "fil.xml").write_text("<rss version='2.0'><channel/></rss>", encoding="utf-8")
    before = digests(old)
    places = {"lake": old, "input": tmp_path / "fil.jsonl", "feed": tmp_path / "fil.xml"}
    assert main([argument.format(**places) for argument in command]) == 2
    assert capsys.readouterr().err == (
        f"python -m pipeline: '{old}' holds tables of schema version 1, this release reads and writes version "
        f"{SCHEMA_VERSION}: read the documents again into another folder (--output FOLDER), or use the release that "
        "wrote it\n"
    )
    assert digests(old) == before


def test_read_columns__file_of_another_version_in_a_lake_of_this_one__names_it(old):
    path = next(old.rglob("part-a.parquet"))
    with pytest.raises(OtherSchemaVersionError, match=r"part-a\.parquet' holds tables of schema version 1,"):
        read_columns(str(path), ["version_id"])


def test_rejects_of_another_version__are_an_input(tmp_path, capsys):
    rejection = reject_document(raw_document(b"Le port rouvre lundi."), Stage.CLEAN, Reason.TIMEOUT, "30 s")
    path = write_batch(
        str(tmp_path / "old"), Partition(rejection.date, rejection.source), REJECTS, "part-a.parquet", [rejection]
    )
    rows = pq.read_table(path, partitioning=None)
    pq.write_table(rows.replace_schema_metadata(rows.schema.metadata | {METADATA_KEY.encode(): b"1"}), path)
    assert main(["--input", str(tmp_path / "old" / "rejects"), "--output", str(tmp_path / "new")]) == 0
    assert "read 1 = articles 1 + known 0 + rejects 0" in capsys.readouterr().out


def test_file_without_a_version__is_read(old):
    for path in old.rglob("part-*.parquet"):
        pq.write_table(pq.read_table(path, partitioning=None).replace_schema_metadata(None), path)
        assert len(read_columns(str(path), ["version_id"])) == 1
    check_lake_version(str(old))


def test_damaged_file__is_left_to_its_readers(old):
    for path in old.rglob("part-*.parquet"):
        path.write_bytes(b"no Parquet")
    check_lake_version(str(old))
