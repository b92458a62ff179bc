"""One HTTP request, safely: to an address that was checked, within caps of bytes and time, without identity.

urllib3 does HTTP. Reasons: it lets the caller connect to an IP address of his choice while TLS is still verified
against the host's name (documented as "Custom SNI hostname"), so that the address that was checked is the one
connected to; it gives bodies undecoded and piece by piece, so that both caps are ours; it keeps no cookies, follows
no redirects and reads no proxies from the environment unless told to; its connections are kept open for reuse. There
is one request at a time to a host, so HTTP/2 would have nothing to multiplex.
"""

import socket
import ssl
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPException
from urllib.parse import quote

from urllib3 import HTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from schemas.document import MAX_DOCUMENT_BYTES
from schemas.vocabulary import Reason
from transforms.compressed_bodies import ACCEPTED, CodingError, TooLargeError, read_body
from transforms.rejects import RejectedError
from transforms.safe_addresses import Resolve, Target, check_target, resolve_host

USER_AGENT = "Depeche/0.1 (news feed reader)"
_PIECE_BYTES = 1 << 16
_SAFE_IN_PATH = "/%:@!$&'()*+,;=~-._?"


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps of one request.

    Args:
        max_bytes: bytes of the body as sent.
        max_decoded_bytes: bytes of the body unpacked; no document may be larger either.
        connect_secs: time to connect and shake hands.
        silence_secs: time without a byte.
        total_secs: time from connecting to the last byte, however steadily it drips.
        max_idle_connections: connections kept open.
    """

    max_bytes: int = 10_000_000
    max_decoded_bytes: int = MAX_DOCUMENT_BYTES
    connect_secs: float = 10.0
    silence_secs: float = 15.0
    total_secs: float = 60.0
    max_idle_connections: int = 32


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered. Header names are in lower case, of repeated headers the values are joined."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str | None:
        """``charset`` of Content-Type (RFC 9110, 8.3.2), or None."""
        for parameter in self.headers.get("content-type", "").split(";")[1:]:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "charset":
                return value.strip().strip("\"'") or None
        return None


class UnreachableError(RejectedError):
    """The host did not resolve, could not be connected to or broke off before it answered: the next request to it
    would fare no better now."""

    def __init__(self, detail: str) -> None:
        super().__init__(Reason.FETCH_FAILED, detail, retryable=True)


class StaleConnectionError(UnreachableError):
    """A connection that was kept open broke off before the answer. The server may have closed it before it had the
    request, so that asking once more is right (RFC 9112, 9.3.1), or after it: it counts as a request."""


@dataclass
class Fetcher:
    """Sends requests. Safe for several threads, as long as no two ask the same host at once (see `hosts`).

    Args:
        limits: caps of each request.
        user_agent: how the requests name themselves (RFC 9309, 2.2.1: also the name for robots.txt).
        allow_loopback: for tests only.
        resolve: host name to IP addresses.
        connected: called with the IP address of every connection that is made, before a byte is sent.
    """

    limits: Limits = field(default_factory=Limits)
    user_agent: str = USER_AGENT
    allow_loopback: bool = False
    resolve: Resolve = resolve_host
    connected: Callable[[str], None] | None = None

    def __post_init__(self) -> None:
        self._idle: OrderedDict[tuple[str, str, int], HTTPConnection] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """The answer to one GET; a redirect is an answer like others and not followed.

        Raises:
            RejectedError: FETCH_REFUSED for an address that must not be fetched, FETCH_FAILED for an answer that is
                cut, damaged, too large or too slow; `UnreachableError` where there was none, and as
                `StaleConnectionError` where that may be due to a connection that was kept open.
        """
        try:
            target = check_target(url, self.resolve, allow_loopback=self.allow_loopback)
        except RejectedError as error:
            raise (UnreachableError(error.detail) if error.retryable else error) from error
        sent = {"User-Agent": self.user_agent, "Accept-Encoding": ACCEPTED, "Accept": "*/*", **(headers or {})}
        idle = self._take(target)
        if idle is not None:
            try:
                return self._ask(idle, target, url, sent)
            except UnreachableError as error:
                raise StaleConnectionError(error.detail) from error
        return self._ask(self._connect(target), target, url, sent)

    def close(self) -> None:
        """Close the idle connections."""
        with self._lock:
            for connection in self._idle.values():
                connection.close()
            self._idle.clear()

    def _take(self, target: Target) -> HTTPConnection | None:
        with self._lock:
            connection = self._idle.pop((target.scheme, target.host, target.port), None)
        # A name may have moved: what is reused must be one of the addresses of today.
        if connection is not None and connection.host in target.addresses and connection.is_connected:
            return connection
        if connection is not None:
            connection.close()
        return None

    def _keep(self, target: Target, connection: HTTPConnection) -> None:
        with self._lock:
            self._idle[target.scheme, target.host, target.port] = connection
            if len(self._idle) > self.limits.max_idle_connections:
                self._idle.popitem(last=False)[1].close()

    def _connect(self, target: Target) -> HTTPConnection:
        problem: Exception | None = None
        for address in target.addresses[:3]:
            connection = _connection(target, address, self.limits.connect_secs)
            if self.connected is not None:
                self.connected(address)
            try:
                connection.connect()  # its timeout holds for the whole of a TLS handshake
                return connection
            except (HTTPError, OSError) as error:
                connection.close()
                problem = error
        raise UnreachableError(f"{target.host} cannot be connected to: {problem}") from problem

    def _ask(self, connection: HTTPConnection, target: Target, url: str, headers: Mapping[str, str]) -> Answer:
        deadline = _Deadline(connection, self.limits.total_secs)
        response: HTTPResponse | None = None
        try:
            with deadline:
                connection.timeout = self.limits.silence_secs
                path = quote(target.path, safe=_SAFE_IN_PATH)
                sent = {"Host": target.host_header, **headers}
                connection.request("GET", path, headers=sent, preload_content=False, decode_content=False)
                response = connection.getresponse()
                coding = response.headers.get("Content-Encoding", "")
                body = read_body(_pieces(response), coding, self.limits.max_bytes, self.limits.max_decoded_bytes)
        except (HTTPError, HTTPException, OSError, CodingError, TooLargeError, ValueError) as error:
            connection.close()
            if deadline.passed:
                raise self._too_slow(url, answered=response is not None) from error
            if response is None:
                raise UnreachableError(f"{url} was not answered: {_words(error)}") from error
            raise RejectedError(
                Reason.FETCH_FAILED, f"the answer of {url} cannot be used: {_words(error)}", retryable=True
            ) from error
        if deadline.passed:
            connection.close()
            raise self._too_slow(url, answered=True)
        if response.headers.get("Connection", "").lower() == "close" or connection.sock is None:
            connection.close()
        else:
            self._keep(target, connection)
        found = {name.lower(): value for name, value in response.headers.items()}
        return Answer(url, response.status, found, body)

    def _too_slow(self, url: str, *, answered: bool) -> RejectedError:
        detail = f"{url} was not answered within {self.limits.total_secs:g} seconds"
        return RejectedError(Reason.FETCH_FAILED, detail, retryable=True) if answered else UnreachableError(detail)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _pieces(response: HTTPResponse) -> Iterator[bytes]:
    while piece := response.read1(_PIECE_BYTES, decode_content=False):
        yield piece


@cache
def _tls() -> ssl.SSLContext:
    """The system's certificates, verified, TLS 1.2 and up (Python's defaults); the name is checked by urllib3."""
    return ssl.create_default_context()


def _connection(target: Target, address: str, timeout: float) -> HTTPConnection:
    if target.scheme == "http":
        return HTTPConnection(address, target.port, timeout=timeout)
    return HTTPSConnection(
        address,
        target.port,
        timeout=timeout,
        ssl_context=_tls(),
        server_hostname=target.host,
        assert_hostname=target.host,
    )


class _Deadline:
    """Shuts a connection's socket when the time is over: also a server that drips a byte a second, which no
    timeout of single reads ever sees, comes to an end. `passed` says that it did."""

    def __init__(self, connection: HTTPConnection, secs: float) -> None:
        # Taken now: http.client hands the socket over to an answer that ends with the connection.
        self._sock = connection.sock
        self._timer = threading.Timer(secs, self._end)
        self._timer.daemon = True
        self.passed = False

    def __enter__(self) -> "_Deadline":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _end(self) -> None:
        self.passed = True
        if self._sock is not None:
            try:
                # On the bare socket: shutting the TLS layer would wait for the reading thread.
                socket.socket.shutdown(self._sock, socket.SHUT_RDWR)
            except OSError:
                return  # already closed
