"""Make an article of a document: decode, extract, tidy, date, name and fingerprint it."""

from dataclasses import dataclass, replace
from datetime import UTC

from schemas.article import Article, Edit
from schemas.document import RawDocument
from schemas.identity import content_id
from schemas.partition import slug
from schemas.vocabulary import MediaType, QualityFlag, Reason, TitleSource
from transforms.body import extract_body
from transforms.decoding import decode
from transforms.document_ids import document_id
from transforms.fingerprints import content_hash, folded, minhash, simhash, word_count
from transforms.furniture import Context
from transforms.language_identification import identify_language
from transforms.metadata import Metadata, given_metadata, page_metadata
from transforms.mojibake import mend
from transforms.page import Page, parse_page
from transforms.plain_text import tidy
from transforms.quality import flag_text, is_paywalled_stub
from transforms.rejects import RejectedError
from transforms.sketches import sentence_sketches
from transforms.sources import publisher
from transforms.titles import headline_of_text, page_titles


@dataclass(frozen=True, slots=True)
class _Draft:
    """What reading a document gives, before its text is tidied."""

    metadata: Metadata
    extracted: str
    context: Context
    page: Page | None = None


@dataclass(frozen=True, slots=True)
class Unidentified:
    """An article whose language is still to be identified, and the languages that its document declares.

    That is done apart from the rest: the identifier takes half a second to load, and the process that asks a guarded child
    (`transforms.guard`) has it for its plain texts anyway.
    """

    article: Article
    declared: tuple[str | None, ...]


def clean(raw: RawDocument) -> Article:
    """The article in a document.

    Raises:
        RejectedError: the document holds none: EMPTY, BINARY, UNDECODABLE or NO_ARTICLE.
    """
    return identified(extract(raw))


def identified(found: Unidentified) -> Article:
    """The article with its language."""
    language, score = identify_language(found.article.text, found.declared)
    return replace(found.article, language=language, language_score=score)


def extract(raw: RawDocument) -> Unidentified:
    """All of `clean` but the language.

    Raises:
        as `clean`.
    """
    markup = raw.media_type is MediaType.HTML
    decoded = decode(raw.payload, raw.charset, markup=markup)
    draft = _read_page(raw, decoded.text) if markup else _read_text(raw, decoded.text)
    mended = mend(draft.extracted)
    text, edits = tidy(mended, draft.context)
    if not text:
        raise RejectedError(Reason.NO_ARTICLE, "nothing was left of the text after captions and page controls")
    flags = flag_text(text, edits)
    if decoded.repaired or mended != draft.extracted:
        flags.add(QualityFlag.ENCODING_REPAIRED)
    if draft.page is not None and is_paywalled_stub(draft.page, text):
        flags.add(QualityFlag.PAYWALLED)
    if draft.metadata.dated.refused:
        flags.add(QualityFlag.DATE_REFUSED)
    if draft.metadata.dated.published_at is None:
        flags.add(QualityFlag.DATE_MISSING)
    if raw.given.unknown_keys:
        flags.add(QualityFlag.UNKNOWN_KEYS)
    return Unidentified(_article(raw, draft.metadata, text, edits, flags), draft.metadata.languages)


def _read_page(raw: RawDocument, html: str) -> _Draft:
    page = parse_page(html, raw.given.url)
    metadata = page_metadata(page, raw.given, raw.captured_at)
    context = Context(page_titles(page, metadata.title), authors=metadata.authors, from_page=True)
    return _Draft(metadata, extract_body(page, metadata.title), context, page)


def _read_text(raw: RawDocument, text: str) -> _Draft:
    metadata = given_metadata(raw.given, raw.captured_at)
    if metadata.title is None and (headline := headline_of_text(text)) is not None:
        metadata = replace(metadata, title=headline, title_source=TitleSource.TEXT)
    titles = (metadata.title,) if metadata.title else ()
    return _Draft(metadata, text, Context(titles, title_in_text=True))


def _article(
    raw: RawDocument, metadata: Metadata, text: str, edits: tuple[Edit, ...], flags: set[QualityFlag]
) -> Article:
    words = folded(text)
    article_id = _article_id(raw, metadata, text)
    published_at = metadata.dated.published_at
    return Article(
        article_id=article_id,
        version_id=content_id(
            article_id, metadata.title or "", text, *metadata.authors, published_at.isoformat() if published_at else ""
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
        sentence_sketches=sentence_sketches(text),
        url=metadata.url,
        canonical_url=metadata.canonical_url,
        source_name=metadata.source_name,
        title=metadata.title,
        title_source=metadata.title_source,
        description=metadata.description,
        authors=metadata.authors,
        published_at=published_at,
        modified_at=metadata.modified_at,
        section=metadata.section,
        tags=metadata.tags,
        image_url=metadata.image_url,
        feed_url=raw.given.feed_url,
        feed_entry_id=raw.given.feed_entry_id,
        edits=edits,
        quality_flags=tuple(sorted(flags)),
        document_id=document_id(raw),
    )


def _article_id(raw: RawDocument, metadata: Metadata, text: str) -> str:
    address = metadata.canonical_url or metadata.url
    if address:
        return content_id("url", address)
    if raw.given.feed_url and raw.given.feed_entry_id:
        return content_id("entry", raw.given.feed_url, raw.given.feed_entry_id)
    return content_id("text", slug(publisher(None, raw.given.source)), metadata.title or "", text)
