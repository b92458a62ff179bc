"""The tables' contract: schemas, records and dictionary say the same."""

import dataclasses

import pyarrow as pa
import pytest
from support import REPOSITORY

from schemas import dictionary, tables
from schemas.article import Article
from schemas.claim import Claim
from schemas.entity import EntityMention
from schemas.feed_poll import FeedPoll
from schemas.rejection import Rejection
from schemas.version import SCHEMA_VERSION

RECORDS = {
    "articles": Article,
    "entities": EntityMention,
    "claims": Claim,
    "rejects": Rejection,
    "feed_polls": FeedPoll,
}
PORTABLE = {pa.string(), pa.int64(), pa.float64(), pa.bool_(), pa.binary(), tables.TIMESTAMP}

by_name = pytest.mark.parametrize("table", tables.TABLES, ids=lambda table: table.name)


def leaves(kind: pa.DataType) -> list[pa.DataType]:
    if pa.types.is_list(kind):
        return leaves(kind.value_type)
    if pa.types.is_struct(kind):
        return [leaf for i in range(kind.num_fields) for leaf in leaves(kind.field(i).type)]
    return [kind]


@by_name
def test_record__has_the_columns_of_its_table_and_the_partition(table):
    fields = {field.name for field in dataclasses.fields(RECORDS[table.name])}
    assert fields == set(table.schema.names) | {"date", "source"}


@by_name
def test_record__may_be_none_only_where_the_column_may(table):
    record = RECORDS[table.name]
    optional = {f.name for f in dataclasses.fields(record) if "None" in str(f.type)}
    assert optional == {field.name for field in table.schema if field.nullable}


@by_name
def test_schema__uses_types_that_every_engine_reads(table):
    assert {leaf for field in table.schema for leaf in leaves(field.type)} <= PORTABLE


@by_name
def test_schema__describes_every_column(table):
    assert all(field.metadata[b"description"].endswith(b".") for field in table.schema)


@by_name
def test_schema__carries_its_version_and_name(table):
    assert table.schema.metadata == {
        b"depeche.table": table.name.encode(),
        b"depeche.schema_version": SCHEMA_VERSION.encode(),
    }


@by_name
def test_key_and_order__name_columns(table):
    assert set(table.key + table.sort_by) <= set(table.schema.names)


def test_dictionary__is_current():
    written = (REPOSITORY / "docs" / "tables.md").read_text(encoding="utf-8")
    assert written == dictionary.markdown(), "run: python -m schemas.dictionary > docs/tables.md"
