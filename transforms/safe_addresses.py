"""Which network addresses may be connected to. The caller of a feed's link is a stranger: this is the fence."""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from schemas.vocabulary import Reason
from transforms.addresses import MAX_URL_CHARS
from transforms.rejects import RejectedError

IPAddress: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve: TypeAlias = Callable[[str, int], Sequence[str]]
"""Host name and port in, IP addresses as text out; raises OSError where the name does not resolve."""

_SPECIAL = (ipaddress.IPv4Network("192.0.0.0/24"), ipaddress.IPv4Network("192.88.99.0/24"))
"""Protocol assignments and 6to4 relays, which `ipaddress` calls global in some versions of Python."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.IPv6Network("64:ff9b:1::/48")
_IPV4_COMPATIBLE = ipaddress.IPv6Network("::/96")
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: the parts of an address that was checked, with the IP addresses that it may use."""

    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]

    @property
    def host_header(self) -> str:
        """Value of ``Host`` (RFC 9110, 7.2): the port only where it is not the usual one."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _PORTS[self.scheme] else f"{name}:{self.port}"


def is_public(address: IPAddress) -> bool:
    """Whether `address` is a host of the public Internet.

    Not: private (RFC 1918, RFC 4193), loopback, link-local and with it the metadata services of clouds
    (169.254.169.254), multicast, reserved, shared (RFC 6598), unspecified, and everything else that IANA's
    special-purpose registries do not call global. An IPv6 address that carries an IPv4 one (mapped, compatible,
    6to4, Teredo, NAT64) is as public as that.
    """
    if isinstance(address, ipaddress.IPv4Address):
        special = address.is_multicast or address.is_reserved or any(address in network for network in _SPECIAL)
        return address.is_global and not special
    carried = _carried(address)
    if carried is not None:
        return all(is_public(inner) for inner in carried)
    return address in _GLOBAL_UNICAST and address.is_global and not address.is_multicast and not address.is_reserved


def _carried(address: ipaddress.IPv6Address) -> tuple[ipaddress.IPv4Address, ...] | None:
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return address.teredo
    if address in _NAT64 or address in _NAT64_LOCAL or address in _IPV4_COMPATIBLE:
        return (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF),)
    return None


def resolve_host(host: str, port: int) -> Sequence[str]:
    """All IP addresses of a host name, as the system's resolver gives them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(info[4][0]) for info in found]


def check_target(url: str, resolve: Resolve = resolve_host, *, allow_loopback: bool = False) -> Target:
    """Where a request for `url` goes, if it may.

    The name is resolved here, once; the connection is then made to one of these very addresses, so that a name
    server cannot show one address to the check and another to the connection (DNS rebinding). A name of which
    even one address is forbidden is refused. User names and passwords in the address are never sent.

    Args:
        allow_loopback: for tests: 127.0.0.0/8 and ::1 may be connected to as well.

    Raises:
        RejectedError: FETCH_REFUSED for what must not be fetched, FETCH_FAILED (retryable) where the name does
            not resolve.
    """
    if len(url) > MAX_URL_CHARS:
        raise refused(f"the address has {len(url)} characters, {MAX_URL_CHARS} are allowed")
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), parts.hostname, parts.port
    except ValueError as error:
        raise refused(f"{url!r} is no address: {error}") from error
    if scheme not in _PORTS:
        raise refused(f"{url!r} is not http or https")
    if not host:
        raise refused(f"{url!r} names no host")
    name = _ascii_host(host)
    port = _PORTS[scheme] if port is None else port
    try:
        texts = (name,) if _is_address(name) else tuple(dict.fromkeys(resolve(name, port)))
    except (OSError, UnicodeError) as error:
        raise RejectedError(
            Reason.FETCH_FAILED, f"the host {name!r} does not resolve: {error}", retryable=True
        ) from error
    if not texts:
        raise RejectedError(Reason.FETCH_FAILED, f"the host {name!r} has no address", retryable=True)
    for text in texts:
        address = ipaddress.ip_address(text.partition("%")[0])
        if not is_public(address) and not (allow_loopback and _is_loopback(address)):
            raise refused(f"the host {name!r} has the address {text}, which is not one of the public Internet")
    path = parts.path or "/"
    return Target(scheme, name, port, path + (f"?{parts.query}" if parts.query else ""), texts)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(address: IPAddress) -> bool:
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _ascii_host(host: str) -> str:
    try:
        return (
            host.rstrip(".").encode("idna").decode("ascii").lower() if not host.isascii() else host.rstrip(".").lower()
        )
    except UnicodeError as error:
        raise refused(f"{host!r} is no host name: {error}") from error


def host_of(url: str) -> str:
    """The host name of an address in lower case, "" if it has none: what politeness goes by."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def refused(detail: str) -> RejectedError:
    """The refusal of an address; another attempt will not help."""
    return RejectedError(Reason.FETCH_REFUSED, detail)
