"""What `--feeds` takes, and what is said of a line that names no feed."""

import pytest
from feed_world import rss, settings
from feed_world import site as site
from feed_world import web as web
from support import REPOSITORY
from webserver import Reply

from pipeline.feeds import feeds_of
from pipeline.options import UsageError, parse


def test_feeds__lists_of_every_kind__name_the_same_feeds(site, web, tmp_path):
    (tmp_path / "a.xml").write_bytes(rss())
    (tmp_path / "fils.opml").write_text(
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n<opml version="2.0"><body><outline text="Presse">\n'
        '<outline text="É" type="rss" xmlUrl="https://quais.example/fil"/></outline></body></opml>',
        encoding="latin-1",
    )
    (tmp_path / "fils.txt").write_text(
        "# les nôtres\n\nfils.opml\na.xml\nhttps://quais.example/autre\n", encoding="utf-8"
    )
    site.routes["/fils.opml"] = Reply(body=(tmp_path / "fils.opml").read_bytes())
    wanted = ["https://quais.example/fil", str(tmp_path / "a.xml"), "https://quais.example/autre"]
    assert feeds_of(settings(tmp_path, feeds=(str(tmp_path / "fils.txt"),)), web) == wanted
    assert feeds_of(settings(tmp_path, feeds=(site.url("/fils.opml", "quais.example"),)), web) == wanted[:1]


FILES = {
    "fil": b"Warning: x.php\n<rss version='2.0'/>",
    "vide": b"",
    "fil.txt": b"\xff\xfe" + "<rss version='2.0'/>".encode("utf-16-le"),
    "casse.xml.gz": b"\x1f\x8b\x08\x00" + b"rien" * 30,
}


@pytest.mark.parametrize("name", FILES)
def test_feeds__file_that_is_no_list__is_a_feed(web, tmp_path, name):
    (tmp_path / name).write_bytes(FILES[name])
    path = str(tmp_path / name)
    assert feeds_of(settings(tmp_path, feeds=(path,)), web) == [path]


BAD_LISTS = {
    "rien.txt": (b"pas-la.xml\n", "line 1: 'pas-la.xml'", "there is no such file"),
    "schema.txt": (b"\nftp://quais.example/fil\n", "line 2: 'ftp://quais.example/fil'", "neither a path nor"),
    "vide.opml": (b"<opml><body><outline text='x'/></body></opml>", "vide.opml", "no outline has an xmlUrl"),
    "casse.opml": (b"<opml><body>", "casse.opml", "the OPML is damaged"),
    "mal.opml": (
        b"<opml><body>\n<outline xmlUrl='javascript:1'/></body></opml>",
        "line 2: 'javascript:1'",
        "no http or https",
    ),
    "cercle.txt": (b"cercle.txt\n", "line 1", "in a circle"),
    "coupe.txt.gz": (b"\x1f\x8b\x08\x00" + b"rien" * 30, "coupe.txt.gz", "cannot be read"),
    "binaire.txt": (b"\x89PNG\r\n\x1a\n" * 9, "binaire.txt", "cannot be read"),
}


@pytest.mark.parametrize("name", BAD_LISTS)
def test_feeds__bad_line__is_named_with_its_place_and_remedy(web, tmp_path, name):
    body, place, words = BAD_LISTS[name]
    (tmp_path / name).write_bytes(body)
    with pytest.raises(UsageError) as error:
        feeds_of(settings(tmp_path, feeds=(str(tmp_path / name),)), web)
    assert place in str(error.value)
    assert words in str(error.value)


def test_feeds__bundled_list__is_sound(web, tmp_path):
    urls = feeds_of(settings(tmp_path, feeds=(str(REPOSITORY / "samples" / "feeds.opml"),)), web)
    assert len(urls) == len(set(urls)) >= 10
    assert all(url.startswith("https://") for url in urls)


@pytest.mark.parametrize("argv", [["--follow"], ["--no-fetch"], ["--feeds", "x", "--limit", "3"]], ids=" ".join)
def test_options__that_make_no_sense__are_refused(argv):
    with pytest.raises(UsageError):
        parse(argv)


def test_options__of_feeds__arrive():
    got = parse(
        ["--feeds", "a", "b", "--feeds", "c", "--follow", "--no-fetch", "--poll-minutes", "5", "--allow-loopback"]
    )
    assert (got.inputs, got.feeds, got.follow, got.fetch, got.poll_secs, got.allow_loopback) == (
        (),
        ("a", "b", "c"),
        True,
        False,
        300,
        True,
    )
