"""Feeds of every format, whole and broken, as entries."""

import gzip
import random
from datetime import UTC, datetime
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.vocabulary import DateSource, MediaType, Reason
from transforms.dates import parse_date
from transforms.feed_entries import FeedEntry, entry_document, fresh_entries, is_full_content
from transforms.feed_parsing import parse_feed
from transforms.rejects import RejectedError

FEED = "https://quais.example/fil.xml"
PAGE = "https://quais.example/port"
WHOLE = "<p>Le port rouvre lundi, a dit le maire.</p><p>La digue tient.</p>"

ITEM = f"<title>Le port rouvre</title><link>{PAGE}</link><description>Une digue.</description>"
RSS_DATE = "<pubDate>Tue, 05 Mar 2024 08:30:00 +0100</pubDate>"
CONTENT = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
ATOM_BODY = f'<entry><title>Le port rouvre</title><link href="{PAGE}"/><id>urn:1</id>'

FORMATS = {
    "rss091u": f'<rss version="0.91"><channel><title>Quais</title><item>{ITEM}</item></channel></rss>',
    "rss091n": '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" '
    '"http://my.netscape.com/publish/formats/rss-0.91.dtd">'
    f'<rss version="0.91"><channel><item>{ITEM}</item></channel></rss>',
    "rss092": f'<rss version="0.92"><channel><item>{ITEM}</item></channel></rss>',
    "rss093": f'<rss version="0.93"><channel><item>{ITEM}{RSS_DATE}</item></channel></rss>',
    "rss094": f'<rss version="0.94"><channel><item>{ITEM}{RSS_DATE}</item></channel></rss>',
    "rss20": f'<rss version="2.0"><channel><item>{ITEM}{RSS_DATE}<guid>g1</guid></item></channel></rss>',
    "rss090": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    f'xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>Q</title></channel><item>{ITEM}</item></rdf:RDF>',
    "rss10": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
    f'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel/><item rdf:about="{PAGE}">{ITEM}'
    "<dc:date>2024-03-05T08:30:00+01:00</dc:date></item></rdf:RDF>",
    "atom03": f'<feed version="0.3" xmlns="http://purl.org/atom/ns#">{ATOM_BODY}<issued>2024-03-05T07:30:00Z</issued></entry></feed>',
    "atom10": f'<feed xmlns="http://www.w3.org/2005/Atom">{ATOM_BODY}<published>2024-03-05T07:30:00Z</published></entry></feed>',
    "cdf": f'<CHANNEL HREF="https://quais.example/"><ITEM HREF="{PAGE}"><TITLE>Le port rouvre</TITLE><ABSTRACT>Une digue.</ABSTRACT></ITEM></CHANNEL>',
    "json1": f'{{"version": "https://jsonfeed.org/version/1", "items": [{{"id": 1, "url": "{PAGE}", "title": "Le port rouvre", "summary": "Une digue."}}]}}',
    "json11": f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{{"id": "1", "url": "{PAGE}", "title": "Le port rouvre", "date_published": "2024-03-05T07:30:00Z"}}]}}',
}


@pytest.mark.parametrize("version", FORMATS)
def test_parse_feed__every_format__gives_its_entry(version):
    feed = parse_feed(FORMATS[version].encode(), FEED)
    (entry,) = feed.entries
    assert feed.version == ("" if version == "cdf" else version)  # feedparser reads CDF and does not name it
    assert (entry.given.url, entry.given.title, entry.content) == (PAGE, "Le port rouvre", None)
    assert (entry.given.feed_url, entry.given.date_source) == (FEED, DateSource.FEED)
    if entry.given.published_at:
        assert parse_date(entry.given.published_at) == datetime(2024, 3, 5, 7, 30, tzinfo=UTC)


def rss(item: str, head: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" {CONTENT} xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
        'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
        f"<channel><title>Les Quais</title><language>fr-FR</language>{head}{item}</channel></rss>"
    ).encode()


def only_entry(body: bytes) -> FeedEntry:
    (entry,) = parse_feed(body, FEED).entries
    return entry


