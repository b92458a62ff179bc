"""Arrow schemas of the tables, column by column, with what each means.

Types are those that BigQuery, Spark, Trino and DuckDB all read from Parquet: no unsigned integers, no
dictionaries, no nanoseconds, no maps. `date` and `source` are columns by the folder they are in (Hive
partitioning) and are not stored in the files: BigQuery refuses a file that repeats its partition columns.
"""

from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

from schemas import vocabulary
from schemas.version import METADATA_KEY, SCHEMA_VERSION

TIMESTAMP = pa.timestamp("us", tz="UTC")
STRINGS = pa.list_(pa.field("element", pa.string(), nullable=False))
INTEGERS = pa.list_(pa.field("element", pa.int64(), nullable=False))


def _column(name: str, kind: pa.DataType, description: str, *, unit: str = "", required: bool = False) -> pa.Field:
    metadata = {"description": description} | ({"unit": unit} if unit else {})
    return pa.field(name, kind, nullable=not required, metadata=metadata)


def _codes(values: type[StrEnum]) -> str:
    return ", ".join(values)


def _is_short(kind: pa.DataType) -> bool:
    return not (pa.types.is_string(kind) or pa.types.is_binary(kind) or pa.types.is_nested(kind))


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the lake.

    Args:
        name: folder under the lake's root.
        purpose: one sentence for the table dictionary.
        key: columns that identify a row.
        sort_by: order of rows within a file, so that row-group statistics prune.
        columns: the stored columns; `date` and `source` are added by the folder.
    """

    name: str
    purpose: str
    key: tuple[str, ...]
    sort_by: tuple[str, ...]
    columns: tuple[pa.Field, ...]

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema, with the table's name and `SCHEMA_VERSION` in its metadata."""
        return pa.schema(list(self.columns), metadata={"depeche.table": self.name, METADATA_KEY: SCHEMA_VERSION})

    @property
    def pruning(self) -> list[str]:
        """Columns whose least and greatest value a file states, so that readers may pass it over.

        Not those of text, but for ids and what rows are sorted by: nobody asks for texts from "aa" to "bb", and whole
        texts, stated twice for each file and again in its index, are up to 40 % of a small file.
        """
        return [
            column.name
            for column in self.columns
            if column.name in (*self.key, *self.sort_by) or column.name.endswith("_id") or _is_short(column.type)
        ]


_EDIT = pa.struct(
    [
        _column("rule", pa.string(), f"Why it was taken out: {_codes(vocabulary.EditRule)}.", required=True),
        _column("at", pa.int64(), "Where in `text` it stood.", unit="code points", required=True),
        _column("removed", pa.string(), "What was taken out.", required=True),
    ]
)

_QUANTITY = pa.struct(
    [
        _column("surface", pa.string(), "The number and its unit as written.", required=True),
        _column("value", pa.float64(), "The number; null where it cannot be known."),
        _column("unit", pa.string(), "What is counted or measured, as a lemma or an ISO 4217 code."),
        _column("approximate", pa.bool_(), 'Written as a rough figure ("environ", "plus de").', required=True),
        _column("reliable", pa.bool_(), "False where the source destroyed the digits.", required=True),
    ]
)

