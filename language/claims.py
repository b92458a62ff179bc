"""Attributed claims: the words that an article puts into somebody's mouth, with who and how.

A claim is found from its cue (`cue_groups`), its words by construction (`reported_clauses`, `postposed_cues`,
`loose_quotations`), its speaker from the cue's subject (`sources`) and resolved in the article (`speakers`).
All word lists are data of the language; a language without them has quotations only.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from spacy.tokens import Doc

from language.according_to import according_to, phrase_starts
from language.claim_analysis import Analysis
from language.claim_candidates import Candidate, Source
from language.clause_ends import ClauseEnds
from language.cue_groups import Cue, find_cues
from language.cues import FINITE, GERUND, INFINITIVE, cue_lexicon
from language.incises import incises
from language.inversion import is_inverted, may_be_inverted
from language.kept_quotations import quotations_of
from language.loose_quotations import loose_quotations
from language.modality import modality_of
from language.noun_cues import NounCues
from language.offsets import Inside
from language.quantities import find_quantities
from language.reading import Reading, Sentence
from language.reported_clauses import complements_of
from language.sources import source_of
from language.speaker_history import Speaker
from language.speakers import SpeakerResolver
from schemas.article import Article
from schemas.claim import Claim
from schemas.entity import EntityMention
from schemas.identity import content_id
from schemas.vocabulary import ClaimKind, CueClass, QuoteStatus, SpeakerMethod

CONTEXT_CHARS = 160
_SUREST = (
    "incise",
    "according_to",
    "unlisted_incise",
    "que",
    "infinitive",
    "noun_selon",
    "colon",
    "as",
    "attribute",
    "quoted",
    "quoted_object",
    "noun",
    "noun_que",
    "subject_before",
    "as_incise",
    "question",
    "predication",
)
"""Constructions by how sure a sign they are: a cue behind a quotation wins over a colon before it."""


def extract_claims(article: Article, doc: Doc, mentions: Sequence[EntityMention]) -> list[Claim]:
    """All claims of `article` in text order.

    Args:
        doc: the annotation of `article.text`, as `language.pipelines.annotate` makes it.
        mentions: the entities of the article.
    """
    text = article.text
    reading = Reading(text, doc, quotations_of(text, doc))
    candidates = find_candidates(reading)
    if not candidates:  # two texts in five
        return []
    resolver = SpeakerResolver(reading, mentions, [(c.start, c.end) for c in candidates if _is_reported(reading, c)])
    quantities = Inside(find_quantities(text, doc))
    named = Inside(mentions)
    sentence_starts = reading.parsed_sentence_starts()
    claims: list[Claim] = []
    for candidate in candidates:
        start, end, cue = candidate.start, candidate.end, candidate.cue
        speaker = resolver.resolve(candidate)
        source = candidate.source
        span = _mention(reading, source) if source else None
        claims.append(
            Claim(
                claim_id=content_id(article.version_id, str(start), str(end), str(cue.start if cue else None)),
                article_id=article.article_id,
                version_id=article.version_id,
                source=article.source,
                date=article.date,
                kind=_kind(reading, candidate),
                text=text[start:end],
                start=start,
                end=end,
                sentence_index=max(0, bisect_right(sentence_starts, start) - 1),
                quote_status=_quote_status(reading, candidate),
                modality=modality_of(reading, start, end, cue),
                before=text[max(0, start - CONTEXT_CHARS) : start],
                after=text[end : end + CONTEXT_CHARS],
                rule=candidate.rule,
                cue=text[cue.start : cue.end] if cue else None,
                cue_start=cue.start if cue else None,
                cue_end=cue.end if cue else None,
                cue_lemma=cue.lemma if cue else None,
                cue_class=cue.cue_class if cue else None,
                speaker=text[span[0] : span[1]] if span else None,
                speaker_start=span[0] if span else None,
                speaker_end=span[1] if span else None,
                speaker_name=speaker.name if speaker else None,
                speaker_entity_id=speaker.entity_id if speaker else None,
                speaker_method=_method(candidate, speaker),
                entities=tuple(dict.fromkeys(m.entity_id for m in named.of(start, end))),
                quantities=tuple(q.quantity for q in quantities.of(start, end)),
            )
        )
    return claims


def _mention(reading: Reading, source: Source) -> tuple[int, int]:
    """The offsets of the words that name the speaker: "il" of "a-t-il dit", without its hyphen and the euphonic "t"."""
    start, end = reading.starts[source.start], reading.ends[source.end - 1]
    word = reading.lower[source.start]
    if word in reading.words["inverted_subjects"] and word.startswith("-"):
        start += word.rindex("-") + 1
    return start, end


def _is_reported(reading: Reading, candidate: Candidate) -> bool:
    """Its words are somebody's; in "le maire ferme le pont, selon lui dangereux" they name who that is."""
    cue, source = candidate.cue, candidate.source
    pronoun = source is not None and reading.lower[source.head] in reading.words["clitic_like_source"]
    return cue is not None and not (pronoun and candidate.rule == "according_to" and candidate.start < cue.start)


