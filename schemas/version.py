"""The schema version of the tables, and files of another one."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # --help does not wait for it
    import pyarrow as pa

SCHEMA_VERSION = "2"
"""Raised with every change of a column's name, type or meaning; stored in each file's metadata."""

METADATA_KEY = "depeche.schema_version"


class OtherSchemaVersionError(ValueError):
    """A lake was written by another release; the message says what to do."""


def check_version(schema: "pa.Schema", place: str) -> None:
    """Look whether a file's rows are as `schemas.tables` describes them.

    A file without a version is let by: other programs that rewrite a file (to delete rows, say) do not keep it.

    Args:
        schema: of the file.
        place: folder or file, for the message.

    Raises:
        OtherSchemaVersionError: naming the place, both versions and the remedies.
    """
    found = (schema.metadata or {}).get(METADATA_KEY.encode())
    if found is not None and found != SCHEMA_VERSION.encode():
        raise OtherSchemaVersionError(
            f"{place!r} holds tables of schema version {found.decode(errors='replace')}, this release reads and writes "
            f"version {SCHEMA_VERSION}: read the documents again into another folder (--output FOLDER), or use the "
            "release that wrote it"
        )