ARTICLES = Table(
    name="articles",
    purpose="One row a version of an article: text, metadata, and where each value came from.",
    key=("version_id",),
    sort_by=("published_at", "article_id", "version_id"),
    columns=(
        _column(
            "article_id",
            pa.string(),
            "Stable id of the article: hash of its canonical URL, else of the feed entry, else of its text.",
            required=True,
        ),
        _column(
            "version_id",
            pa.string(),
            "Id of this version: hash of article_id, title, text, authors and publication date.",
            required=True,
        ),
        _column("url", pa.string(), "Address it was read from."),
        _column("canonical_url", pa.string(), "Address the publisher calls canonical, without tracking parameters."),
        _column("input_uri", pa.string(), "File it was read from, with the place in it after #.", required=True),
        _column("media_type", pa.string(), f"What was read: {_codes(vocabulary.MediaType)}.", required=True),
        _column("source_name", pa.string(), "Publisher's name as given or as the page states it."),
        _column("title", pa.string(), "Headline, without the publisher's suffix."),
        _column("title_source", pa.string(), f"Where the title came from: {_codes(vocabulary.TitleSource)}."),
        _column("description", pa.string(), "Summary by the publisher."),
        _column("authors", STRINGS, "Names of the authors, in order.", required=True),
        _column("language", pa.string(), "ISO 639-1 code of the text's language."),
        _column("language_score", pa.float64(), "Confidence of the language identification.", unit="0 to 1"),
        _column("published_at", TIMESTAMP, "Publication time; null if unknown.", unit="UTC"),
        _column("modified_at", TIMESTAMP, "Time of the last change that the publisher states.", unit="UTC"),
        _column(
            "date_source",
            pa.string(),
            f"Where the partition's date came from: {_codes(vocabulary.DateSource)}.",
            required=True,
        ),
        _column("fetched_at", TIMESTAMP, "Fetch time, WARC-Date or file time.", unit="UTC", required=True),
        _column("section", pa.string(), "Section of the publication."),
        _column("tags", STRINGS, "Keywords by the publisher.", required=True),
        _column("image_url", pa.string(), "Lead picture."),
        _column("feed_url", pa.string(), "Feed that announced it."),
        _column("feed_entry_id", pa.string(), "Id of the entry in that feed."),
        _column(
            "text", pa.string(), "The cleaned text. Every offset of every table counts its code points.", required=True
        ),
        _column("word_count", pa.int64(), "Runs of letters and digits in `text`.", unit="words", required=True),
        _column(
            "content_hash",
            pa.string(),
            "SHA-256 of the text with case, accents, punctuation and spacing folded.",
            required=True,
        ),
        _column(
            "simhash",
            pa.int64(),
            "64-bit similarity hash of the text: near-duplicates differ in few bits.",
            required=True,
        ),
        _column(
            "minhash",
            pa.string(),
            "MinHash of the text's word pairs: the share of equal bytes is about their Jaccard likeness.",
            unit="128 times two hexadecimal digits",
            required=True,
        ),
        _column(
            "sentence_sketches",
            pa.string(),
            "What each sentence says: 12 digits stand for its numbers and names, 20 for its words.",
            unit="32 hexadecimal digits a sentence",
            required=True,
        ),
        _column(
            "duplicate_of",
            pa.string(),
            "article_id of the earliest article that this one copies; such a copy is not annotated and has no entities "
            "and no claims.",
        ),
        _column(
            "edits",
            pa.list_(pa.field("element", _EDIT, nullable=False)),
            "What cleaning took out of the extracted text.",
            required=True,
        ),
        _column("quality_flags", STRINGS, f"What to know before use: {_codes(vocabulary.QualityFlag)}.", required=True),
        _column("nlp_model", pa.string(), "Name and version of the language pipeline; null where there was none."),
        _column(
            "document_id",
            pa.string(),
            "Id of the document it was read from: hash of its bytes, of what came along with it and of the cleaning's "
            "version. A local run passes over documents that it finds here.",
        ),
    ),
)

ENTITIES = Table(
    name="entities",
    purpose="One row a mention of a person, place, organisation, event, product, date, time or quantity.",
    key=("mention_id",),
    sort_by=("version_id", "start", "end", "label"),
    columns=(
        _column(
            "entity_id",
            pa.string(),
            "Stable key of the canonical name and its label: the same in every article.",
            required=True,
        ),
        _column("article_id", pa.string(), "The article.", required=True),
        _column("version_id", pa.string(), "The version of the article.", required=True),
        _column("mention_id", pa.string(), "Id of this row.", required=True),
        _column("surface", pa.string(), "The words as they stand in the text.", required=True),
        _column("start", pa.int64(), "First code point in `articles.text`.", unit="code points", required=True),
        _column("end", pa.int64(), "One past the last.", unit="code points", required=True),
        _column("label", pa.string(), f"What it names: {_codes(vocabulary.EntityLabel)}.", required=True),
        _column("canonical_name", pa.string(), "Fullest name of the entity.", required=True),
        _column("role", pa.string(), "Title or function beside the name."),
        _column("method", pa.string(), f"How it was recognised: {_codes(vocabulary.EntityMethod)}.", required=True),
        _column("sentence_index", pa.int64(), "Sentence of the text, from 0.", required=True),
        _column("in_quote", pa.bool_(), "Inside quotation marks.", required=True),
        _column("in_title", pa.bool_(), "The same words stand in the title.", required=True),
        _column("country_code", pa.string(), "ISO 3166-1 alpha-2 code of a country or nationality."),
    ),
)

