"""Writing: content-named, atomic, typed, nothing doubled."""

import os
import pickle
from dataclasses import replace
from datetime import UTC, date, datetime

import apache_beam as beam
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from apache_beam.io.filesystem import BeamIOError, FileMetadata
from apache_beam.testing.util import assert_that, equal_to
from support import CAPTURED, article, gathered_rows, local_pipeline, raw_document

from schemas.article import Edit
from schemas.claim import Claim, Quantity
from schemas.entity import EntityMention
from schemas.partition import Partition
from schemas.tables import ARTICLES, CLAIMS, REJECTS
from schemas.vocabulary import ClaimKind, EditRule, EntityLabel, EntityMethod, Modality, QuoteStatus, Reason, Stage
from transforms import lake
from transforms.known import SetAsideKnown, fresh_versions
from transforms.lake import arrow_table, row_ids, write_batch
from transforms.rejects import MAX_PAYLOAD_BYTES, RejectedError, reject_document
from transforms.tables import WriteRejects, WriteTables

PARTITION = Partition(date(2024, 3, 4), "quais.example")


def mention(article_id="a1", version_id="v1", start=3) -> EntityMention:
    return EntityMention(
        entity_id="e1",
        article_id=article_id,
        version_id=version_id,
        mention_id=f"{version_id}-{start}",
        source="quais.example",
        date=date(2024, 3, 4),
        surface="port",
        start=start,
        end=start + 4,
        label=EntityLabel.LOC,
        canonical_name="port",
        method=EntityMethod.MODEL,
        sentence_index=0,
        in_quote=False,
        in_title=False,
    )


def claim(article_id="a1", version_id="v1") -> Claim:
    return Claim(
        claim_id=f"c-{version_id}",
        article_id=article_id,
        version_id=version_id,
        source="quais.example",
        date=date(2024, 3, 4),
        kind=ClaimKind.INDIRECT,
        text="Le port",
        start=0,
        end=7,
        sentence_index=0,
        quote_status=QuoteStatus.NONE,
        modality=Modality.ASSERTED,
        before="",
        after=" rouvre",
        rule="test",
        quantities=(Quantity("100 XNUMX", None, None, approximate=False, reliable=False),),
    )


def files(folder) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def write(folder, articles, mentions=(), claims=()):
    with local_pipeline() as pipeline:
        tables = {
            name: pipeline | name >> beam.Create(list(rows))
            for name, rows in (("articles", articles), ("entities", mentions), ("claims", claims))
        }
        _ = tables | WriteTables(str(folder))


def test_write_tables__one_file_a_table_and_partition_with_one_name(tmp_path):
    write(tmp_path, [article(), article(article_id="a2", version_id="v2")], [mention()], [claim()])
    name = files(tmp_path)[0].rsplit("/", 1)[1]
    assert files(tmp_path) == [
        f"{table}/date=2024-03-04/source=quais.example/{name}" for table in ("articles", "claims", "entities")
    ]


def test_write_tables__again__changes_no_byte(tmp_path):
    rows = ([article(), article(article_id="a2", version_id="v2")], [mention(start=9), mention()], [claim()])
    write(tmp_path, *rows)
    before = {path: (tmp_path / path).read_bytes() for path in files(tmp_path)}
    write(tmp_path, *(list(reversed(r)) for r in rows))
    assert {path: (tmp_path / path).read_bytes() for path in files(tmp_path)} == before


def test_write_tables__writes_the_articles_last(tmp_path, monkeypatch):
    order = []
    monkeypatch.setattr("transforms.tables.write_file", lambda _, __, table, *___: order.append(table.name))
    rows = {"articles": [article()], "entities": [mention()], "claims": [claim()]}
    list(WriteTables(str(tmp_path))._write(PARTITION, gathered_rows(rows)))
    assert order == ["entities", "claims", "articles"]


def test_write_batch__that_fails__leaves_no_visible_file(tmp_path, monkeypatch):
    def broken(*_):
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", broken)
    with pytest.raises(OSError, match="disk full"):
        write_batch(str(tmp_path), PARTITION, ARTICLES, "part-x.parquet", [article()])
    assert [p.name for p in tmp_path.rglob("*.parquet") if not p.name.startswith(lake.TEMPORARY)] == []


