"""The closed vocabularies of the tables: every code that a column may hold, with what it means."""

from enum import StrEnum


class MediaType(StrEnum):
    """What the payload of a document is."""

    PLAIN_TEXT = "text/plain"
    HTML = "text/html"


class Stage(StrEnum):
    """The step of the pipeline that rejected something."""

    READ = "read"
    FETCH = "fetch"
    CLEAN = "clean"
    ANNOTATE = "annotate"


class Reason(StrEnum):
    """Why a document was rejected. Each is an expected failure; anything else fails its bundle."""

    UNREADABLE_FILE = "unreadable_file"
    """The file could not be opened or its compression is damaged."""
    TRUNCATED_FILE = "truncated_file"
    """The compressed file or archive ends too early; the documents before the break were read."""
    UNKNOWN_FILE_TYPE = "unknown_file_type"
    """The file's extension is none that the pipeline reads."""
    INVALID_JSON = "invalid_json"
    """A line or a sidecar is not a JSON object."""
    MISSING_CONTENT = "missing_content"
    """A JSON line has neither `html` nor `text`."""
    INVALID_WARC = "invalid_warc"
    """A record of a WARC file cannot be parsed."""
    EMPTY = "empty"
    """The document holds no character besides white space."""
    BINARY = "binary"
    """The document is not text: an image, an archive, control characters."""
    TOO_LARGE = "too_large"
    """The document is above the size cap."""
    NO_ARTICLE = "no_article"
    """The page was read, but no article text was found in it."""
    TIMEOUT = "timeout"
    """Extraction did not end within its deadline and was stopped."""
    CRASHED = "crashed"
    """Extraction ended its process (out of memory, segmentation fault)."""
    UNDECODABLE = "undecodable"
    """No character encoding fits the bytes."""
    INVALID_FEED = "invalid_feed"
    """What came as a feed is none of the formats that the pipeline reads, or holds nothing that can be read."""
    FETCH_FAILED = "fetch_failed"
    """The page of a feed entry could not be fetched after all retries."""
    FETCH_REFUSED = "fetch_refused"
    """The address is one that must not be fetched (private network, robots.txt, scheme)."""
    NO_FULL_CONTENT = "no_full_content"
    """The feed entry carries no full content, and there is no page to fetch or fetching was switched off."""


class DateSource(StrEnum):
    """Where `published_at` came from, best first."""

    FEED = "feed"
    JSON_LD = "json-ld"
    META = "meta"
    HTML = "html"
    SIDECAR = "sidecar"
    WARC = "warc"
    FETCH = "fetch"
    """Nothing dates the article but the time its page was fetched."""
    FILE_MTIME = "file_mtime"


class TitleSource(StrEnum):
    """Where `title` came from."""

    FEED = "feed"
    JSON_LD = "json-ld"
    META = "meta"
    HTML = "html"
    SIDECAR = "sidecar"
    TEXT = "text"


class QualityFlag(StrEnum):
    """What a careful reader should know about an article before using it."""

    NUMBER_ARTIFACT = "number_artifact"
    """Digits were destroyed before the text reached us ("100 XNUMX", "40.000 15.000")."""
    UNCLOSED_QUOTE = "unclosed_quote"
    """A quotation mark is opened and never closed, or closed and never opened."""
    CAPTIONS_REMOVED = "captions_removed"
    """Picture captions or credits were taken out; see `edits`."""
    MACHINE_TRANSLATED = "machine_translated"
    """The text shows traces of machine translation."""
    TRUNCATED = "truncated"
    """The text breaks off."""
    PAYWALLED = "paywalled"
    """Only the free part of a paid article was there."""
    ENCODING_REPAIRED = "encoding_repaired"
    """Wrongly decoded characters were repaired or replaced."""
    DATE_REFUSED = "date_refused"
    """A publication date was before 1990 or over 48 hours ahead; the next source was used."""
    DATE_MISSING = "date_missing"
    """No publication date was found; the day of the partition is that of the file or the capture."""
    LANGUAGE_UNSUPPORTED = "language_unsupported"
    """No language pipeline is installed for the article's language: it has no entities and no claims."""
    UNKNOWN_KEYS = "unknown_keys"
    """The sidecar or JSON line had keys that the pipeline does not know; they were left out."""


class EntityLabel(StrEnum):
    """What a mention names."""

    PER = "PER"
    LOC = "LOC"
    ORG = "ORG"
    EVENT = "EVENT"
    PRODUCT = "PRODUCT"
    DATE = "DATE"
    TIME = "TIME"
    QUANTITY = "QUANTITY"
    MONEY = "MONEY"
    PERCENT = "PERCENT"


class EntityMethod(StrEnum):
    """How a mention was recognised."""

    MODEL = "model"
    RULE = "rule"


class ClaimKind(StrEnum):
    """How a claim stands to quotation marks: wholly inside, without any, or partly."""

    DIRECT = "direct"
    INDIRECT = "indirect"
    MIXED = "mixed"


class CueClass(StrEnum):
    """What kind of act the cue reports."""

    SAY = "say"
    DENY = "deny"
    ACCUSE = "accuse"
    WARN = "warn"
    PROMISE = "promise"
    ASK = "ask"
    THINK = "think"
    FEAR = "fear"
    REPORT = "report"
    ACCORDING_TO = "according_to"


class SpeakerMethod(StrEnum):
    """How the speaker of a claim was found."""

    SUBJECT = "subject"
    """Grammatical subject of the cue."""
    AGENT = "agent"
    """Agent of a passive cue ("par X")."""
    ACCORDING_TO = "according_to"
    """Complement of "selon", "d'après" and the like."""
    COLON = "colon"
    """The name before a colon or directly before the quotation mark."""
    CONTINUED = "continued"
    """The quotation goes on from an attributed one."""
    PRONOUN = "pronoun"
    """A pronoun, resolved to an earlier mention."""
    DESCRIPTION = "description"
    """A role or description, resolved to a named mention."""
    CONTEXT = "context"
    """Nobody is said to have said a quotation: the subject of the sentence around or before it."""


class QuoteStatus(StrEnum):
    """The state of the quotation marks around a claim."""

    CLOSED = "closed"
    REPAIRED = "repaired"
    """A mark was missing or of the wrong kind, and its place is beyond doubt."""
    UNCLOSED = "unclosed"
    """No closing mark; the claim ends at the end of the paragraph or sentence."""
    NONE = "none"
    """The claim has no quotation marks."""


class Modality(StrEnum):
    """How far the text stands behind the words of a claim."""

    ASSERTED = "asserted"
    CONDITIONAL = "conditional"
    NEGATED = "negated"
    QUESTION = "question"
    FUTURE = "future"


class EditRule(StrEnum):
    """Which cleaning rule took a piece out of the text."""

    CAPTION = "caption"
    CREDIT = "credit"
    READ_MORE = "read_more"
    CRUMB = "crumb"
    REPEATED_TITLE = "repeated_title"
    NEWSLETTER = "newsletter"
    BYLINE = "byline"
    """A line with the author's name, the date or the reading time, on a page that states them elsewhere."""
    REPEATED_LINE = "repeated_line"
    """The same line again and again: a place-holder of the page."""
    CONTROL_CHARACTERS = "control_characters"
    WHITE_SPACE = "white_space"
    ENCODING = "encoding"
