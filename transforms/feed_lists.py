"""Which feeds are meant: addresses, files, OPML lists and text lists with one of these a line."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypeAlias
from urllib.parse import urlsplit

from apache_beam.io.filesystem import BeamIOError
from apache_beam.io.filesystems import FileSystems
from lxml import etree

from transforms.addresses import web_address
from transforms.decoding import decode
from transforms.feed_parsing import is_opml
from transforms.feed_polls import is_local
from transforms.file_formats import extension
from transforms.files import match_files, open_decompressed
from transforms.rejects import RejectedError

MAX_DEPTH = 4
"""A list may name lists; one that names itself must end."""
_LIST_ENDINGS = (".txt", ".list", ".lst", ".urls")

Read: TypeAlias = Callable[[str], bytes]
"""The bytes behind an address of the web; raises RejectedError."""


@dataclass(frozen=True, slots=True)
class FeedName:
    """A feed, and where it was named.

    Args:
        url: address or path.
        error: why it cannot be used, or None.
        place: "feeds.opml", or "list.txt, line 3".
    """

    url: str
    place: str
    error: str | None = None


def named_feeds(names: Iterable[str], read: Read) -> list[FeedName]:
    """Every feed that `names` lead to, each once, and every name that leads nowhere, with its error.

    Args:
        names: http(s) addresses of feeds, or of lists if they end in .opml or .txt; paths, folders and globs of feed
            files, OPML files and text lists.
        read: for lists on the web.
    """
    found: dict[str, FeedName] = {}
    for name in names:
        for feed in _expand(name, "--feeds", "", read, 0):
            found.setdefault(feed.url, feed)
    return list(found.values())


def _expand(name: str, place: str, folder: str, read: Read, depth: int) -> Iterator[FeedName]:
    url = _web_scheme(name.strip())
    if depth > MAX_DEPTH:
        yield FeedName(url, place, "lists name each other in a circle, or more than four deep")
    elif is_local(url):
        yield from _expand_local(url, place, folder, read, depth)
    elif web_address(url) is None:
        yield FeedName(url, place, "this is no http or https address")
    elif PurePosixPath(urlsplit(url).path).suffix.lower() in (".opml", *_LIST_ENDINGS):
        try:
            body = read(url)
        except RejectedError as error:
            yield FeedName(url, place, f"the list cannot be fetched: {error.detail}")
            return
        yield from _expand_body(url, body, read, depth, folder="")
    else:
        yield FeedName(url, place)


def _web_scheme(name: str) -> str:
    """``feed:`` addresses, as browsers hand them out: ``feed://host/`` and ``feed:https://host/``."""
    lower = name.lower()
    if lower.startswith("feed://"):
        return "https://" + name[7:]
    return name[5:] if lower.startswith(("feed:http://", "feed:https://")) else name


def _expand_local(name: str, place: str, folder: str, read: Read, depth: int) -> Iterator[FeedName]:
    if "://" in name and FileSystems.get_scheme(name) not in (None, "gs", "s3", "hdfs", "file"):
        yield FeedName(name, place, "this is neither a path nor an http or https address")
        return
    path = FileSystems.join(folder, name) if folder and not name.startswith("/") else name
    try:
        files = match_files(path)
    except (BeamIOError, ValueError, OSError) as error:
        yield FeedName(name, place, f"this cannot be looked up: {error}")
        return
    if not files:
        yield FeedName(name, place, "there is no such file, and it is no http or https address")
    for file in files:
        try:
            with open_decompressed(file.path) as stream:
                head: bytes = stream.read(4096)
                body = head + (stream.read() if _is_list(file.path, head) else b"")
        except (OSError, BeamIOError) as error:
            # A feed that is damaged is a reject of the run, and hinders no other.
            unread = f"the list cannot be read: {error}" if _is_list_by_name(file.path) else None
            yield FeedName(file.path, place, unread)
            continue
        if _is_list(file.path, head):
            yield from _expand_body(file.path, body, read, depth, folder=file.path.rpartition("/")[0])
        else:
            yield FeedName(file.path, place)


def _is_list_by_name(path: str) -> bool:
    return extension(path)[0] in (".opml", *_LIST_ENDINGS)


def _is_list(path: str, head: bytes) -> bool:
    try:
        start = decode(head, markup=True).text.lstrip("\ufeff \t\n")
    except RejectedError:
        return _is_list_by_name(path)
    kind = extension(path)[0]
    if is_opml(start) or kind == ".opml":
        return True
    if kind == "":  # a feed may have words before its first element, and be called anything
        return not {"<", "{"} & set(start)
    return _is_list_by_name(path) and not start.startswith(("<", "{"))


def _expand_body(name: str, body: bytes, read: Read, depth: int, folder: str) -> Iterator[FeedName]:
    try:
        text = decode(body, markup=True).text
    except RejectedError as error:
        yield FeedName(name, name, f"the list cannot be read: {error.detail}")
        return
    if is_opml(text) or name.lower().endswith(".opml"):
        yield from opml_feeds(name, text)
        return
    for number, line in enumerate(text.split("\n"), 1):
        entry = line.strip()
        if entry and not entry.startswith("#"):
            yield from _expand(entry, f"{name}, line {number}", folder, read, depth + 1)


def opml_feeds(name: str, text: str) -> Iterator[FeedName]:
    """The feeds of an OPML list (OPML 2.0: every ``outline`` with an ``xmlUrl``, however deep)."""
    parser = etree.XMLParser(recover=False, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = (
            etree.fromstring(text.encode("utf-8", "replace"), parser)
            if "<?xml" not in text[:200]
            else _declared(text, parser)
        )
    except (etree.XMLSyntaxError, ValueError) as error:
        yield FeedName(name, name, f"the OPML is damaged: {error}")
        return
    outlines = [element for element in root.iter() if isinstance(element.tag, str) and element.tag.lower() == "outline"]
    addresses = [(element, _attribute(element, "xmlurl")) for element in outlines]
    if not any(address for _, address in addresses):
        yield FeedName(name, name, "the OPML names no feed: no outline has an xmlUrl")
    for element, address in addresses:
        if address is not None:
            place = f"{name}, line {element.sourceline}"
            url = _web_scheme(address.strip())
            valid = web_address(url) is not None
            yield FeedName(url, place, None if valid else "its xmlUrl is no http or https address")


def _declared(text: str, parser: etree.XMLParser) -> etree._Element:
    """The root of a text whose XML declaration names an encoding that it no longer has."""
    start = text.index("?>", text.index("<?xml")) + 2
    lines = "\n" * text.count("\n", 0, start)  # line numbers in errors stay those of the file
    return etree.fromstring((lines + text[start:]).encode("utf-8", "replace"), parser)


def _attribute(element: etree._Element, name: str) -> str | None:
    return next((str(value) for key, value in element.attrib.items() if str(key).lower() == name), None)
