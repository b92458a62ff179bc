"""The cue words of a language: its verbs, phrases and nouns that attribute words to somebody.

The words are data (``language/<code>/cues.toml``, which explains its fields). Forms are looked up by surface,
because a lemmatiser errs most on exactly the rare forms that matter here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any

from language.data_files import load_table
from schemas.vocabulary import CueClass


class VerbForm(StrEnum):
    """What a form of a verb is; one spelling may be several."""

    FINITE = "fin"
    PARTICIPLE = "part"
    GERUND = "ger"
    INFINITIVE = "inf"


FINITE, PARTICIPLE, GERUND, INFINITIVE = VerbForm
"""Names of their own: they are asked for at each cue, and a member of an enumeration takes 60 ns in Python 3.11."""
FINITE_OR_PARTICIPLE = frozenset({FINITE, PARTICIPLE})


@dataclass(frozen=True, slots=True)
class CueEntry:
    """One verb or phrase with one meaning.

    Args:
        lemma: dictionary form, for a phrase all of it.
        takes: its constructions, as named in the data file.
        reflexive: it counts only with the reflexive pronoun.
        tail: the words after the verb, for a phrase.
    """

    lemma: str
    cue_class: CueClass
    takes: frozenset[str]
    reflexive: bool = False
    tail: tuple[str, ...] = ()


@dataclass(frozen=True)  # without slots, for the cached property
class CueLexicon:
    """All cues of one language.

    Args:
        verbs: by surface form, what it may be.
        single_verbs: the same without the phrases, where a form has any.
        tails: by surface form, the last words of the phrases that begin with it.
        nouns: by surface form.
        nouns_with_that: those of them that take a that-clause.
        according_to: phrases in front of a source by their first word, longest first, each as words.
        according_to_second: the second words of those phrases, where each that begins with a word has one.
        fronted_person_only: those that count only in front of a person at the head of a sentence.
        after_comma_only: first words of those that count inside a sentence only behind a comma.
        after_clause: those that count behind a clause without a comma.
        made_after: words before them that speak of a model, not of a source ("un film d'après X").
        not_sources: nouns that name no source behind them.
    """

    verbs: Mapping[str, Sequence[tuple[CueEntry, VerbForm]]] = field(default_factory=dict)
    single_verbs: Mapping[str, Sequence[tuple[CueEntry, VerbForm]]] = field(default_factory=dict)
    tails: Mapping[str, frozenset[str]] = field(default_factory=dict)
    nouns: Mapping[str, CueClass] = field(default_factory=dict)
    nouns_with_that: frozenset[str] = frozenset()
    according_to: Mapping[str, Sequence[list[str]]] = field(default_factory=dict)
    according_to_second: Mapping[str, frozenset[str]] = field(default_factory=dict)
    fronted_person_only: frozenset[str] = frozenset()
    after_comma_only: frozenset[str] = frozenset()
    after_clause: frozenset[tuple[str, ...]] = frozenset()
    made_after: frozenset[str] = frozenset()
    not_sources: frozenset[str] = frozenset()

    @cached_property
    def words(self) -> frozenset[str]:
        """The words that a cue or a phrase in front of a source may begin with: a text is searched for all at once."""
        return frozenset().union(self.verbs, self.nouns, self.according_to)


@lru_cache(maxsize=16)
def cue_lexicon(language: str) -> CueLexicon:
    """The cues of `language` (ISO 639-1), empty where it has no data file."""
    table = load_table(language, "cues")
    verbs: dict[str, list[tuple[CueEntry, VerbForm]]] = {}
    for entry in _entries(table):
        for form, kind in _forms(table, entry):
            readings = verbs.setdefault(form, [])
            if (entry, kind) not in readings:
                readings.append((entry, kind))
    nouns = {form: CueClass(group["class"]) for group in table.get("nouns", ()) for form in group["forms"]}
    according = table.get("according_to", {})
    phrases = sorted((_words(p) for p in according.get("phrases", ())), key=lambda p: (-len(p), p))
    tails = {form: last for form, readings in verbs.items() if (last := _tails(readings))}
    return CueLexicon(
        verbs={form: tuple(readings) for form, readings in verbs.items()},
        single_verbs={form: [r for r in verbs[form] if not r[0].tail] for form in tails},
        tails=tails,
        nouns=nouns,
        nouns_with_that=frozenset(
            form for group in table.get("nouns", ()) if "que" in group["takes"] for form in group["forms"]
        ),
        according_to={first: [p for p in phrases if p[0] == first] for first, *_ in phrases},
        according_to_second={
            first: frozenset(p[1] for p in phrases if p[0] == first)
            for first, *_ in phrases
            if all(len(p) > 1 for p in phrases if p[0] == first)
        },
        fronted_person_only=frozenset(according.get("fronted_person_only", ())),
        after_comma_only=frozenset(according.get("after_comma_only", ())),
        after_clause=frozenset(tuple(_words(p)) for p in according.get("after_clause", ())),
        made_after=frozenset(according.get("made_after", ())),
        not_sources=frozenset(according.get("not_sources", ())),
    )


def _tails(readings: Sequence[tuple[CueEntry, VerbForm]]) -> frozenset[str]:
    return frozenset(entry.tail[-1] for entry, _ in readings if entry.tail)


def _entries(table: Mapping[str, Any]) -> list[CueEntry]:
    """One entry per lemma: the constructions of all its groups, the class of the last."""
    merged: dict[tuple[str, bool, tuple[str, ...]], CueEntry] = {}
    for group in [*table.get("verbs", ()), *table.get("phrases", ())]:
        for name in group.get("lemmas") or group["phrases"]:
            bare, reflexive = _strip_reflexive(name, table.get("reflexive_prefixes", ()))
            verb, *tail = _words(bare)
            takes = frozenset(group["takes"])
            key = (verb, reflexive, tuple(tail))
            known = merged.get(key)
            merged[key] = CueEntry(
                lemma=name,
                cue_class=CueClass(str(group["class"])),
                takes=takes | known.takes if known else takes,
                reflexive=reflexive,
                tail=tuple(tail),
            )
    return list(merged.values())


def _strip_reflexive(name: str, prefixes: Sequence[str]) -> tuple[str, bool]:
    for pronoun in prefixes:
        if name.startswith(pronoun):
            return name[len(pronoun) :], True
    return name, False


def _words(phrase: str) -> list[str]:
    return phrase.replace("'", "' ").split()


def _forms(table: Mapping[str, Any], entry: CueEntry) -> list[tuple[str, VerbForm]]:
    verb = _words(_strip_reflexive(entry.lemma, table.get("reflexive_prefixes", ()))[0])[0]
    listed = table["forms"].get(verb)
    if listed:
        return [(form, kind) for kind in VerbForm for form in listed.get(kind, ())]
    for suffix, endings in table["paradigms"].items():
        if verb.endswith(suffix):
            stems = table["stems"].get(verb) or [verb.removesuffix(suffix)]
            return [(stem + end, kind) for kind in VerbForm for end in endings.get(kind, ()) for stem in stems]
    return [(verb, INFINITIVE)]
