"""Who published a document: the registered domain of its address, else the name it was given."""

from urllib.parse import urlsplit

import tldextract

# Private suffixes count: two blogs on one blog host are two publishers.
# The public suffix list that ships inside the package: no request at run time, the same answer everywhere.
_SUFFIXES = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def registered_domain(url: str | None) -> str | None:
    """The registered domain of an http(s) address ("https://www.bbc.co.uk/news" gives "bbc.co.uk"), or None.

    An IP address and a host of one label ("localhost") are returned whole. Under a top-level domain that the list
    does not know, the last two labels count, as the list's algorithm says (publicsuffix.org/list, rule "*").
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
    found = _SUFFIXES(host)
    if found.suffix or found.ipv4 or found.ipv6:
        return found.top_domain_under_public_suffix or host
    return ".".join(host.split(".")[-2:])


def publisher(url: str | None, given_name: str | None) -> str | None:
    """The registered domain of `url`, else `given_name` without surrounding space, else None."""
    return registered_domain(url) or (given_name.strip() or None if given_name else None)
