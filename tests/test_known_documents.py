"""A document is known by all that cleaning looks at, and by nothing else."""

from dataclasses import replace
from datetime import UTC, date, timedelta
from pathlib import Path

import pytest
from apache_beam.io.filesystem import FileMetadata
from support import article, raw_document

from schemas.document import GivenMetadata
from schemas.partition import Partition
from schemas.tables import ARTICLES
from schemas.vocabulary import DateSource, MediaType
from transforms import document_ids
from transforms import known_documents as module
from transforms.articles import clean
from transforms.document_ids import document_id
from transforms.file_formats import FileReading, JsonLine
from transforms.files import id_of, with_defaults
from transforms.known_documents import NONE, known_documents
from transforms.lake import write_batch

RAW = raw_document(b"Le port rouvre lundi, dit le maire.", given=GivenMetadata(url="https://quais.example/1"))
LARGE_INPUT = [FileMetadata("in", 10**9)]


def lake_with(folder: Path, *document_ids: str | None) -> str:
    for number, identifier in enumerate(document_ids):
        row = article(version_id=f"v{number}", document_id=identifier)
        write_batch(
            str(folder), Partition(date(2024, 3, 4), f"source-{number}"), ARTICLES, f"part-{number}.parquet", [row]
        )
    return str(folder)


@pytest.mark.parametrize(
    "other",
    [
        replace(RAW, payload=b"Le port ferme."),
        replace(RAW, media_type=MediaType.HTML),
        replace(RAW, charset="cp1252"),
        replace(RAW, captured_at=RAW.captured_at + timedelta(seconds=1)),
        replace(RAW, capture_source=DateSource.WARC),
        replace(RAW, given=replace(RAW.given, url="https://quais.example/2")),
        replace(RAW, given=replace(RAW.given, authors=("Anne Le Goff",))),
        replace(RAW, given=replace(RAW.given, source="quais")),
    ],
    ids=["bytes", "type", "charset", "time", "kind-of-time", "url", "authors", "source"],
)
def test_document_id__anything_else_that_cleaning_reads__is_another(other) -> None:
    assert document_id(other) != document_id(RAW)


def test_document_id__other_file_or_zone__is_the_same() -> None:
    moved = replace(RAW, input_uri="ailleurs/b.txt", captured_at=RAW.captured_at.astimezone(UTC))
    assert document_id(moved) == document_id(RAW)


def test_document_id__other_rules_of_cleaning__is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    before = document_id(RAW)
    monkeypatch.setattr(document_ids, "_rules", lambda: "2 trafilatura 3.0")
    assert document_id(RAW) != before


LINE = JsonLine(FileReading("fil.jsonl", RAW.captured_at), 3, b'{"text": "Le port rouvre lundi."}\n')
NO_DEFAULTS = GivenMetadata()


@pytest.mark.parametrize(
    "defaults",
    [NO_DEFAULTS, GivenMetadata(source="quais"), GivenMetadata(language="fr")],
    ids=["none", "source", "language"],
)
def test_id_of__line_not_read_yet__is_that_of_its_document(defaults: GivenMetadata) -> None:
    assert id_of(LINE, defaults) == document_id(with_defaults(LINE.read(), defaults))
    assert id_of(LINE, defaults) == id_of(replace(LINE, number=9, content=LINE.content.strip()), defaults)


@pytest.mark.parametrize(
    ("line", "defaults"),
    [
        (replace(LINE, content=LINE.content.replace(b"lundi", b"mardi")), NO_DEFAULTS),
        (replace(LINE, file=replace(LINE.file, modified=RAW.captured_at + timedelta(seconds=1))), NO_DEFAULTS),
        (LINE, GivenMetadata(source="quais")),
        (LINE, GivenMetadata(language="fr")),
    ],
    ids=["bytes", "time", "source", "language"],
)
def test_id_of__line_or_what_comes_along_is_another__is_another(line: JsonLine, defaults: GivenMetadata) -> None:
    assert id_of(line, defaults) != id_of(LINE, NO_DEFAULTS)


def test_clean__gives_the_id_of_its_document() -> None:
    assert clean(RAW).document_id == document_id(RAW)
    assert clean(with_defaults(LINE.read(), NO_DEFAULTS)).document_id == id_of(LINE, NO_DEFAULTS)


def test_id_of__source_is_no_language() -> None:
    assert id_of(LINE, GivenMetadata(source="fr")) != id_of(LINE, GivenMetadata(language="fr"))


def test_known_documents__in_the_lake__have_their_source(tmp_path: Path) -> None:
    other = replace(RAW, payload=b"Autre chose.")
    known = known_documents(lake_with(tmp_path, document_id(other), document_id(RAW)), LARGE_INPUT)
    assert known.source_of(document_id(RAW)) == "source-1"
    assert known.source_of(document_id(other)) == "source-0"
    assert known.source_of(document_id(replace(RAW, payload=b"Encore autre chose."))) is None


def test_known_documents__no_lake_yet__know_nothing(tmp_path: Path) -> None:
    assert known_documents(str(tmp_path / "lake"), LARGE_INPUT).source_of(document_id(RAW)) is None


def test_known_documents__rows_without_id__are_passed_by(tmp_path: Path) -> None:
    known = known_documents(lake_with(tmp_path, None, document_id(RAW)), LARGE_INPUT)
    assert len(known.ids) == 1
    assert known.source_of(document_id(RAW)) == "source-1"


def test_known_documents__lake_much_larger_than_the_input__is_not_looked_into(tmp_path: Path, monkeypatch) -> None:
    lake = lake_with(tmp_path, document_id(RAW), None)
    monkeypatch.setattr(module, "MIN_FILES", 1)
    assert known_documents(lake, [FileMetadata("in", 1_999)]) is NONE
    assert known_documents(lake, [FileMetadata("in", 2_000)]).source_of(document_id(RAW)) == "source-0"


def test_known_documents__more_than_are_remembered__are_none(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "MAX_DOCUMENTS", 0)
    assert known_documents(lake_with(tmp_path, document_id(RAW)), LARGE_INPUT) is NONE
