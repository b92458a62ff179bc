"""What several tests share: records with sensible values, a local pipeline, and where reference data lies."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.test_pipeline import TestPipeline

from schemas.article import Article
from schemas.document import RawDocument
from schemas.tables import ARTICLES, CLAIMS, ENTITIES
from schemas.vocabulary import DateSource, MediaType
from transforms.gathering import Gathered, gathered

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared"
CAPTURED = datetime(2024, 3, 5, 8, 30, tzinfo=UTC)


def shared_folder(name: str) -> Path:
    """A folder of the reference data, or a skip: it is not part of the project."""
    folder = SHARED / name
    if not folder.is_dir():
        pytest.skip(f"the reference data {name!r} is not beside the checkout")
    return folder


def local_pipeline() -> beam.Pipeline:
    """A pipeline on the local runner that the project uses; runs when its `with` block ends."""
    return TestPipeline(runner=FnApiRunner())


def raw_document(payload: bytes = b"Un texte.", **values: Any) -> RawDocument:
    defaults: dict[str, Any] = {
        "input_uri": "dossier/article.txt",
        "media_type": MediaType.PLAIN_TEXT,
        "payload": payload,
        "captured_at": CAPTURED,
    }
    return RawDocument(**(defaults | values))


def article(text: str = "Le port rouvre lundi.", **values: Any) -> Article:
    defaults: dict[str, Any] = {
        "article_id": "a1",
        "version_id": "v1",
        "source": "quais.example",
        "date": date(2024, 3, 4),
        "input_uri": "dossier/article.txt",
        "media_type": MediaType.PLAIN_TEXT,
        "date_source": DateSource.SIDECAR,
        "fetched_at": CAPTURED,
        "text": text,
        "word_count": len(text.split()),
        "content_hash": "c1",
        "simhash": 1,
        "minhash": "00" * 128,
        "language": "fr",
        "published_at": datetime(2024, 3, 4, 6, 0, tzinfo=UTC),
    }
    return Article(**(defaults | values))


def gathered_rows(rows: dict[str, list[Any]]) -> dict[str, list[Gathered]]:
    """Rows by table, as `WriteTables` groups them; no rows of a table that is not named."""
    return {table.name: [gathered(table, rows.get(table.name, []))] for table in (ARTICLES, ENTITIES, CLAIMS)}