def test_arrow_table__keeps_every_value():
    row = article(
        edits=(Edit(EditRule.CAPTION, 3, "(Image : AFP)"),),
        authors=("A", "B"),
        published_at=datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        simhash=-(2**63),
    )
    table = arrow_table(ARTICLES, [row])
    assert table.schema.equals(ARTICLES.schema, check_metadata=True)
    (back,) = table.to_pylist()
    assert back["edits"] == [{"rule": "caption", "at": 3, "removed": "(Image : AFP)"}]
    assert back["authors"] == ["A", "B"]
    assert back["published_at"] == row.published_at
    assert back["simhash"] == -(2**63)


def test_arrow_table__refuses_a_null_in_a_required_column():
    with pytest.raises(pa.ArrowInvalid, match=r"articles\.text is required"):
        arrow_table(ARTICLES, [replace(article(), text=None)])


def test_arrow_table__sorts_rows():
    rows = [article(article_id=i, version_id=i) for i in ("c", "a", "b")]
    assert arrow_table(ARTICLES, rows).column("article_id").to_pylist() == ["a", "b", "c"]


def test_duckdb__reads_partition_columns_with_their_types(tmp_path):
    write_batch(str(tmp_path), PARTITION, CLAIMS, "part-x.parquet", [claim()])
    pattern = f"{tmp_path}/claims/*/*/*.parquet"
    relation = duckdb.sql(f"SELECT date, source, quantities FROM read_parquet('{pattern}', hive_partitioning = true)")
    assert [str(t) for t in relation.types[:2]] == ["DATE", "VARCHAR"]
    quantity = {"surface": "100 XNUMX", "value": None, "unit": None, "approximate": False, "reliable": False}
    assert relation.fetchall() == [(date(2024, 3, 4), "quais.example", [quantity])]


def test_parquet__carries_descriptions_and_schema_version(tmp_path):
    path = write_batch(str(tmp_path), PARTITION, CLAIMS, "part-x.parquet", [claim()])
    assert pq.read_schema(path).equals(CLAIMS.schema, check_metadata=True)


def test_parquet__states_the_range_of_ids_and_order__not_of_texts(tmp_path):
    path = write_batch(str(tmp_path), PARTITION, ARTICLES, "part-a.parquet", [article()])
    group = pq.ParquetFile(path).metadata.row_group(0)
    columns = [group.column(place) for place in range(group.num_columns)]
    stated = {column.path_in_schema for column in columns if column.statistics is not None}
    assert {"version_id", "article_id", "published_at", "document_id", "word_count"} <= stated
    assert not {"text", "title", "description", "sentence_sketches", "edits.list.element.removed"} & stated


def test_row_ids__of_a_damaged_file__names_it(tmp_path):
    folder = tmp_path / PARTITION.folder("articles")
    folder.mkdir(parents=True)
    (folder / "part-x.parquet").write_bytes(b"pas du Parquet")
    with pytest.raises(BeamIOError, match=r"part-x\.parquet is not a readable Parquet file"):
        list(row_ids(str(tmp_path), PARTITION, ARTICLES))


def listed(path: str) -> FileMetadata:
    return lake.FileSystems.match([path])[0].metadata_list[0]


def test_reread_columns__same_file__is_read_once(tmp_path, monkeypatch):
    path = write_batch(str(tmp_path), PARTITION, ARTICLES, "part-x.parquet", [article(url="https://quais.example/1")])
    first = lake.reread_columns(listed(path), ["url"])
    monkeypatch.setattr(lake, "read_columns", lambda *_: pytest.fail("read again"))
    assert lake.reread_columns(listed(path), ["url"]) is first


