"""Reading: every format, every kind of damage, nothing lost beside it."""

import bz2
import gzip
import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import apache_beam as beam
import pytest
import zstandard
from apache_beam.testing.util import assert_that, equal_to
from support import local_pipeline
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from schemas.document import RawDocument
from schemas.rejection import Rejection
from schemas.vocabulary import DateSource, MediaType, Reason, Stage
from transforms import file_formats
from transforms.file_formats import extension
from transforms.files import ReadFiles, document_files, match_files, read_file
from transforms.rejects import REJECTS

MTIME = 1_709_000_000


def put(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    os.utime(path, (MTIME, MTIME))
    return path


def read(path: Path) -> list[RawDocument | Rejection]:
    return list(read_file(match_files(str(path))[0]))


def read_one(path: Path) -> RawDocument | Rejection:
    (document,) = read(path)
    return document


def lines(*values: object) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def warc(*records: tuple[str, str, bytes, str], packed: bool = False) -> bytes:
    """A WARC of `(kind, content type, body, HTTP status line)` records."""
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=packed)
    for number, (kind, content_type, body, status) in enumerate(records, start=1):
        http = StatusAndHeaders(status, [("Content-Type", content_type)], protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(
                f"https://quais.example/{number}",
                kind,
                payload=io.BytesIO(body),
                http_headers=http,
                warc_headers_dict={"WARC-Date": "2024-02-03T04:05:06Z", "WARC-Record-ID": f"<urn:uuid:{number}>"},
            )
        )
    return buffer.getvalue()


PAGE = ("response", "text/html; charset=ISO-8859-1", "<p>Été</p>".encode("latin-1"), "200 OK")


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("a.txt", (".txt", "")),
        ("gs://seau/dossier.d/A.JSONL.GZ", (".jsonl", "gzip")),
        ("a.warc.zst", (".warc", "zstd")),
        ("a.html.bz2", (".html", "bz2")),
        ("sans-extension", ("", "")),
        (".gz", ("", "")),
        ("a.tar.gz", (".tar", "gzip")),
    ],
)
def test_extension(uri, expected):
    assert extension(uri) == expected


@pytest.mark.parametrize(
    ("name", "pack"),
    [("a.txt", bytes), ("a.txt.gz", gzip.compress), ("a.txt.zst", zstandard.compress), ("a.txt.bz2", bz2.compress)],
)
def test_text_file__is_one_document(tmp_path, name, pack):
    path = put(tmp_path, name, pack("Été.\r\n".encode()))
    assert read_one(path) == RawDocument(
        input_uri=str(path),
        media_type=MediaType.PLAIN_TEXT,
        payload="Été.\r\n".encode(),
        captured_at=datetime.fromtimestamp(MTIME, UTC),
    )


@pytest.mark.parametrize("name", ["a.html", "a.htm", "a.html.gz"])
def test_html_file__takes_its_sidecar(tmp_path, name):
    values = {
        "url": "https://quais.example/1",
        "title": "T",
        "authors": ["A", "B"],
        "tags": "port",
        "colour": 1,
        "source": 3,
    }
    put(tmp_path, "a.json", json.dumps(values))
    document = read_one(put(tmp_path, name, gzip.compress(b"<p>x") if name.endswith("gz") else b"<p>x"))
    assert document.media_type == MediaType.HTML
    assert document.payload == b"<p>x"
    assert (document.given.url, document.given.title) == ("https://quais.example/1", "T")
    assert (document.given.authors, document.given.tags) == (("A", "B"), ("port",))
    assert document.given.unknown_keys == ("colour", "source")


@pytest.mark.parametrize("sidecar", [b"{", b"[1]", b"\xff"], ids=["broken", "a list", "not UTF-8"])
def test_document__with_a_bad_sidecar__is_rejected(tmp_path, sidecar):
    put(tmp_path, "a.json", sidecar)
    rejection = read_one(put(tmp_path, "a.txt", "Un texte."))
    assert (rejection.stage, rejection.reason) == (Stage.READ, Reason.INVALID_JSON)
    assert str(tmp_path / "a.json") in rejection.detail


def test_json_lines__bad_lines_leave_their_neighbours_alone(tmp_path):
    content = (
        lines({"text": "Un.", "url": "https://quais.example/1", "authors": "A"})
        + b'{"text": "\n'
        + b"\n"
        + lines(["liste"], {"title": "sans texte"}, {"html": "<p>Deux.", "text": "x"})
        + b'{"text": "caf\xe9"}\n'
        + lines({"text": "moiti\ud83d\u00e9"})
        + b'{"text": "Sans fin de ligne."}'
    )
    path = put(tmp_path, "a.jsonl", content)
    found = [
        (d.input_uri.rsplit("#")[1], d.reason if isinstance(d, Rejection) else d.payload.decode()) for d in read(path)
    ]
    assert found == [
        ("line=1", "Un."),
        ("line=2", Reason.INVALID_JSON),
        ("line=4", Reason.INVALID_JSON),
        ("line=5", Reason.MISSING_CONTENT),
        ("line=6", "<p>Deux."),
        ("line=7", Reason.INVALID_JSON),
        ("line=8", "moiti\ufffdé"),
        ("line=9", "Sans fin de ligne."),
    ]


def test_json_lines__deeply_nested_line__is_rejected(tmp_path):
    path = put(tmp_path, "a.jsonl", b"[" * 200_000 + b"\n" + lines({"text": "Un."}))
    assert [getattr(d, "reason", "read") for d in read(path)] == [Reason.INVALID_JSON, "read"]


