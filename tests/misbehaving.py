"""What a guarded child is made to call in the tests of the guard, chosen by the document's payload."""

import ctypes
import os
import re
import signal
import time
from datetime import UTC, datetime

from schemas.article import Article
from schemas.document import RawDocument
from schemas.vocabulary import DateSource, MediaType, Reason
from transforms import feed_parsing
from transforms.feed_entries import ParsedFeed
from transforms.rejects import RejectedError


def clean(raw: RawDocument) -> Article:
    """Behave as the payload says."""
    match raw.payload:
        case b"hang":
            time.sleep(600)
        case b"backtrack":
            re.match(r"(a+)+$", "a" * 64 + "b")
        case b"segfault":
            ctypes.string_at(0)
        case b"kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"alarm":
            os.kill(os.getpid(), signal.SIGALRM)
        case b"exit":
            os._exit(3)
        case b"memory":
            bytearray(1 << 40)
        case b"reject":
            raise RejectedError(Reason.NO_ARTICLE, "nothing here", retryable=True)
        case b"fault":
            raise KeyError("a fault of the program")
    moment = datetime(2024, 3, 5, tzinfo=UTC)
    return Article(
        article_id="a", version_id="v", source="unknown", date=moment.date(), input_uri=raw.input_uri,
        media_type=MediaType.PLAIN_TEXT, date_source=DateSource.FILE_MTIME, fetched_at=moment,
        text=f"{raw.payload!r} in {os.getpid()}", word_count=3, content_hash="c", simhash=0,
        minhash="",
    )  # fmt: skip


def parse_feed(request: tuple[bytes, str, str | None, str | None]) -> ParsedFeed:
    """A reader of feeds that some feeds hang, crash, or find a fault in."""
    body = request[0]
    if b"hang" in body:
        time.sleep(600)
    if b"segfault" in body:
        ctypes.string_at(0)
    if b"fault" in body:
        raise KeyError("a fault of the program")
    return feed_parsing.parse_feed(*request)
