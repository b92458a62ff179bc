"""Addresses of pages: absolute, without tracking parameters, and only of the web."""

from urllib.parse import SplitResult, urldefrag, urljoin, urlsplit

from courlan import clean_url

MAX_URL_CHARS = 2_048
MAX_VARIANT_CHARS = 6


def web_address(written: str | None, base: str | None = None) -> str | None:
    """An absolute http(s) address from one as written, relative to `base`; None for anything else."""
    if not written or len(written) > MAX_URL_CHARS:
        return None
    try:
        absolute = urljoin(base or "", written.strip())
        parts = urlsplit(absolute)
        host = parts.hostname
    except ValueError:  # "http://[", an invalid IPv6 host
        return None
    return absolute if parts.scheme in ("http", "https") and host else None


def canonical_address(written: str | None, base: str | None = None) -> str | None:
    """`web_address` with host in lower case, without fragment and tracking parameters (utm_…, fbclid, …)."""
    absolute = web_address(written, base)
    cleaned: str | None = clean_url(urldefrag(absolute).url) if absolute else None
    return cleaned or absolute


def is_home_page(url: str) -> bool:
    """Whether an address has neither path nor query: no article lives there, a template named it wrongly."""
    parts: SplitResult = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


def is_section_of(url: str, article_url: str) -> bool:
    """Whether `url` is a folder above `article_url`: the section that a template calls canonical for all its
    articles. What ends in a short segment ("/amp", "/2") is a variant of the article instead."""
    above, below = urlsplit(url).path.rstrip("/") + "/", urlsplit(article_url).path.rstrip("/")
    return below.startswith(above) and len(below) - len(above) > MAX_VARIANT_CHARS
