"""Source phrases: "Selon X, P", "P, d'après X", "S, selon X, V", "pour X, P"."""

from collections.abc import Iterator, Sequence

from language.claim_analysis import Analysis, claim_of_tokens
from language.claim_candidates import Candidate, CueWords, Source
from language.cues import CueLexicon
from language.reading import Reading, Sentence
from language.runs import MIN_CLAUSE_TOKENS, has_clause, has_words, is_foreign, quotation_begins, run_claims
from language.source_phrases import noun_phrase_after
from language.speaker_roles import speaker_words
from schemas.vocabulary import CueClass, SpeakerMethod

_MAX_SOURCE = 30
_OPENING_CLAUSE = frozenset({"DET", "PRON", "ADP", "NOUN", "PROPN", "NUM", "ADV"})


def according_to(
    analysis: Analysis, lexicon: CueLexicon, sentence: Sentence, positions: Sequence[int]
) -> Iterator[Candidate]:
    """Claims of "selon X, P", "P, selon X" and "S, selon X, V".

    Args:
        positions: the sentence's tokens that begin such a phrase, in order.
    """
    reading = analysis.reading
    for index in positions:
        length = _phrase_length(reading, lexicon, index, sentence.end)
        if not length or is_foreign(analysis.reading, sentence, index):
            continue
        lower = reading.lower[index + length] if index + length < sentence.end else ""
        if lower in reading.words["selon_relatives"]:
            continue
        source = noun_phrase_after(
            reading,
            _behind_free_relative(analysis.reading, index + length, sentence.end),
            sentence.end,
            SpeakerMethod.ACCORDING_TO,
        )
        if source is None or reading.lower[source.head] in lexicon.not_sources:
            continue
        words = CueWords(
            reading.starts[index],
            reading.ends[index + length - 1],
            " ".join(reading.lower[index : index + length]).replace("' ", "'"),
            CueClass.ACCORDING_TO,
        )
        if not has_words(analysis.reading, sentence.start, index):
            yield from _fronted(analysis, lexicon, index, length, sentence, words, source)
        elif (
            _may_be_medial(analysis, lexicon, index)
            or _names_quoted_person(analysis, lexicon, index, sentence, source)
            or _opens_clause_of_person(analysis, lexicon, index, source)
        ):
            yield from _medial(analysis, index, sentence, words, source)


def _fronted(
    analysis: Analysis,
    lexicon: CueLexicon,
    index: int,
    length: int,
    sentence: Sentence,
    words: CueWords,
    source: Source,
) -> Iterator[Candidate]:
    reading = analysis.reading
    person_only = reading.lower[index] in lexicon.fronted_person_only
    comma = _comma_after(analysis.reading, source, sentence.end)
    if person_only and reading.is_infinitive(source.start):
        return  # "Pour inciter X à partir, …"
    if person_only and not (
        _is_person(analysis.reading, source)
        or _names_quoted_person(analysis, lexicon, index, sentence, source)
        or _describes_person(reading, source)
    ):
        return
    if quotation_begins(reading, source.end, sentence):
        comma = source.end - 1  # "Selon la police « P »"
    if comma is None:
        return
    start = comma + 1
    while start < sentence.end and reading.is_space(start):
        start += 1
    if start < sentence.end:
        end = analysis.ends.end_of(start, sentence.end, None)
        quotation = reading.quotation_at(start) if is_foreign(reading, sentence, start) else None
        if quotation is not None:
            end = max(end, reading.token_before(quotation.end))
        if end - start >= 2:
            yield claim_of_tokens(analysis, start, end, "according_to", words, source)


def _medial(analysis: Analysis, index: int, sentence: Sentence, words: CueWords, source: Source) -> Iterator[Candidate]:
    """ "P, selon X", "S, selon X, V" and "… et, selon X, P"."""
    reading = analysis.reading
    start = _inside_brackets(analysis.reading, sentence.start, index)
    complete = has_clause(analysis.reading, start, index)
    before = index - 1
    while before > start and not reading.is_word(before):
        before -= 1
    opens_clause = reading.lower[before] in reading.words["and_words"] or reading.lower[before] in reading.words["that"]
    comma = source.end if source.end < sentence.end and reading.lower[source.end] == "," else None
    # "La mesure permettrait, selon la mairie, d'économiser l'eau": the verb waits for its complement.
    interrupted = reading.is_finite(before)
    if comma is not None and not interrupted:
        comma = _behind_participle(reading, comma, sentence.end)
    if comma is None and opens_clause:
        comma = _comma_after(analysis.reading, source, sentence.end)
    rest = None if comma is None else comma + 1
    splits_clause = rest is not None and rest < sentence.end and _is_verb(analysis.reading, rest)
    quoted_next = rest is not None and quotation_begins(analysis.reading, rest, sentence)
    adverbial = not complete and rest is not None and not analysis.reading.has_quotation(start, index)
    if not opens_clause and not (adverbial and (quoted_next or _is_adverbial(analysis.reading, start))):
        yield from run_claims(analysis, start, index, "according_to", words, source)
    if rest is not None and (opens_clause or not complete or splits_clause or interrupted):
        end = analysis.ends.end_of(rest, sentence.end, None, clause=not (splits_clause or interrupted))
        if end - rest >= MIN_CLAUSE_TOKENS:
            yield claim_of_tokens(analysis, rest, end, "according_to", words, source)