def find_candidates(reading: Reading) -> list[Candidate]:
    """The claims of a text before their speakers are resolved, in text order, none twice."""
    lexicon = cue_lexicon(reading.language)
    listed = reading.positions(lexicon.words)
    cues = find_cues(reading, lexicon, listed)
    ends = ClauseEnds(reading, {cue.first: cue for cue in cues} | {cue.start: cue for cue in cues}, lexicon)
    by_head = {cue.head: cue for cue in cues}
    analysis = Analysis(reading, ends, by_head, lexicon.nouns)
    nouns = NounCues(analysis, lexicon)
    heads = reading.by_sentence([cue.head for cue in cues if may_be_inverted(cue)])
    lower = reading.lower
    phrases = reading.by_sentence(phrase_starts(reading, lexicon, listed))
    noun_cues = reading.by_sentence([i for i in listed if lower[i] in lexicon.nouns and reading.pos[i] == "NOUN"])
    found: list[Candidate] = []
    for number in sorted({*heads, *phrases, *noun_cues}):
        sentence = reading.sentences[number]
        found.extend(incises(analysis, sentence, heads.get(number, ())))
        found.extend(according_to(analysis, lexicon, sentence, phrases.get(number, ())))
        found.extend(nouns.of(sentence, noun_cues.get(number, ())))
    for cue in cues:
        found.extend(_governed(analysis, cue))
    found = list(_distinct(_shorten_as_incises(found)))
    found.extend(loose_quotations(reading, found))
    return sorted(found, key=lambda c: (c.start, -c.end, c.cue.start if c.cue else -1))


def _governed(analysis: Analysis, cue: Cue) -> Iterator[Candidate]:
    """The claims that a cue governs from the left."""
    reading = analysis.reading
    sentence = reading.sentences[reading.sentence_of[cue.head]]
    if is_inverted(reading, cue, sentence.end) or _addresses_reader(reading, cue, sentence):
        return

    known: list[Source | None] = []

    def subject() -> Source | None:
        if not known:
            known.append(source_of(reading, analysis.cues, cue, False, sentence.end))
        return known[0]

    claims = list(complements_of(analysis, cue, subject, sentence.end))
    if claims and cue.entry.lemma in reading.words["author_notes"] and _is_readers(reading, subject()):
        return
    means = cue.first > 0 and reading.lower[cue.first - 1] in reading.words["before_meaning"]
    if not claims or ((cue.entry.cue_class is CueClass.REPORT or means) and _infers(reading, subject())):
        return
    if cue.form in (INFINITIVE, GERUND) and subject() is None:
        claims = [replace(claim, goes_on=True) for claim in claims]
    yield from claims


def _is_readers(reading: Reading, source: Source | None) -> bool:
    """ "On note que": the author and the reader."""
    return source is not None and reading.lower[source.head] in reading.words["readers"]


def _infers(reading: Reading, source: Source | None) -> bool:
    """ "cela montre que", "ce qui indique que": the author's own conclusion."""
    return source is not None and reading.lower[source.head] in reading.words["inference_subjects"]


def _addresses_reader(reading: Reading, cue: Cue, sentence: Sentence) -> bool:
    """ "Notez que P", "Rappelons que P": a finite verb at the head of a sentence has no subject but the author; nor has
    an infinitive in "Il faut dire que P"."""
    if cue.form is INFINITIVE:
        return cue.first > 0 and reading.lower[cue.first - 1] in reading.words["author_must"]
    return cue.form is FINITE and reading.next_word(sentence.start, sentence.end) == cue.first


def _distinct(found: Iterable[Candidate]) -> Iterator[Candidate]:
    """Each run of words once: of several cues over it the one that is the surest sign (`_SUREST`)."""
    best: dict[tuple[int, int], Candidate] = {}
    for candidate in found:
        if candidate.rule == "as_incise":
            yield candidate  # a second source of the same words
        elif candidate.end > candidate.start:
            known = best.setdefault((candidate.start, candidate.end), candidate)
            if candidate is not known and _SUREST.index(candidate.rule) < _SUREST.index(known.rule):
                best[candidate.start, candidate.end] = candidate
    yield from best.values()


def _shorten_as_incises(found: Sequence[Candidate]) -> Iterator[Candidate]:
    """ "X a dit que P, comme l'a confirmé Y": Y confirms P, not that X said it."""
    last_start: dict[int, int] = {}
    for candidate in found:
        last_start[candidate.end] = max(candidate.start, last_start.get(candidate.end, 0))
    for candidate in found:
        start = last_start[candidate.end]
        if candidate.rule == "as_incise" and start > candidate.start:
            yield replace(candidate, start=start)
        else:
            yield candidate


def _kind(reading: Reading, candidate: Candidate) -> ClaimKind:
    if candidate.quotation is not None:
        return ClaimKind.DIRECT
    return ClaimKind.MIXED if reading.holds_mark(candidate.start, candidate.end) else ClaimKind.INDIRECT


def _quote_status(reading: Reading, candidate: Candidate) -> QuoteStatus:
    """That of the quotation; of several in a mixed claim the worst."""
    if candidate.quotation is not None:
        return candidate.quotation.status
    inside = {q.status for q in reading.quotations_in(candidate.start, candidate.end)}
    if not inside:
        return QuoteStatus.NONE
    for status in (QuoteStatus.UNCLOSED, QuoteStatus.REPAIRED, QuoteStatus.CLOSED):
        if status in inside:
            return status
    return QuoteStatus.NONE


def _method(candidate: Candidate, speaker: Speaker | None) -> SpeakerMethod | None:
    if speaker is None or speaker.name is None:
        return None
    return SpeakerMethod.CONTINUED if candidate.rule == "continued" or candidate.goes_on else speaker.method