CLAIMS = Table(
    name="claims",
    purpose="One row an attributed claim: who said what, with which words, and how the text stands to it.",
    key=("claim_id",),
    sort_by=("version_id", "start", "end", "cue_start"),
    columns=(
        _column("claim_id", pa.string(), "Id of this row.", required=True),
        _column("article_id", pa.string(), "The article.", required=True),
        _column("version_id", pa.string(), "The version of the article.", required=True),
        _column(
            "kind", pa.string(), f"How it stands to quotation marks: {_codes(vocabulary.ClaimKind)}.", required=True
        ),
        _column("text", pa.string(), "The attributed words, without the marks around them.", required=True),
        _column("start", pa.int64(), "First code point in `articles.text`.", unit="code points", required=True),
        _column("end", pa.int64(), "One past the last.", unit="code points", required=True),
        _column("sentence_index", pa.int64(), "Sentence the claim starts in, from 0.", required=True),
        _column("cue", pa.string(), 'The words that attribute ("a déclaré", "Selon"); null for a bare quotation.'),
        _column("cue_start", pa.int64(), "First code point of the cue.", unit="code points"),
        _column("cue_end", pa.int64(), "One past its last.", unit="code points"),
        _column("cue_lemma", pa.string(), "Dictionary form of the cue."),
        _column("cue_class", pa.string(), f"What kind of act the cue reports: {_codes(vocabulary.CueClass)}."),
        _column("speaker", pa.string(), "The mention of the speaker nearest to the cue; null if none is expressed."),
        _column("speaker_start", pa.int64(), "First code point of that mention.", unit="code points"),
        _column("speaker_end", pa.int64(), "One past its last.", unit="code points"),
        _column("speaker_name", pa.string(), "Who that is, by the fullest name in the article."),
        _column("speaker_entity_id", pa.string(), "The speaker in `entities`."),
        _column("speaker_method", pa.string(), f"How the speaker was found: {_codes(vocabulary.SpeakerMethod)}."),
        _column(
            "quote_status",
            pa.string(),
            f"State of the quotation marks: {_codes(vocabulary.QuoteStatus)}.",
            required=True,
        ),
        _column("modality", pa.string(), f"How the text stands to it: {_codes(vocabulary.Modality)}.", required=True),
        _column("entities", STRINGS, "entity_id of every entity inside the claim, in text order.", required=True),
        _column(
            "quantities",
            pa.list_(pa.field("element", _QUANTITY, nullable=False)),
            "Numbers inside the claim.",
            required=True,
        ),
        _column("before", pa.string(), "Up to 160 code points before it.", required=True),
        _column("after", pa.string(), "Up to 160 code points after it.", required=True),
        _column("rule", pa.string(), "The construction that found it.", required=True),
    ),
)

REJECTS = Table(
    name="rejects",
    purpose="One row a document that did not become an article, with the reason.",
    key=("reject_id",),
    sort_by=("stage", "reason", "input_uri", "reject_id"),
    columns=(
        _column(
            "reject_id", pa.string(), "Id of this row: hash of stage, reason, input_uri and payload.", required=True
        ),
        _column("stage", pa.string(), f"Step that rejected it: {_codes(vocabulary.Stage)}.", required=True),
        _column("reason", pa.string(), f"Why: {_codes(vocabulary.Reason)}.", required=True),
        _column("detail", pa.string(), "The reason in words, with the value that caused it.", required=True),
        _column("error_class", pa.string(), "Class of the exception, if there was one."),
        _column("traceback", pa.string(), "Its traceback, if the failure was unexpected."),
        _column("input_uri", pa.string(), "File it was read from, with the place in it after #.", required=True),
        _column("url", pa.string(), "Address of the document, if known."),
        _column("fetched_at", TIMESTAMP, "Fetch time, WARC-Date or file time.", unit="UTC", required=True),
        _column("payload_sha256", pa.string(), "SHA-256 of the bytes as read."),
        _column("payload", pa.binary(), "The first 256 KiB of the bytes."),
        _column("payload_truncated", pa.bool_(), "There were more bytes than `payload` holds.", required=True),
        _column("media_type", pa.string(), "What the payload is, if known."),
        _column("retryable", pa.bool_(), "Another attempt may succeed.", required=True),
        _column("attempt", pa.int64(), "Which attempt this was, from 1.", required=True),
    ),
)

FEED_POLLS = Table(
    name="feed_polls",
    purpose="One row a request for a feed: the memory between polls.",
    key=("feed_url", "polled_at"),
    sort_by=("feed_url", "polled_at"),
    columns=(
        _column("feed_url", pa.string(), "The feed.", required=True),
        _column("polled_at", TIMESTAMP, "When it was asked.", unit="UTC", required=True),
        _column("status", pa.int64(), "HTTP status; 0 where no answer came.", required=True),
        _column("etag", pa.string(), "ETag of the answer, verbatim."),
        _column("last_modified", pa.string(), "Last-Modified of the answer, verbatim."),
        _column("body_sha256", pa.string(), "SHA-256 of the answer's body."),
        _column("entries", pa.int64(), "Entries in the answer.", required=True),
        _column("new_entries", pa.int64(), "Entries not seen before.", required=True),
        _column("next_due_at", TIMESTAMP, "When to ask again; null for never (the feed is gone).", unit="UTC"),
        _column("failures", pa.int64(), "Failures in a row.", required=True),
        _column("error", pa.string(), "What went wrong."),
        _column("moved_to", pa.string(), "Address that the feed has moved to for good; asked instead of `feed_url`."),
        _column(
            "conditional_polls", pa.int64(), "Conditional requests since the whole feed was asked for.", required=True
        ),
        _column("interval_secs", pa.int64(), "Time between polls that the feed asks for.", unit="seconds"),
        _column("skip_hours", INTEGERS, "Hours (GMT) at which the feed asks not to be polled.", required=True),
        _column("skip_days", INTEGERS, "Days likewise, 0 for Monday.", required=True),
        _column("seen", STRINGS, "Keys of the entries that have been dealt with, the newest first.", required=True),
        _column("pending", STRINGS, "Entries whose page failed and is to be tried again, as JSON.", required=True),
    ),
)

TABLES = (ARTICLES, ENTITIES, CLAIMS, REJECTS, FEED_POLLS)