def test_parse_feed__metadata_of_an_entry__comes_along():
    item = (
        f"<item>{ITEM}{RSS_DATE}<guid isPermaLink='false'>g1</guid><dc:creator>Inès Robin</dc:creator>"
        "<category>Mer</category><category>Port</category>"
        "<enclosure url='/photo.jpg' type='image/jpeg' length='1'/></item>"
    )
    given = only_entry(rss(item)).given
    assert (given.authors, given.tags, given.language) == (("Inès Robin",), ("Mer", "Port"), "fr-FR")
    assert (given.feed_entry_id, given.image_url) == ("g1", "https://quais.example/photo.jpg")
    assert given.published_at == "Tue, 05 Mar 2024 08:30:00 +0100"


AUTHORS = {
    "<author>ines@quais.example (Inès Robin)</author>": ("Inès Robin",),
    "<author>ines@quais.fr (Inès Robin)</author>": ("Inès Robin",),
    "<author>Inès Robin &lt;ines@quais.example&gt;</author>": ("Inès Robin",),
    "<author>redaction@quais.example</author>": (),
    "<author>Inès Robin (AFP)</author><dc:creator>Luc Roy</dc:creator>": ("Inès Robin (AFP)", "Luc Roy"),
}


@pytest.mark.parametrize("written", AUTHORS)
def test_parse_feed__author__is_a_name_without_address(written):
    assert only_entry(rss(f"<item>{ITEM}{written}</item>")).given.authors == AUTHORS[written]


def test_parse_feed__atom_content_elsewhere__is_the_page():
    body = '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><content type="text/html" src="/port"/></entry></feed>'
    assert only_entry(body.encode()).given.url == PAGE


def test_parse_feed__atom__inherits_the_author_of_the_feed():
    body = FORMATS["atom10"].replace("<entry>", "<author><name>Inès Robin</name></author><entry>")
    assert only_entry(body.encode()).given.authors == ("Inès Robin",)


def test_parse_feed__relative_link__is_taken_from_where_the_feed_was_read():
    body = rss("<item><title>Un</title><link>/a</link></item>")
    assert (
        parse_feed(body, FEED, base="https://ailleurs.example/x/").entries[0].given.url == "https://ailleurs.example/a"
    )


def test_parse_feed__relative_link_in_a_file__is_taken_from_the_site():
    body = rss("<item><title>Un</title><link>/a</link></item>", "<link>https://ailleurs.example/</link>")
    assert parse_feed(body, "/tmp/fil.xml").entries[0].given.url == "https://ailleurs.example/a"
    body = b'{"home_page_url": "https://ailleurs.example/", "items": [{"url": "a"}]}'
    assert parse_feed(body, "/tmp/fil.json").entries[0].given.url == "https://ailleurs.example/a"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "mailto:a@b.c", "http://[", ""])
def test_parse_feed__link_that_is_no_web_address__is_none(link):
    assert only_entry(rss(f"<item><title>Un</title><link>{link}</link></item>")).given.url is None


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("mar., 05 mars 2024 08:30:00 +0100", 7),
        ("5 février 2024 09:15:00", 9),
        ("mardi 5 mars 2024 à 9h05", 9),
        ("Mar 5, 2024 6:30 PM", 18),
        ("2024-03-05 08:30:00", 8),
        ("Tue, 5 Mar 2024 08:30:00 CET", 7),
    ],
)
def test_parse_feed__date__is_readable(written, hour):
    given = only_entry(rss(f"<item>{ITEM}<pubDate>{written}</pubDate></item>")).given
    moment = parse_date(given.published_at)
    assert moment is not None
    assert moment.hour == hour


@pytest.mark.parametrize("written", ["05-03-2024", "hier", "2024년 3월 5일"])
def test_parse_feed__date_that_cannot_be_known__is_not_guessed(written):
    given = only_entry(rss(f"<item>{ITEM}<pubDate>{written}</pubDate></item>")).given
    assert parse_date(given.published_at) is None


