"""The attributed claim: words that an article puts into somebody's mouth, with who and how."""

from dataclasses import dataclass
from datetime import date

from schemas.vocabulary import ClaimKind, CueClass, Modality, QuoteStatus, SpeakerMethod


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a claim. `value` is None and `reliable` False where the source destroyed the digits."""

    surface: str
    value: float | None
    unit: str | None
    approximate: bool
    reliable: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """A row of `claims`.

    ``Article.text[start:end] == text``, and likewise for the cue and the speaker where they are not None.
    """

    claim_id: str
    article_id: str
    version_id: str
    source: str
    date: date
    kind: ClaimKind
    text: str
    start: int
    end: int
    sentence_index: int
    quote_status: QuoteStatus
    modality: Modality
    before: str
    after: str
    rule: str
    cue: str | None = None
    cue_start: int | None = None
    cue_end: int | None = None
    cue_lemma: str | None = None
    cue_class: CueClass | None = None
    speaker: str | None = None
    speaker_start: int | None = None
    speaker_end: int | None = None
    speaker_name: str | None = None
    speaker_entity_id: str | None = None
    speaker_method: SpeakerMethod | None = None
    entities: tuple[str, ...] = ()
    quantities: tuple[Quantity, ...] = ()