def phrase_starts(reading: Reading, lexicon: CueLexicon, listed: Sequence[int]) -> list[int]:
    """The tokens that begin such a phrase, wherever it ends.

    Args:
        listed: the tokens that are one of the lexicon's words.
    """
    lower, behind, second = reading.lower, len(reading.lower), lexicon.according_to_second
    return [
        index
        for index in listed
        if (word := lower[index]) in lexicon.according_to
        and (word not in second or (index + 1 < behind and lower[index + 1] in second[word]))  # not most "de" and "à"
        and _phrase_length(reading, lexicon, index, behind)
    ]


def _phrase_length(reading: Reading, lexicon: CueLexicon, index: int, limit: int) -> int:
    """Tokens of the phrase that begins here, where the first word of one stands; 0 where it does not go on."""
    lower = reading.lower
    for phrase in lexicon.according_to[lower[index]]:
        behind = index + len(phrase)
        if behind < limit and lower[index:behind] == phrase:
            return len(phrase)
    return 0


def _may_be_medial(analysis: Analysis, lexicon: CueLexicon, index: int) -> bool:
    reading, word = analysis.reading, analysis.reading.lower[index]
    if word in lexicon.fronted_person_only:
        return False
    separated = not reading.is_word(index - 1)
    return separated or word not in lexicon.after_comma_only or _follows_clause(analysis, lexicon, index)


def _follows_clause(analysis: Analysis, lexicon: CueLexicon, index: int) -> bool:
    """ "3 000 personnes ont défilé d'après la police", not "un film d'après X", "nommé d'après X"."""
    reading = analysis.reading
    if reading.in_quotation[index] >= 0:
        return False
    phrase = reading.lower[index : index + 2]
    before = reading.lower[index - 1]
    start = reading.sentences[reading.sentence_of[index]].start
    return (
        tuple(phrase) in lexicon.after_clause and before not in lexicon.made_after and has_clause(reading, start, index)
    )


def _names_quoted_person(
    analysis: Analysis, lexicon: CueLexicon, index: int, sentence: Sentence, source: Source
) -> bool:
    """ "… et pour Marie Durand, « P »": inside a sentence "pour" counts before a quotation only."""
    reading = analysis.reading
    named = _is_person(analysis.reading, source) or reading.pos[source.head] == "PROPN"
    if reading.lower[index] not in lexicon.fronted_person_only or not named:
        return False
    comma = _quoted_comma(analysis.reading, source, sentence.end)
    return comma is not None and source.end == comma


def _opens_clause_of_person(analysis: Analysis, lexicon: CueLexicon, index: int, source: Source) -> bool:
    """ "Le pont tient, mais pour le maire, il est vieux": behind "et" or "mais"."""
    reading = analysis.reading
    person_only = reading.lower[index] in lexicon.fronted_person_only
    joined = reading.lower[index - 1] in reading.words["and_words"] and reading.in_quotation[index - 1] < 0
    return person_only and joined and _describes_person(reading, source)


def _describes_person(reading: Reading, source: Source) -> bool:
    """ "Pour le plaignant, P", "Pour ses avocats, P": a definite noun of persons right before the comma; "Pour les
    clients des deux banques, rien ne change" tells whom it concerns."""
    words = speaker_words(reading.language)
    noun = reading.lower[source.head]
    person = noun in words["person_nouns"] or noun.removesuffix("s") in words["person_nouns"]
    known = words["article_definite"] | words["possessive"] | reading.words["definite_articles"]
    definite = reading.lower[source.start] in known
    return person and definite and source.end < len(reading.lower) and reading.lower[source.end] == ","


def _is_person(reading: Reading, source: Source) -> bool:
    if reading.lower[source.head] in reading.words["clitic_like_source"] | reading.words["some"]:
        return source.end - source.start == 1
    return any(reading.ent_type[i] in ("PER", "ORG") for i in range(source.start, source.end))


