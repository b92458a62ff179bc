from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.identity import content_id
from schemas.partition import MAX_SLUG_CHARS, Partition, batch_name, slug
from transforms.partitions import PartitionCoder, shard_of
from transforms.sources import publisher, registered_domain


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lemonde.fr", "lemonde.fr"),
        ("Ouest-France", "ouest-france"),
        ("L’Écho du Port", "l-echo-du-port"),
        ("  Le Monde ", "le-monde"),
        (None, "unknown"),
        ("", "unknown"),
        (" \t", "unknown"),
        ("..", "unknown"),
        ("../../etc", "etc"),
        ("/absolute/path", "absolute-path"),
        ("date=2024-01-01/source=x", "date-2024-01-01-source-x"),
        ("a\x00b\nc", "a-b-c"),
        (".hidden", "hidden"),
        ("a..b", "ab"),
    ],
)
def test_slug__of_a_name(name, expected):
    assert slug(name) == expected


def test_slug__of_another_script__is_told_apart_by_a_hash():
    assert slug("Правда") != slug("Известия")
    assert slug("Правда").startswith("x-")


def test_slug__of_a_look_alike__is_not_the_original():
    assert slug("lеmonde.fr") != "lemonde.fr"  # the second letter is Cyrillic


def test_slug__of_two_over_long_names_with_one_beginning__differ():
    assert slug("a" * 300) != slug("a" * 301)


@given(st.text())
def test_slug__of_any_text__is_one_safe_folder_name(name):
    result = slug(name)
    assert 1 <= len(result) <= MAX_SLUG_CHARS
    assert set(result) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-")
    assert ".." not in result
    assert result.strip(".-") == result


def test_folder__is_in_hive_layout():
    assert Partition(date(2024, 1, 5), "lemonde.fr", 3).folder("claims") == "claims/date=2024-01-05/source=lemonde.fr"


def test_batch_name__does_not_depend_on_order():
    assert batch_name(["b", "a"]) == batch_name(["a", "b"])
    assert batch_name(["a", "b"]) != batch_name(["ab"])


def test_content_id__keeps_the_parts_apart():
    assert content_id("ab", "c") != content_id("a", "bc")


def test_content_id__is_the_same_in_every_version():
    # Pinned: ids are in lakes that exist. A change here is a change of the schema version.
    assert content_id("url", "https://quais.example/1") == "7acfbb661aee9ddf63cae7110eaa7911"


def test_content_id__takes_a_lone_surrogate():
    assert content_id("\ud800") != content_id("\ud801")


@pytest.mark.parametrize(
    "partition", [Partition(date(1990, 1, 1), "unknown"), Partition(date(9999, 12, 31), "a.b-c", 17)]
)
def test_partition_coder__gives_the_partition_back(partition):
    coder = PartitionCoder()
    assert coder.decode(coder.encode(partition)) == partition
    assert coder.is_deterministic()


def test_shard__is_within_bounds_and_stable():
    ids = [content_id(str(n)) for n in range(1000)]
    shards = [shard_of(i, 4) for i in ids]
    assert set(shards) == {0, 1, 2, 3}
    assert shards == [shard_of(i, 4) for i in ids]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.bbc.co.uk/news/1", "bbc.co.uk"),
        ("HTTPS://WWW.Ouest-France.FR/x", "ouest-france.fr"),
        ("http://quais.github.io/x", "quais.github.io"),
        ("http://localhost:8080/", "localhost"),
        ("http://192.0.2.7/a", "192.0.2.7"),
        ("http://[2001:db8::7]/a", "2001:db8::7"),
        ("https://www.une.gazette.example/a", "gazette.example"),
        ("ftp://example.org/", None),
        ("http://[", None),
        ("pas une adresse", None),
        ("", None),
        (None, None),
    ],
)
def test_registered_domain(url, expected):
    assert registered_domain(url) == expected


def test_publisher__is_the_domain_before_the_given_name():
    assert publisher("https://www.quais.example/1", "Les Quais") == "quais.example"
    assert publisher(None, " Les Quais ") == "Les Quais"
    assert publisher(None, " ") is None