def test_parse_feed__schedule__is_read():
    head = "<ttl>90</ttl><skipHours><hour>0</hour><hour>24</hour><hour>23</hour></skipHours><skipDays><day>Sunday</day></skipDays>"
    feed = parse_feed(rss(f"<item>{ITEM}</item>", head), FEED)
    assert (feed.interval_secs, feed.skip_hours, feed.skip_days) == (5400, (0, 23), (6,))
    period = "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"
    assert parse_feed(rss(f"<item>{ITEM}</item>", period), FEED).interval_secs == 21_600


CARRIED = {
    "content:encoded": (
        rss(f"<item>{ITEM}<content:encoded><![CDATA[{WHOLE}]]></content:encoded></item>"),
        MediaType.HTML,
    ),
    "content first": (
        rss(f"<item><content:encoded><![CDATA[{WHOLE}]]></content:encoded>{ITEM}</item>"),
        MediaType.HTML,
    ),
    "atom html": (
        FORMATS["atom10"].replace("</entry>", f'<content type="html"><![CDATA[{WHOLE}]]></content></entry>').encode(),
        MediaType.HTML,
    ),
    "atom xhtml": (
        FORMATS["atom10"]
        .replace(
            "</entry>",
            f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{WHOLE}</div></content></entry>',
        )
        .encode(),
        MediaType.HTML,
    ),
    "escaped twice": (
        rss(f"<item>{ITEM}<content:encoded>{escape(escape(WHOLE))}</content:encoded></item>"),
        MediaType.HTML,
    ),
    "behind a warning": (
        b"<b>Warning</b>: fil.php, line 3<br/>\n"
        + rss(f"<item>{ITEM}<content:encoded><![CDATA[{WHOLE}]]></content:encoded></item>"),
        MediaType.HTML,
    ),
    "packed": (
        gzip.compress(rss(f"<item>{ITEM}<content:encoded><![CDATA[{WHOLE}]]></content:encoded></item>")),
        MediaType.HTML,
    ),
    "json text": (
        FORMATS["json11"].replace('"title"', '"content_text": "La digue tient.", "title"').encode(),
        MediaType.PLAIN_TEXT,
    ),
    "json html": (FORMATS["json11"].replace('"title"', f'"content_html": "{WHOLE}", "title"').encode(), MediaType.HTML),
}


@pytest.mark.parametrize("name", CARRIED)
def test_parse_feed__full_content__is_the_document(name):
    body, media_type = CARRIED[name]
    entry = only_entry(body)
    raw = entry_document(entry, datetime(2024, 3, 5, tzinfo=UTC), DateSource.FETCH)
    assert raw.media_type is media_type
    assert "La digue tient." in raw.payload.decode()
    assert "Une digue." not in raw.payload.decode()
    assert "&lt;" not in raw.payload.decode()


TEASERS = {
    "description": rss(f"<item>{ITEM}</item>"),
    "two descriptions": rss(f"<item><itunes:summary>Une autre digue.</itunes:summary>{ITEM}</item>"),
    "atom summary": FORMATS["atom10"].replace("</entry>", "<summary>Une digue tient bon.</summary></entry>").encode(),
    "cut": rss(f"<item>{ITEM}<content:encoded>Le port rouvre lundi, a dit le […]</content:encoded></item>"),
    "read more": rss(
        f"<item>{ITEM}<content:encoded><![CDATA[<p>Le port rouvre.</p><a href='/a'>Lire la suite</a>]]></content:encoded></item>"
    ),
    "the summary again": rss(f"<item>{ITEM}<content:encoded>&lt;b&gt;Une digue.&lt;/b&gt;</content:encoded></item>"),
    "a picture": rss(f'<item>{ITEM}<media:content url="/a.jpg" type="image/jpeg">Une légende.</media:content></item>'),
    "atom content elsewhere": FORMATS["atom10"]
    .replace("</entry>", '<content type="text/html" src="https://quais.example/x"/></entry>')
    .encode(),
    "only markup": rss(f"<item>{ITEM}<content:encoded><![CDATA[<img src='a.jpg'/>]]></content:encoded></item>"),
}


