"""Make an article of a document: decode, extract, tidy, date, name and fingerprint it."""

from datetime import UTC

from schemas.article import Article
from schemas.document import RawDocument
from schemas.identity import content_id
from schemas.partition import slug
from schemas.vocabulary import MediaType, QualityFlag, Reason, TitleSource
from transforms.body import extract_body
from transforms.decoding import decode
from transforms.fingerprints import content_hash, folded, minhash, simhash, word_count
from transforms.language_identification import identify_language
from transforms.metadata import Metadata, given_metadata, page_metadata
from transforms.mojibake import mend
from transforms.page import parse_page
from transforms.plain_text import tidy
from transforms.quality import flag_text
from transforms.rejects import RejectedError
from transforms.sources import publisher
from transforms.titles import headline_of_text


def clean(raw: RawDocument) -> Article:
    """The article in a document.

    Raises:
        RejectedError: the document holds none: EMPTY, BINARY, UNDECODABLE or NO_ARTICLE.
    """
    markup = raw.media_type is MediaType.HTML
    decoded = decode(raw.payload, raw.charset, markup=markup)
    flags = {QualityFlag.ENCODING_REPAIRED} if decoded.repaired else set()
    if markup:
        page = parse_page(decoded.text, raw.given.url)
        metadata = page_metadata(page, raw.given, raw.captured_at)
        title, title_source = metadata.title, metadata.title_source
        extracted = extract_body(page, title)
    else:
        metadata = given_metadata(raw.given, raw.captured_at)
        extracted = decoded.text
        title, title_source = metadata.title, metadata.title_source
        if title is None and (title := headline_of_text(extracted)) is not None:
            title_source = TitleSource.TEXT
    mended = mend(extracted)
    if mended != extracted:
        flags.add(QualityFlag.ENCODING_REPAIRED)
    text, edits = tidy(mended, title, title_in_text=not markup)
    if not text:
        raise RejectedError(Reason.NO_ARTICLE, "nothing was left of the text after captions and page controls")
    flags |= flag_text(text, edits)
    if metadata.dated.refused:
        flags.add(QualityFlag.DATE_REFUSED)
    if metadata.dated.published_at is None:
        flags.add(QualityFlag.DATE_MISSING)
    if raw.given.unknown_keys:
        flags.add(QualityFlag.UNKNOWN_KEYS)
    language, language_score = identify_language(text, metadata.languages)
    words = folded(text)
    article_id = _article_id(raw, metadata, title, text)
    published_at = metadata.dated.published_at
    return Article(
        article_id=article_id,
        version_id=content_id(
            article_id, title or "", text, *metadata.authors, published_at.isoformat() if published_at else ""
        ),
        source=slug(publisher(metadata.canonical_url or metadata.url, raw.given.source)),
        date=(published_at or raw.captured_at).astimezone(UTC).date(),
        input_uri=raw.input_uri,
        media_type=raw.media_type,
        date_source=metadata.dated.source or raw.capture_source,
        fetched_at=raw.captured_at,
        text=text,
        word_count=word_count(text),
        content_hash=content_hash(words),
        simhash=simhash(words),
        minhash=minhash(words),
        url=metadata.url,
        canonical_url=metadata.canonical_url,
        source_name=metadata.source_name,
        title=title,
        title_source=title_source,
        description=metadata.description,
        authors=metadata.authors,
        language=language,
        language_score=language_score,
        published_at=published_at,
        modified_at=metadata.modified_at,
        section=metadata.section,
        tags=metadata.tags,
        image_url=metadata.image_url,
        feed_url=raw.given.feed_url,
        feed_entry_id=raw.given.feed_entry_id,
        edits=edits,
        quality_flags=tuple(sorted(flags)),
    )


def _article_id(raw: RawDocument, metadata: Metadata, title: str | None, text: str) -> str:
    address = metadata.canonical_url or metadata.url
    if address:
        return content_id("url", address)
    if raw.given.feed_url and raw.given.feed_entry_id:
        return content_id("entry", raw.given.feed_url, raw.given.feed_entry_id)
    return content_id("text", slug(publisher(None, raw.given.source)), title or "", text)