def _quoted_comma(reading: Reading, source: Source, limit: int) -> int | None:
    """The comma right before a quotation, if no verb stands between it and the source."""
    for index in range(source.end, min(limit, source.end + _MAX_SOURCE)):
        if reading.in_quotation[index] != reading.in_quotation[source.head]:
            before = index - 1
            while before > source.end and reading.is_space(before):
                before -= 1
            return before if reading.lower[before] == "," else None
        if reading.is_finite(index):
            return None
    return None


def _comma_after(reading: Reading, source: Source, limit: int) -> int | None:
    """The comma behind the source and its appositions: what follows has a subject of its own or is quoted."""
    quoted = _quoted_comma(reading, source, limit)
    if quoted is not None:
        return quoted
    commas = [i for i in range(source.end, min(limit, source.end + _MAX_SOURCE)) if reading.lower[i] == ","]
    for position, comma in enumerate(commas):
        if reading.in_quotation[comma] != reading.in_quotation[source.head]:
            return commas[0]
        following = comma + 1
        while following < limit and reading.is_space(following):
            following += 1
        if following >= limit:
            return None
        if reading.in_quotation[following] != reading.in_quotation[comma]:
            return comma
        upto = commas[position + 1] if position + 1 < len(commas) else limit
        if reading.lower[following] in reading.words["relatives"] and position + 1 < len(commas):
            continue  # "Selon Le Monde, qui cite deux témoins, P"
        if position + 1 < len(commas) and _is_apposed_name(reading, source, following, commas[position + 1], limit):
            continue
        aside = position + 1 < len(commas) and not reading.has_finite(following, upto)
        named = reading.ent_type[source.head] == "PER" or reading.ent_type[source.end - 1] == "PER"
        if not aside or reading.pos[following] in ("PRON", "ADP", "ADV", "PROPN", "NUM"):
            return comma
        if reading.pos[following] == "DET" and not named:
            return comma
    return commas[0] if commas else None


def _is_apposed_name(reading: Reading, source: Source, start: int, end: int, limit: int) -> bool:
    """ "Selon le maire, Anne Morel, le pont ferme": the name is who says so; in "Selon le maire, Anne Morel, élue
    hier, démissionne" and "…, Anne Morel, a démissionné" it is who is spoken of."""
    name = range(start, end)
    if reading.pos[source.head] != "NOUN" or any(reading.ent_type[i] != "PER" for i in name):
        return False
    behind = reading.next_word(end + 1, limit)
    if behind >= limit or reading.lower[behind] in reading.words["relatives"]:
        return False
    following = next((i for i in range(behind, limit) if reading.lower[i] == ","), limit)
    described = following + 1 < limit and _is_verb(reading, following + 1)
    describes = described and not reading.has_finite(behind, following)
    return not describes and reading.pos[behind] in _OPENING_CLAUSE


def _behind_free_relative(reading: Reading, index: int, limit: int) -> int:
    """ "Selon ce que rapporte X": where X begins; `index` where there is no such clause."""
    if (
        index + 2 < limit
        and reading.lower[index] in reading.words["free_relatives"]
        and reading.lower[index + 1] in reading.words["that"]
    ):
        verb = index + 2
        while verb < limit and reading.pos[verb] in ("VERB", "AUX", "ADV"):
            verb += 1
        return verb if verb > index + 2 else index
    return index


def _behind_participle(reading: Reading, comma: int, limit: int) -> int:
    """ "selon un sondage, publié mardi, P": the comma behind the participle."""
    following = comma + 1
    if following >= limit or reading.pos[following] != "VERB" or "VerbForm=Part" not in reading.features(following):
        return comma
    for index in range(comma + 2, min(limit, comma + _MAX_SOURCE)):
        if reading.is_finite(index):
            return comma
        if reading.lower[index] == ",":
            return index
    return comma


def _inside_brackets(reading: Reading, start: int, index: int) -> int:
    """Start of the words between brackets that hold `index`, or `start`."""
    for i in range(index - 1, start - 1, -1):
        if reading.lower[i] == ")":
            return start
        if reading.lower[i] == "(":
            return i + 1
    return start


def _is_verb(reading: Reading, index: int) -> bool:
    first = index + 1 if reading.lower[index] in reading.words["clitics"] else index
    return reading.is_finite(first)


def _is_adverbial(reading: Reading, start: int) -> bool:
    """A time or place at the head of the sentence: "Vers 8 h", "À Lyon", "Ce matin"."""
    timed = any(reading.lower[i] in reading.words["time_nouns"] for i in (start, start + 1))
    return reading.pos[start] in ("ADP", "ADV", "CCONJ") or timed or reading.lower[start] in reading.words["genitive"]
