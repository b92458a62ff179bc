"""Portions of bounded size: everything once, in order, whatever the bounds."""

import gzip
import json
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that, equal_to
from support import local_pipeline

from schemas.rejection import Rejection
from transforms.files import document_files, read_file, whole
from transforms.portions import Bounds, Chunk, ReadPortion, forget, portions, read_piece

NO_BOUNDS = Bounds(10**9, 10**12)


@pytest.fixture
def files(tmp_path):
    """Twelve documents and a reject: two texts, a page, and a packed file of many."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("Un texte.", encoding="utf-8")
    (tmp_path / "in" / "b.html").write_text("<p>Une page.</p>" * 100, encoding="utf-8")
    lines = [json.dumps({"text": f"Avis {n}. " * 10}) for n in range(9)]
    lines.insert(4, "{")
    (tmp_path / "in" / "c.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    (tmp_path / "in" / "d.txt").write_text("Un autre.", encoding="utf-8")
    return document_files([str(tmp_path / "in")])


def all_documents(found) -> list:
    return [document for portion in found for piece in portion for document in read_piece(piece)]


def chunk_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "chunks"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    "bounds", [NO_BOUNDS, Bounds(1, 10**9), Bounds(3, 10**9), Bounds(10**9, 200), Bounds(10**9, 1)], ids=str
)
def test_portions__hold_every_document_once_in_order(files, tmp_path, bounds):
    whole = [document for file in files for document in read_file(file)]
    assert len(whole) == 13
    assert sum(isinstance(document, Rejection) for document in whole) == 1
    found = list(portions(files, chunk_folder(tmp_path), bounds))
    assert all_documents(found) == whole
    assert max(sum(1 for piece in portion for _ in read_piece(piece)) for portion in found) <= bounds.documents


def test_portions__bytes__bound_a_portion_but_for_its_last_document(files, tmp_path):
    found = list(portions(files, chunk_folder(tmp_path), Bounds(10**9, 200)))
    sizes = [
        sum(len(d.payload) // (10 if d.media_type == "text/html" else 1) for p in portion for d in read_piece(p))
        for portion in found
    ]
    assert sizes == [169, 240, 242, 240, 9]


def test_portions__limit__ends_the_reading(files, tmp_path):
    found = list(portions(files, chunk_folder(tmp_path), NO_BOUNDS, limit=5))
    assert [d.input_uri.rpartition("/")[2] for d in all_documents(found)] == [
        "a.txt",
        "b.html",
        "c.jsonl.gz#line=1",
        "c.jsonl.gz#line=2",
        "c.jsonl.gz#line=3",
    ]


def test_portions__of_nothing__are_none(tmp_path):
    (tmp_path / "vide.jsonl").write_bytes(b"\n\n")
    assert list(portions(document_files([str(tmp_path)]), chunk_folder(tmp_path), NO_BOUNDS)) == []


def test_portions__are_laid_down_as_they_are_asked_for(files, tmp_path):
    folder = chunk_folder(tmp_path)
    for portion in portions(files, folder, Bounds(3, 10**9)):
        chunks = [piece for piece in portion if isinstance(piece, Chunk)]
        assert len(list(folder.iterdir())) <= len(chunks) + 1  # one may be begun for the next portion
        forget(portion)
    assert list(folder.iterdir()) == []


def test_read_portion__gives_documents_and_rejects(files, tmp_path):
    (portion,) = portions(files, chunk_folder(tmp_path), NO_BOUNDS)
    with local_pipeline() as pipeline:
        outputs = pipeline | ReadPortion(portion, source="Les Quais", language="fr")
        given = outputs.documents | "TakeGiven" >> beam.Map(lambda d: (d.given.source, d.given.language))
        assert_that(given, equal_to([("Les Quais", "fr")] * 12))
        assert_that(outputs.rejects | "Reasons" >> beam.Map(lambda r: r.reason), equal_to(["invalid_json"]), "Rejects")


def test_portions__first_bounds__hold_for_the_first_portion_alone(files, tmp_path):
    found = list(portions(files, chunk_folder(tmp_path), NO_BOUNDS, first=Bounds(2, 10**9)))
    assert [len(portion) for portion in found] == [2, 3]  # two files; two chunks of the packed one and a file
    assert len(all_documents(found)) == 13


def test_portions__documents_passed_over__are_in_none(files, tmp_path):
    passed = {b"Un texte.", b"Avis 3. " * 10}
    asked = []

    def passed_over(record):
        asked.append(record)
        payload = whole(record).payload
        return payload.strip() in {payload.strip() for payload in passed}

    found = all_documents(portions(files, chunk_folder(tmp_path), NO_BOUNDS, passed_over=passed_over))
    assert len(asked) == 13  # a line that is no document is not read before it is asked for
    assert len(found) == 11
    assert all((document.payload or b"").strip() not in {p.strip() for p in passed} for document in found)
