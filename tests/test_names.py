import csv
from collections import Counter
from pathlib import Path

import pytest

from language.names import find_alias, is_acronym_of, name_key, same_name
from language.person_names import parse_person, without_civility
from language.spelling import differ_by_one, fold, sound_key, words
from schemas.vocabulary import EntityLabel

PER, LOC, ORG = EntityLabel.PER, EntityLabel.LOC, EntityLabel.ORG
PAIRS = Path(__file__).parent / "data" / "name_pairs.tsv"


def read_pairs() -> list[dict[str, str]]:
    lines = [line for line in PAIRS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t"))


def test_same_name__the_pair_table_is_right_in_98_of_100() -> None:
    pairs = read_pairs()
    verdicts = Counter(pair["verdict"] for pair in pairs)
    wrong = [
        (pair["first"], pair["second"])
        for pair in pairs
        if same_name(pair["first"], pair["second"], pair["label"]) != (pair["verdict"] == "same")
    ]
    assert verdicts["same"] >= 250
    assert verdicts["different"] >= 250
    assert len(wrong) <= 0.02 * len(pairs), wrong


def test_name_key__no_two_different_names_of_the_table_share_one() -> None:
    wrong = [
        (pair["first"], pair["second"])
        for pair in read_pairs()
        if pair["verdict"] == "different"
        and name_key(pair["first"], EntityLabel(pair["label"])) == name_key(pair["second"], EntityLabel(pair["label"]))
    ]
    assert wrong == []


def test_same_name__does_not_depend_on_the_order() -> None:
    pairs = [(pair["first"], pair["second"], pair["label"]) for pair in read_pairs()]
    assert [same_name(a, b, label) for a, b, label in pairs] == [same_name(b, a, label) for a, b, label in pairs]


@pytest.mark.parametrize(
    ("left", "right", "label"),
    [
        ("Nikita Khrouchtchev", "Nikita Khrushchev", PER),
        ("M. Aliev", "Aliyev", PER),
        ("Omar el-Béchir", "Omar al-Bashir", PER),
        ("Jean-Luc Mélenchon", "Jean Luc MELENCHON", PER),
        ("ONU", "Organisation des Nations unies", ORG),
        ("Nato", "Otan", ORG),
        ("Kiev", "Kyiv", LOC),
        ("Birmanie", "Myanmar", LOC),
        ("Le Caire", "Caire", LOC),
    ],
)
def test_name_key__one_for_the_spellings_of_a_name(left: str, right: str, label: EntityLabel) -> None:
    assert name_key(left, label) == name_key(right, label)


@pytest.mark.parametrize(
    ("left", "right", "label"),
    [
        ("Obama", "Barack Obama", PER),  # one in an article perhaps, but not by the name
        ("US", "Us", LOC),
        ("Simon Veil", "Simone Veil", PER),
        ("George W. Bush", "George H. W. Bush", PER),
        ("Louis XIV", "Louis XVI", PER),
        ("😀", "😎", PER),
        ("2021", "2022", EntityLabel.DATE),
        ("12,5 %", "125 %", EntityLabel.PERCENT),
    ],
)
def test_name_key__two_for_different_names(left: str, right: str, label: EntityLabel) -> None:
    assert name_key(left, label) != name_key(right, label)


@pytest.mark.parametrize("name", ["", " ", "-", "M.", "😀", "\u202b\u200f", "123", "ا ب", "\x00", "a" * 5000, "Jr."])
@pytest.mark.parametrize("label", list(EntityLabel))
def test_name_key__any_string_has_one(name: str, label: EntityLabel) -> None:
    assert name_key(name, label) != ""
    assert same_name(name, name, label)


def test_same_name__label_as_a_string() -> None:
    assert same_name("Kyiv", "Kiev", "LOC")


def test_find_alias__a_short_acronym_only_in_capitals() -> None:
    found = find_alias("UE", ORG)
    assert found is not None
    assert found.name == "Union européenne"
    assert find_alias("U.E.", ORG) == found
    assert find_alias("ue", ORG) is None
    assert find_alias("Om", ORG) is None


@pytest.mark.parametrize(
    ("acronym", "long", "expected"),
    [
        ("SNJ", "Syndicat national des journalistes", True),
        ("S.N.J.", "Syndicat national des journalistes", True),
        ("LDH", "Ligue des droits de l'homme", True),
        ("LDH", "Ligue communiste révolutionnaire", False),
        ("L", "Ligue des droits de l'homme", False),
        ("les", "Liste des élus sortants", False),
    ],
)
def test_is_acronym_of__initials_with_or_without_small_words(acronym: str, long: str, expected: bool) -> None:
    assert is_acronym_of(acronym, long) is expected


@pytest.mark.parametrize(
    ("name", "same_family_as", "bare", "suffix"),
    [
        ("Dominique de Villepin", "Villepin", False, ""),
        ("Marine Le Pen", "Le Pen", False, ""),
        ("Le Pen", "LE PEN", True, ""),
        ("Donald Trump Jr.", "Trump", False, "jr"),
        ("Louis XIV", "Louis", True, "xiv"),
        ("DURAND Sophie", "Durand", False, ""),
        ("Bachar al-Assad", "Assad", False, ""),
        ("Abdel Fattah al-Sissi", "Sisi", False, ""),
    ],
)
def test_parse_person__parts(name: str, same_family_as: str, bare: bool, suffix: str) -> None:
    person = parse_person(name)
    assert (person.family, person.bare, person.suffix) == (parse_person(same_family_as).family, bare, suffix)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("M. Durand", "Durand"), ("Mme Claire Durand", "Claire Durand"), ("M.", "M."), ("Marie Durand", "Marie Durand")],
)
def test_without_civility__takes_it_off(name: str, expected: str) -> None:
    assert without_civility(name) == expected


def test_fold__accents_case_and_cyrillic() -> None:
    assert fold("  Éva  ŁÓDŹ Пушкин ") == "eva lodz pouchkin"


def test_words__acronyms_and_apostrophes() -> None:
    assert words("O.N.U. d'Irak N'Golo") == ("onu", "d", "irak", "ngolo")


@pytest.mark.parametrize(
    ("french", "english"),
    [("tchekhov", "chekhov"), ("pouchkine", "pushkin"), ("brejnev", "brezhnev"), ("guerassimov", "gerasimov")],
)
def test_sound_key__transliterations_meet(french: str, english: str) -> None:
    assert sound_key(french) == sound_key(english)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("abcdef", "abxdef", True),
        ("abcdef", "abdef", True),
        ("abdef", "abcdef", True),
        ("abcdef", "abcdef", False),
        ("abcdef", "abcdex", False),
        ("abcdef", "xbcdef", False),
        ("abcdef", "abyxef", False),
        ("", "", False),
    ],
)
def test_differ_by_one__one_letter_inside(left: str, right: str, expected: bool) -> None:
    assert differ_by_one(left, right) is expected
