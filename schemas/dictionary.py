"""The table dictionary, written from the schemas.

python -m schemas.dictionary > docs/tables.md
"""

from collections.abc import Iterator

import pyarrow as pa

from schemas.tables import TABLES, Table
from schemas.version import SCHEMA_VERSION


def markdown() -> str:
    """`docs/tables.md`, whole."""
    lines = [
        "# Tables",
        "",
        "Written by `python -m schemas.dictionary`; a test keeps it current. "
        f"Schema version {SCHEMA_VERSION}, in the metadata of every file.",
        "",
        "Every file is `<output>/<table>/date=YYYY-MM-DD/source=<slug>/part-<batch>.parquet`. "
        "`date` (the UTC day of publication; of capture for rejects and polls) and `source` "
        "(the publisher's registered domain, else the given name, else `unknown`) are columns "
        "by the folder's name. All times are UTC, all offsets count Unicode code points, half-open.",
    ]
    for table in TABLES:
        lines += ["", *_section(table)]
    return "\n".join(lines) + "\n"


def _section(table: Table) -> Iterator[str]:
    yield f"## {table.name}"
    yield ""
    yield table.purpose
    yield f"Key: `{'`, `'.join(table.key)}`. Sorted by `{'`, `'.join(table.sort_by)}`."
    yield ""
    yield "| column | type | null | unit | meaning |"
    yield "| --- | --- | --- | --- | --- |"
    for field in table.schema:
        yield from _rows(field, field.name)


def _rows(field: pa.Field, name: str) -> Iterator[str]:
    metadata = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
    null = "yes" if field.nullable else "no"
    cells = (f"`{name}`", _type_name(field.type), null, metadata.get("unit", ""), metadata["description"])
    yield f"| {' | '.join(cells)} |"
    inner = field.type.value_type if pa.types.is_list(field.type) else field.type
    if pa.types.is_struct(inner):
        for i in range(inner.num_fields):
            yield from _rows(inner.field(i), f"{name}.{inner.field(i).name}")


def _type_name(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"list of {_type_name(kind.value_type)}"
    return "struct" if pa.types.is_struct(kind) else str(kind)


if __name__ == "__main__":
    print(markdown(), end="")