def test_json_lines__over_long_line__is_rejected_and_the_next_one_read(tmp_path, monkeypatch):
    monkeypatch.setattr(file_formats, "MAX_DOCUMENT_BYTES", 50)
    path = put(tmp_path, "a.jsonl", lines({"text": "x" * 60}, {"text": "x" * 500}, {"text": "Un."}))
    assert [getattr(d, "reason", "read") for d in read(path)] == [Reason.TOO_LARGE, Reason.TOO_LARGE, "read"]


def test_file__above_the_cap__is_rejected(tmp_path, monkeypatch):
    monkeypatch.setattr(file_formats, "MAX_DOCUMENT_BYTES", 50)
    assert read_one(put(tmp_path, "a.html", b"x" * 51)).reason == Reason.TOO_LARGE
    assert read_one(put(tmp_path, "b.html", b"x" * 50)).payload == b"x" * 50


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
def test_truncated_file__keeps_what_was_read_before_the_break(tmp_path, pack):
    whole = lines(*({"text": f"{n} {os.urandom(500).hex()}"} for n in range(200)))
    suffix = "gz" if pack is gzip.compress else "zst"
    path = put(tmp_path, f"a.jsonl.{suffix}", pack(whole)[:-9])
    *documents, last = read(path)
    assert len(documents) >= 100  # zstd loses the block that is cut, up to 128 KiB (RFC 8878)
    assert all(isinstance(document, RawDocument) for document in documents)
    assert (last.reason, last.error_class) == (Reason.TRUNCATED_FILE, "OSError")


def test_file__that_is_not_what_its_name_says__is_rejected(tmp_path):
    assert read_one(put(tmp_path, "a.txt.gz", b"pas du gzip")).reason == Reason.UNREADABLE_FILE
    assert read_one(put(tmp_path, "a.pdf", b"%PDF")).reason == Reason.UNKNOWN_FILE_TYPE
    assert read_one(put(tmp_path, "b.warc", b"n'importe quoi\n" * 9)).reason == Reason.INVALID_WARC


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_warc__gives_its_html_responses(tmp_path, packed):
    records = [PAGE, ("response", "image/png", b"x", "200 OK"), ("response", "text/html", b"x", "404 Not Found"), PAGE]
    path = put(tmp_path, "a.warc.gz" if packed else "a.warc", warc(*records, packed=packed))
    first, second = read(path)
    assert first == RawDocument(
        input_uri=f"{path}#record=<urn:uuid:1>",
        media_type=MediaType.HTML,
        payload="<p>Été</p>".encode("latin-1"),
        captured_at=datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC),
        capture_source=DateSource.WARC,
        charset="ISO-8859-1",
        given=first.given,
    )
    assert first.given.url == "https://quais.example/1"
    assert second.given.url == "https://quais.example/4"


def test_warc__that_ends_within_a_record__says_so(tmp_path):
    path = put(tmp_path, "a.warc", warc(PAGE, PAGE)[:-10])
    first, second = read(path)
    assert isinstance(first, RawDocument)
    assert second.reason == Reason.TRUNCATED_FILE


def test_match__folder_glob_and_literal_path(tmp_path):
    for name in ("a.txt", "b/c.txt", "b/c.json", "b/d.html", "b/seul.json", "b/[RAPPORT].txt"):
        put(tmp_path, name, "x")

    def names(*patterns: str) -> list[str]:
        return [str(Path(f.path).relative_to(tmp_path)) for f in document_files([str(tmp_path / p) for p in patterns])]

    assert names("") == ["a.txt", "b/[RAPPORT].txt", "b/c.txt", "b/d.html", "b/seul.json"]
    assert names("b/*.txt", "b/c.txt") == ["b/[RAPPORT].txt", "b/c.txt"]
    assert names("b/[RAPPORT].txt") == ["b/[RAPPORT].txt"]
    assert names("*") == ["a.txt"]
    assert names("rien*") == []


def test_read_files__sorts_documents_and_rejects(tmp_path):
    put(tmp_path, "a.txt", "Un.")
    put(tmp_path, "b.jsonl", lines({"text": "Deux.", "source": "Les Quais", "language": "en"}) + b"{\n")
    with local_pipeline() as pipeline:
        read = pipeline | ReadFiles([str(tmp_path)], source="Gazette", language="fr")
        given = read.documents | "Given" >> beam.Map(lambda d: (d.payload, d.given.source, d.given.language))
        reasons = read[REJECTS] | "Reasons" >> beam.Map(lambda r: (r.reason, r.source))
        assert_that(given, equal_to([(b"Un.", "Gazette", "fr"), (b"Deux.", "Les Quais", "en")]), label="documents")
        assert_that(reasons, equal_to([(Reason.INVALID_JSON, "unknown")]), label="rejects")


def test_read_files__limit__takes_the_first_in_path_order(tmp_path):
    put(tmp_path, "b.txt", "Trois.")
    put(tmp_path, "a.jsonl", lines({"text": "Un."}, {"text": "Deux."}))
    with local_pipeline() as pipeline:
        read = pipeline | ReadFiles([str(tmp_path)], limit=2)
        assert_that(read.documents | beam.Map(lambda d: d.payload), equal_to([b"Un.", b"Deux."]))


@pytest.mark.parametrize(("patterns", "limit"), [([], None), (["a"], 0)])
def test_read_files__refuses_a_configuration_without_sense(patterns, limit):
    with pytest.raises(ValueError, match=r"input|limit"):
        ReadFiles(patterns, limit=limit)
