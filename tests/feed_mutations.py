"""Feeds as the web has them: well-formed ones of every format, and what can be done to them. All from a seed."""

import gzip
import json
import random
from collections.abc import Callable, Iterator
from html import escape

HOST = "https://quais.example"
DATES = (
    "Tue, 05 Mar 2024 08:30:00 +0100", "2024-03-05T07:30:00Z", "5 mars 2024", "32 Dec 2024", "", "hier", "0000-00-00",
    "9999999999999", "Mon, 99 Foo 20244 99:99:99 ZZZ", "2024-02-30", "-1", "mar. 05/03/24",
)  # fmt: skip
LINKS = (
    "/{n}", "{n}.html", "//quais.example/{n}", "?a={n}&b=é", "http://[", "javascript:alert({n})", "ftp://q.example/{n}",
    "https://quais.example:99999/{n}", " https://quais.example/ {n} ", "#{n}", "", "https://é.example/{n}", "http://\\{n}",
)  # fmt: skip
TEXTS = (
    "Le port rouvre", "L'« été » & <b>l'hiver</b>", "]]>", "&eacute;&#x1F600;&#0;&#xD800;", "<![CDATA[a]]>", "\u202e", "",
    "Ã©tÃ©", "\x00\x08\x1b", "a" * 3000, "<script>x</script>", "&nbsp;&unknown;", "\ufeff", "𝔻épêche",
)  # fmt: skip


def feed(chance: random.Random) -> tuple[str, str]:
    """A format and a feed in it, with up to six entries, some of them odd."""
    kind = chance.choice(("rss20", "rss092", "rdf", "atom10", "atom03", "cdf", "json"))
    entries = [_entry(chance, n) for n in range(chance.randint(0, 6))]
    if chance.random() < 0.2:
        for entry in entries:
            entry["id"] = "same"
    if kind == "json":
        return kind, _json(chance, entries)
    return kind, {"rss20": _rss, "rss092": _rss, "rdf": _rdf, "atom10": _atom, "atom03": _atom, "cdf": _cdf}[kind](
        kind, entries
    )


def _entry(chance: random.Random, n: int) -> dict[str, str]:
    odd = chance.random() < 0.3
    return {
        "id": chance.choice((f"urn:{n}", "", f"{HOST}/{n}")),
        "link": chance.choice(LINKS).format(n=n) if odd else f"{HOST}/{n}",
        "title": chance.choice(TEXTS) if odd else f"Avis {n}",
        "date": chance.choice(DATES),
        "summary": chance.choice(TEXTS),
        "content": f"<p>{'Le maire a parlé. ' * 20}{n}</p>" if chance.random() < 0.3 else "",
    }


def _rss(kind: str, entries: list[dict[str, str]]) -> str:
    items = "".join(
        f"<item><title>{escape(e['title'])}</title><link>{escape(e['link'])}</link><guid>{escape(e['id'])}</guid>"
        f"<description>{escape(e['summary'])}</description><pubDate>{e['date']}</pubDate>"
        + (f"<content:encoded><![CDATA[{e['content']}]]></content:encoded>" if e["content"] else "")
        + "</item>"
        for e in entries
    )
    version = "2.0" if kind == "rss20" else "0.92"
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="{version}" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>Les Quais</title><ttl>30</ttl>{items}</channel></rss>"
    )


def _rdf(_: str, entries: list[dict[str, str]]) -> str:
    items = "".join(
        f'<item rdf:about="{escape(e["link"])}"><title>{escape(e["title"])}</title><link>{escape(e["link"])}</link>'
        f"<dc:date>{e['date']}</dc:date><description>{escape(e['summary'])}</description></item>"
        for e in entries
    )
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Q</title></channel>{items}</rdf:RDF>'
    )


def _atom(kind: str, entries: list[dict[str, str]]) -> str:
    space = "http://www.w3.org/2005/Atom" if kind == "atom10" else "http://purl.org/atom/ns#"
    items = "".join(
        f'<entry><title>{escape(e["title"])}</title><link href="{escape(e["link"])}"/><id>{escape(e["id"])}</id>'
        f"<updated>{e['date']}</updated><summary>{escape(e['summary'])}</summary>"
        + (f'<content type="html">{escape(e["content"])}</content>' if e["content"] else "")
        + "</entry>"
        for e in entries
    )
    return f'<feed xmlns="{space}" version="0.3" xml:lang="fr"><title>Q</title>{items}</feed>'


def _cdf(_: str, entries: list[dict[str, str]]) -> str:
    items = "".join(
        f'<ITEM HREF="{escape(e["link"])}"><TITLE>{escape(e["title"])}</TITLE><ABSTRACT>{escape(e["summary"])}</ABSTRACT></ITEM>'
        for e in entries
    )
    return f'<CHANNEL HREF="{HOST}/"><TITLE>Q</TITLE>{items}</CHANNEL>'


def _json(chance: random.Random, entries: list[dict[str, str]]) -> str:
    items: list[object] = [
        {
            "id": e["id"],
            "url": e["link"],
            "title": e["title"],
            "date_published": e["date"],
            "content_html": e["content"],
        }
        for e in entries
    ]
    if chance.random() < 0.3:
        items += chance.sample([1, None, [], "x", {}, {"id": {}}, {"url": [1]}, True, 1e400, "https://q.example/7"], 3)
    return json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "Q", "items": items},
        ensure_ascii=chance.random() < 0.5,
    )


