"""The headline of an article: which of a page's many titles, and without the publisher's name behind it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from schemas.vocabulary import TitleSource
from transforms.boilerplate import SENTENCE_END, ends_sentence, fold
from transforms.json_ld import text
from transforms.page import Page

MAX_TITLE_CHARS = 400
MIN_STEM_CHARS = 20
MAX_HEADINGS = 2
_META = ("og:title", "twitter:title", "headline", "title", "dc.title", "citation_title", "parsely-title")
_SEPARATOR = re.compile(r"\s+[|–—·•»«:~›<>/-]+\s+|\s*[|｜ㅣ]\s*|\s+::\s+")
_WORD = re.compile(r"\w+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_QUOTES = str.maketrans("‘’‚‛“”„‟«»", '\'\'\'\'""""""')


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A title, what kind of source it came from, and the tag or key."""

    title: str
    source: TitleSource
    place: str


def comparable(title: str) -> str:
    """A title with spacing, quotation marks and case folded, to compare titles by."""
    return " ".join(_INVISIBLE.sub("", title).translate(_QUOTES).split()).casefold()


def page_title(page: Page, site_names: Iterable[str]) -> tuple[str | None, TitleSource | None]:
    """The headline of a page and where it came from.

    - A wording that two of JSON-LD, social-media tags and headings share is the headline;
    - but a site without ``twitter:title`` writes no wording for social media: its ``og:title`` is the editors'
      own, and what headings and JSON-LD share against it is the one for search engines;
    - else the first of JSON-LD, ``og:title``, other meta tags, ``<h1>``, ``<title>``.

    What a title has before or behind a separator goes if it is a name of the site, or if the rest alone is
    another of the page's titles. A title that was cut short gives way to the whole one.
    """
    names = {fold(name) for name in site_names if name}
    candidates = list(_candidates(page))
    wordings = {comparable(candidate.title) for candidate in candidates}
    titles = [
        replace(candidate, title=strip_site(candidate.title, names, wordings - {comparable(candidate.title)}))
        for candidate in candidates
    ]
    titles = [candidate for candidate in titles if fold(candidate.title) not in names]
    chosen = _own_wording(titles) or _shared_wording(titles) or next(iter(titles), None)
    if chosen is None:
        return None, None
    return _whole(chosen.title, [other.title for other in titles]), chosen.source


def page_titles(page: Page, title: str | None) -> tuple[str, ...]:
    """Every wording that the page uses as the article's title; a page with many ``<h1>`` has subheadings in them."""
    candidates = list(_candidates(page))
    many = sum(candidate.place == "h1" for candidate in candidates) > MAX_HEADINGS
    wanted = comparable(title or "")
    kept = (c.title for c in candidates if not (many and c.place == "h1" and wanted not in comparable(c.title)))
    return tuple(dict.fromkeys([*([title] if title else []), *kept]))


def _own_wording(titles: Sequence[_Candidate]) -> _Candidate | None:
    if any(candidate.place == "twitter:title" for candidate in titles):
        return None
    return (
        next((candidate for candidate in titles if candidate.place == "og:title"), None)
        if _shared_wording(titles)
        else None
    )


def _shared_wording(titles: Sequence[_Candidate]) -> _Candidate | None:
    sources: dict[str, set[TitleSource]] = {}
    for candidate in titles:
        if candidate.place != "title":
            sources.setdefault(comparable(candidate.title), set()).add(candidate.source)
    return next((c for c in titles if len(sources.get(comparable(c.title), ())) > 1), None)


def _whole(title: str, others: Iterable[str]) -> str:
    """The title that `title` is a cut-short form of, or itself."""
    stem = title.rstrip(". …\u00a0")
    if not title.endswith(("...", "…")) or len(stem) < MIN_STEM_CHARS:
        return title
    return next((other for other in others if len(other) > len(title) and other.startswith(stem)), title)


def _candidates(page: Page) -> Iterator[_Candidate]:
    """All titles of the page, in order of precedence."""
    headline = text(page.article, "headline") or text(page.article, "name")
    if headline:
        yield _Candidate(headline[:MAX_TITLE_CHARS], TitleSource.JSON_LD, "headline")
    for key in _META:
        for value in page.meta.get(key, ())[:1]:
            yield _Candidate(value[:MAX_TITLE_CHARS], TitleSource.META, key)
    for place, elements in (("h1", page.tree.iter("h1")), ("title", page.tree.xpath("/html/head//title[1]"))):
        for element in elements:
            words = " ".join(element.text_content().split())
            if 0 < len(words) <= MAX_TITLE_CHARS:
                yield _Candidate(words, TitleSource.HTML, place)


def strip_site(title: str, site_names: AbstractSet[str], wordings: AbstractSet[str] = frozenset()) -> str:
    """`title` without a site's name before or behind a separator."""
    stripped = " ".join(title.split())
    for match in reversed(list(_SEPARATOR.finditer(stripped))):
        head, tail = stripped[: match.start()].strip(), stripped[match.end() :].strip()
        if head and (fold(tail) in site_names or comparable(head) in wordings):
            stripped = head
        elif tail and fold(head) in site_names:
            stripped = tail
    return stripped


def headline_of_text(plain: str) -> str | None:
    """The first line of a plain text if it looks like a headline: at most 200 code points and three words or
    more, no full stop, comma or colon at its end, beginning like a headline, with a longer text below it."""
    head, _, body = plain.lstrip("\n").partition("\n")
    line = head.strip()
    first = next((c for c in line if c.isalnum()), "")
    if (
        not line
        or len(line) > 200
        or len(_WORD.findall(line)) < 3
        or not (first.isupper() or first.isdigit() or not first.islower())
    ):
        return None
    bare = line.rstrip("\"'”’»)] \u00a0")
    if bare.endswith((".", ":", ";", ",", "…")) or any(end + " " in bare[:-1] for end in SENTENCE_END if end != "."):
        return None
    following = next((other.strip() for other in body.split("\n") if other.strip()), "")
    if len(body.strip()) < 2 * len(line) or not ends_sentence(following):
        return None
    return " ".join(line.split())
