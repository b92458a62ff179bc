"""Who published a document: the registered domain of its address, else the name it was given."""

from urllib.parse import urlsplit

import tldextract

# Private suffixes count: two blogs on one blog host are two publishers.
# The public suffix list that ships inside the package: no request at run time, the same answer everywhere.
_SUFFIXES = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def registered_domain(url: str | None) -> str | None:
    """The registered domain of an http(s) address ("https://www.bbc.co.uk/news" gives "bbc.co.uk"), or None.

    A host below no public suffix (an IP address, "localhost", an intranet name) is returned whole.
    """
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
    except ValueError:  # "http://[", an invalid IPv6 host
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    return _SUFFIXES(host).top_domain_under_public_suffix or host


def publisher(url: str | None, given_name: str | None) -> str | None:
    """The registered domain of `url`, else `given_name` without surrounding space, else None."""
    return registered_domain(url) or (given_name.strip() or None if given_name else None)