Mutation = Callable[[random.Random, str], bytes]


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _truncated(chance: random.Random, text: str) -> bytes:
    return _utf8(text)[: chance.randrange(len(text) + 1)]


def _noisy(chance: random.Random, text: str) -> bytes:
    body = bytearray(_utf8(text))
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(len(body) + 1)
        body[place : place + chance.randint(0, 9)] = chance.randbytes(chance.randint(0, 4))
    return bytes(body)


def _shuffled(chance: random.Random, text: str) -> bytes:
    parts = text.replace("<", "\x01<").split("\x01")
    for _ in range(chance.randint(1, 4)):
        one, other = chance.randrange(len(parts)), chance.randrange(len(parts))
        parts[one], parts[other] = parts[other], parts[one]
    return _utf8("".join(parts))


def _wrong_charset(chance: random.Random, text: str) -> bytes:
    declared = chance.choice(
        ("utf-8", "utf-16", "iso-8859-1", "klingon", "us-ascii", "utf-7", "idna", "rot13", "base64")
    )
    real = chance.choice(("utf-8", "iso-8859-1", "windows-1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp437"))
    body = text.partition("?>")[2] if text.startswith("<?xml") else text
    if body.startswith("<"):
        body = f'<?xml version="1.0" encoding="{declared}"?>{body}'
    return body.encode(real, "replace")


def _laughing(chance: random.Random, text: str) -> bytes:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    kinds = (
        f'<!DOCTYPE rss [<!ENTITY l0 "ha">{lol}]>',
        f'<!DOCTYPE rss [<!ENTITY l9 "{"a" * 100_000}">]>',
        '<!DOCTYPE rss [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss SYSTEM "http://169.254.169.254/x.dtd">',
        '<!DOCTYPE rss [<!ENTITY l9 "&l9;">]>',
    )
    return _utf8(chance.choice(kinds) + text.partition("?>")[2].replace("Avis", "&l9;&l9;"))


def _replaced(chance: random.Random, text: str) -> bytes:
    pieces = (
        ("]]>", ""), ("</item>", ""), ("<item>", "<item><item>"), ("</title>", ""), ("xmlns", "xmlnsx"), ("</", "<"),
        ("content:encoded", "encoded"), ("item", "ITEM"), ("<", "&lt;"), ('"', "'"), ('"', ""), (">", ">\x00"),
        ("<title>", f"<title a='{'x' * 50_000}'>"), ("<channel>", "<channel>" * 200), ("é", "\udce9"), ("link", "dc:link"),
        ("<item>", f"<media:group><item xmlns='{'u' * 500}'>"), ("entry", "atom:entry"), ("<rss", "<html><body><rss"),
        ("<link>", "<link/>"), ("{", "[{"), ("[", ""), ("guid", "x:y:z"), ("2.0", "99"), ("<item>", "<item a=1 a=2>"),
        ("Avis", "R&D &#xD83D;&#xDE00; &nbsp &eacute; &truc; &#146;"), ("Avis", "&#xD800;&#0;"), ("Avis", "</p>&lt"),
    )  # fmt: skip
    for _ in range(chance.randint(1, 3)):
        old, new = chance.choice(pieces)
        text = text.replace(old, new, chance.choice((1, 2, -1)))
    return text.encode("utf-8", "replace") if chance.random() < 0.8 else text.encode("utf-8", "surrogateescape")


def _wrapped(chance: random.Random, text: str) -> bytes:
    body = _utf8(text)
    return chance.choice(
        (
            gzip.compress(body), b"\xef\xbb\xbf" * 2 + body, b"\n \t" * 99 + body, b"<!-- x -->" * 50 + body,
            b"<html><head><title>x</title></head><body>" + body + b"</body></html>", body + b"<!-- generated -->" + body,
            b"Warning: mysql_connect() in /www/x.php\n" + body, body + b"\x00" * 2000, b"callback(" + body + b")",
            b"<?xml version='1.1'?>" + body, b"<?xml-stylesheet href='x'?>" + body, body * 2,
        )
    )  # fmt: skip


def _deep(chance: random.Random, text: str) -> bytes:
    many = chance.choice((50, 2_000, 20_000))
    inside = chance.choice(("<b>" * many, "<b>" * many + "</b>" * many, "<![CDATA[" * many, "&amp;" * many, "&" * many,
                            "<" * many, "<!--" * many, "[" * many, "<p a=" * many, "=?utf-8?q?" * many))  # fmt: skip
    return _utf8(text.replace("Avis", inside, 1))


def _whole(_: random.Random, text: str) -> bytes:
    return _utf8(text)


MUTATIONS: tuple[Mutation, ...] = (
    _whole, _truncated, _noisy, _shuffled, _wrong_charset, _laughing, _replaced, _replaced, _wrapped, _deep,
)  # fmt: skip


def mutated(seed: str, number: int) -> Iterator[tuple[str, bytes, str | None]]:
    """`number` feeds: a name that makes each again, its bytes, and the charset that the server says."""
    for n in range(number):
        chance = random.Random(f"{seed} {n}")
        kind, text = feed(chance)
        mutation = chance.choice(MUTATIONS)
        body = mutation(chance, text)
        if chance.random() < 0.1:
            body = chance.choice(MUTATIONS)(chance, body.decode("utf-8", "replace"))
        yield (
            f"{seed} {n} {kind}{mutation.__name__}",
            body,
            chance.choice((None, None, "utf-8", "iso-8859-1", "klingon")),
        )