@pytest.mark.parametrize("changed", ["size", "time"])
def test_reread_columns__another_file_under_the_same_name__is_read_anew(tmp_path, changed):
    # As after a compaction whose merged file has the name of one that was there, or in a lake begun anew.
    urls = ["https://quais.example/1", "https://quais.example/2" + ("/" * 9 if changed == "size" else "")]
    for moment, url in enumerate(urls):
        path = write_batch(str(tmp_path), PARTITION, ARTICLES, "part-x.parquet", [article(url=url)])
        os.utime(path, (0, moment if changed == "time" else 0))
        assert lake.reread_columns(listed(path), ["url"]).column(0).to_pylist() == [url]


def test_reread_columns__many_rows__are_not_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(lake, "MAX_REMEMBERED_ROWS", 1)
    rows = [article(), article(article_id="a2", version_id="v2")]
    file = listed(write_batch(str(tmp_path), PARTITION, ARTICLES, "part-x.parquet", rows))
    first, second = (lake.reread_columns(file, ["article_id"]) for _ in range(2))
    assert first == second
    assert first is not second


def test_fresh_versions__keeps_the_same_one_in_any_order():
    first, second = article(input_uri="a.txt"), article(input_uri="b.txt")
    other = article(version_id="v0")
    assert fresh_versions([second, other, first], set()) == [other, first]
    assert fresh_versions([first, second, other], {"v1"}) == [other]


def test_set_aside_known__leaves_what_the_lake_lacks(tmp_path):
    write_batch(str(tmp_path), PARTITION, ARTICLES, "part-x.parquet", [article()])
    fresh = article(article_id="a2", version_id="v2")
    elsewhere = article(source="autre.example")
    with local_pipeline() as pipeline:
        kept = pipeline | beam.Create([article(), fresh, fresh, elsewhere]) | SetAsideKnown(str(tmp_path))
        assert_that(kept, equal_to([fresh, elsewhere]))


def test_write_rejects__adds_only_what_is_new(tmp_path):
    def run(*payloads: bytes) -> None:
        rejects = [reject_document(raw_document(p), Stage.CLEAN, Reason.EMPTY, "vide") for p in payloads]
        with local_pipeline() as pipeline:
            _ = pipeline | beam.Create(rejects) | WriteRejects(str(tmp_path))

    run(b"1", b"1", b"2")
    assert len(files(tmp_path)) == 1
    run(b"2", b"1")
    assert len(files(tmp_path)) == 1
    run(b"3", b"1")
    assert len(files(tmp_path)) == 2
    ids = list(row_ids(str(tmp_path), Partition(CAPTURED.date(), "unknown"), REJECTS))
    assert len(ids) == len(set(ids)) == 3


def test_reject_document__caps_the_payload_and_hashes_all_of_it():
    whole = b"x" * (MAX_PAYLOAD_BYTES + 1)
    rejection = reject_document(raw_document(whole), Stage.CLEAN, Reason.BINARY, "d" * 9_999)
    assert rejection.payload == whole[:-1]
    assert rejection.payload_truncated
    assert rejection.payload_sha256 == "9408817bc040328d1c403ff97e94cea3dfd3a361b2fb7ecc7af75ff3a5157139"
    assert len(rejection.detail) == 500


def test_reject_document__keeps_the_traceback_of_an_error():
    try:
        raise RejectedError(Reason.EMPTY, "rien")
    except RejectedError as error:
        rejection = reject_document(raw_document(), Stage.CLEAN, error.reason, error.detail, error=error)
    assert rejection.error_class == "RejectedError"
    assert "test_reject_document__keeps_the_traceback_of_an_error" in rejection.traceback


@pytest.mark.parametrize(
    "element",
    [
        raw_document(),
        article(),
        mention(),
        claim(),
        reject_document(raw_document(), Stage.READ, Reason.EMPTY, ""),
        PARTITION,
    ],
    ids=lambda e: type(e).__name__,
)
def test_element__pickles(element):
    assert pickle.loads(pickle.dumps(element)) == element


def test_local_rename__replaces_an_existing_file(tmp_path):
    # What the writer rests on: Beam's local file system renames as POSIX does (2.77).
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
    lake.FileSystems.rename([str(tmp_path / "a")], [str(tmp_path / "b")])
    assert [p.name for p in tmp_path.iterdir()] == ["b"]
    assert (tmp_path / "b").read_text() == "a"