@pytest.mark.parametrize("name", TEASERS)
def test_parse_feed__summary__is_never_the_document(name):
    assert only_entry(TEASERS[name]).content is None


def test_is_full_content__long_text_in_both_elements__is_full():
    assert is_full_content("mot " * 200, "mot " * 200)
    assert not is_full_content("mot " * 20, "mot " * 20)


def test_parse_feed__beside_an_entry_with_content__a_summary_stays_one():
    carried = f"<item>{ITEM}<content:encoded><![CDATA[{WHOLE}]]></content:encoded></item>"
    twice = f"<item><itunes:summary>Deux.</itunes:summary>{ITEM.replace('/port', '/b')}</item>"
    assert [e.content is None for e in parse_feed(rss(carried + twice), FEED).entries] == [False, True]


BOZO = {
    "cut off": rss(f"<item>{ITEM}</item>")[:-15],
    "bare ampersand": rss(f"<item>{ITEM.replace('Le port', 'Pêche & port')}</item>"),
    "end of a link behind its entry": rss(f"<item><title>Le port</title><link>{PAGE}</item></link>"),
    "half a character": rss(f"<item>{ITEM.replace('Le port', 'Le port &#xD83D;')}</item>"),
    "unknown entity": rss(f"<item>{ITEM.replace('Le port', 'Le&nbsp;port')}</item>"),
    "undeclared prefix": rss(f"<item>{ITEM}<truc:chose>x</truc:chose></item>"),
    "control character": rss(f"<item>{ITEM.replace('Le port', 'Le port' + chr(11))}</item>"),
    "blank line first": b"\n\n  " + rss(f"<item>{ITEM}</item>"),
    "latin-1 said to be utf-8": rss(f"<item>{ITEM.replace('Le', 'Été : le')}</item>").decode().encode("latin-1"),
    "stray bytes": rss(f"<item>{ITEM}</item>").replace(b"rouvre", b"\x81\xc3rou\x8d\xffvre\x90"),
    "utf-16": rss(f"<item>{ITEM}</item>").decode().replace("utf-8", "utf-16").encode("utf-16"),
    "utf-16 with padding": rss(f"<item>{ITEM}</item>").decode().encode("utf-16-be") + b"\0" * 2000,
    "byte order mark": b"\xef\xbb\xbf" + rss(f"<item>{ITEM}</item>"),
}


@pytest.mark.parametrize("name", BOZO)
def test_parse_feed__bozo_feed__its_entries_are_used(name):
    assert only_entry(BOZO[name]).given.url == PAGE


def test_parse_feed__link_around_an_entry__costs_none():
    body = rss(f"<item><title>Un</title><link><item>{ITEM}</item></link></item>")
    assert [entry.given.url for entry in parse_feed(body, FEED).entries] == [None, PAGE]


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-8", "klingon", None])
def test_parse_feed__wrong_charset__is_seen_through(charset):
    body = rss(f"<item>{ITEM.replace('Le port', 'Le été')}</item>")
    assert parse_feed(body, FEED, charset=charset).entries[0].given.title == "Le été rouvre"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", Reason.EMPTY),
        (b" \n ", Reason.EMPTY),
        (b"<html><body><p>404</p></body></html>", Reason.INVALID_FEED),
        (b"{", Reason.INVALID_FEED),
        (b'{"items": 3}', Reason.INVALID_FEED),
        (b"[" * 100_000, Reason.INVALID_FEED),
        (b"<opml version='2.0'><body/></opml>", Reason.INVALID_FEED),
        (b"/etc/passwd", Reason.INVALID_FEED),
        (b"http://127.0.0.1:9/", Reason.INVALID_FEED),
        (b"\x89PNG\r\n\x1a\n\0\0\0", Reason.BINARY),
    ],
    ids=lambda v: repr(v)[:30] if isinstance(v, bytes) else "",
)
def test_parse_feed__that_is_none__is_rejected(body, reason):
    with pytest.raises(RejectedError) as error:
        parse_feed(body, FEED)
    assert error.value.reason is reason


def test_parse_feed__external_and_recursive_entities__are_not_followed(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("PASSWORT")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    body = (
        f'<!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}<!ENTITY x SYSTEM "file://{secret}">]>'
        f'<rss version="2.0"><channel><item><title>&l11; &x;</title><link>{PAGE}</link></item></channel></rss>'
    )
    feed = parse_feed(body.encode(), FEED)
    assert [entry.given.url for entry in feed.entries] == [PAGE]
    assert "PASSWORT" not in repr(feed)
    assert len(repr(feed)) < 10_000


def test_parse_feed__one_guid_for_all_items__keeps_all():
    items = "".join(
        f"<item><guid isPermaLink='false'>g</guid><link>https://quais.example/{n}</link></item>" for n in range(3)
    )
    assert len({entry.key for entry in parse_feed(rss(items), FEED).entries}) == 3


def test_parse_feed__one_guid_and_no_address__keeps_all_titles():
    items = "".join(f"<item><guid isPermaLink='false'>g</guid><title>{n}</title></item>" for n in (1, 2, 2))
    assert len({entry.key for entry in parse_feed(rss(items), FEED).entries}) == 2


def test_fresh_entries__known_and_repeated_ones__are_left_out():
    items = "".join(f"<item><link>https://quais.example/{n}</link></item>" for n in (1, 2, 2, 3))
    entries = parse_feed(rss(items), FEED).entries
    assert [e.given.url[-1] for e in fresh_entries(entries, {entries[0].key})] == ["2", "3"]


def test_key__of_a_corrected_content__is_another_one():
    before = only_entry(CARRIED["content:encoded"][0])
    after = only_entry(CARRIED["content:encoded"][0].replace(b"tient", b"casse"))
    assert (before.key == after.key, before.input_uri == after.input_uri) == (False, True)


OUTCOMES = {"read", Reason.INVALID_FEED, Reason.BINARY, Reason.UNDECODABLE, Reason.EMPTY}


def outcome(body: bytes) -> str:
    try:
        parse_feed(body, FEED)
    except RejectedError as error:
        return error.reason
    return "read"


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_parse_feed__any_bytes__are_entries_or_a_reject(body):
    for wrapped in (body, b"<rss><channel><item>" + body, b'{"items": [' + body + b"]}"):
        assert outcome(wrapped) in OUTCOMES


@pytest.mark.parametrize("version", FORMATS)
def test_parse_feed__damaged_at_random__never_raises_anything_else(version):
    chance = random.Random(version)
    whole = FORMATS[version].encode()
    for _ in range(40):
        body = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(body))
            body[place : place + chance.randint(0, 9)] = chance.randbytes(chance.randint(0, 4))
        assert outcome(bytes(body)) in OUTCOMES


@pytest.mark.parametrize(
    "fault", ["", "]", '{"id": "3", "content_', '{"id": tru}]}', "[" * 50_000], ids=lambda text: text[:20]
)
def test_parse_feed__json_that_is_cut_off__its_whole_items_are_used(fault):
    body = (
        '{"version": "https://jsonfeed.org/version/1.1", "title": "Quais", "items": [{"id": "1"}, {"id": "2"}, ' + fault
    )
    feed = parse_feed(body.encode(), FEED)
    assert ([entry.given.feed_entry_id for entry in feed.entries], feed.version, feed.damaged) == (
        ["1", "2"],
        "json11",
        True,
    )


def test_parse_feed__json_of_wrong_types__is_read_as_far_as_it_goes():
    body = b'{"version": 3, "title": [], "items": [1, null, {"id": {}, "url": 5, "title": [], "authors": {}, "tags": "x", "attachments": [7], "author": "a"}]}'
    number, nothing, entry = parse_feed(body, FEED).entries
    assert (entry.given.url, entry.given.authors, entry.given.tags) == (None, (), ())
    assert (number.given.feed_entry_id, nothing.given.feed_entry_id) == ("1", "null")
