"""Requests to a real server that misbehaves in every way: each attack ends in a reason, and none leaves the fence."""

import gzip
import ipaddress
import itertools
import socket
import threading
import zlib

import brotli
import pytest
from webserver import Reply, Site

from schemas.vocabulary import Reason
from transforms.compressed_bodies import CodingError, TooLargeError, read_body
from transforms.fetching import Answer, Fetcher, Limits, UnreachableError
from transforms.rejects import RejectedError
from transforms.safe_addresses import check_target, is_public

SMALL = Limits(max_bytes=200_000, max_decoded_bytes=400_000, connect_secs=2, silence_secs=0.4, total_secs=0.8)


@pytest.fixture
def site():
    server = Site()
    yield server
    server.close()


@pytest.fixture
def fetcher():
    fetcher = Fetcher(SMALL, allow_loopback=True)
    yield fetcher
    fetcher.close()


def reason_of(fetcher: Fetcher, url: str) -> tuple[Reason, str]:
    with pytest.raises(RejectedError) as error:
        fetcher.get(url)
    return error.value.reason, error.value.detail


def test_get__plain_page(site, fetcher):
    site.routes["/a?b=%C3%A9"] = Reply(
        body=b"bonjour", headers={"Content-Type": "text/html; charset='utf-8'", "ETag": '"1"'}
    )
    answer = fetcher.get(site.url("/a?b=é#haut"))
    assert (answer.status, answer.body, answer.media_type, answer.charset) == (200, b"bonjour", "text/html", "utf-8")
    assert answer.headers["etag"] == '"1"'


def test_get__sends_no_identity(site, fetcher):
    site.routes["/"] = Reply(headers={"Set-Cookie": "id=1", "WWW-Authenticate": "Basic"}, status=401)
    for _ in range(2):
        fetcher.get(site.url("/").replace("127.0.0.1", "moi:secret@127.0.0.1"))
    for request in site.requests:
        assert not {"cookie", "authorization", "referer", "proxy-authorization"} & set(request.headers)
        assert "secret" not in str(request)
        assert request.headers["user-agent"].startswith("Depeche/")


def test_get__again__uses_the_same_connection(site):
    opened = []
    fetcher = Fetcher(SMALL, allow_loopback=True, connected=opened.append)
    site.routes["/"] = Reply(body=b"x")
    for _ in range(3):
        assert fetcher.get(site.url("/")).body == b"x"
    fetcher.close()
    assert opened == ["127.0.0.1"]


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "raw deflate", "br", "identity", ""])
def test_get__content_codings(site, fetcher, coding):
    text = b"Le port rouvre lundi. " * 5_000
    raw = zlib.compressobj(wbits=-15)
    packed = {
        "gzip": gzip.compress(text[:50]) + gzip.compress(text[50:]) + b"\0\0",
        "x-gzip": gzip.compress(text),
        "deflate": zlib.compress(text),
        "raw deflate": raw.compress(text) + raw.flush(),
        "br": brotli.compress(text),
    }.get(coding, text)
    headers = {"Content-Encoding": coding.replace("raw ", "")} if coding else {}
    site.routes["/"] = Reply(body=packed, headers=headers)
    assert fetcher.get(site.url("/")).body == text


def endless():
    return itertools.repeat(b"x" * 10_000)


BOMB = b"\0" * 50_000_000
ATTACKS = {
    "gzip bomb": (
        Reply(body=gzip.compress(BOMB), headers={"Content-Encoding": "gzip"}),
        "unpacked body is larger than 400000",
    ),
    "deflate bomb": (
        Reply(body=zlib.compress(BOMB), headers={"Content-Encoding": "deflate"}),
        "unpacked body is larger",
    ),
    "brotli bomb": (Reply(body=brotli.compress(BOMB), headers={"Content-Encoding": "br"}), "unpacked body is larger"),
    "endless body": (Reply(drip=endless()), "the body is larger than 200000"),
    "dripping body": (Reply(drip=itertools.repeat(b"x"), pause=0.05), "not answered within 0.8 seconds"),
    "silent body": (Reply(drip=[b"x", b"x"], pause=1.0), "cannot be used"),
    "cut body": (Reply(body=b"x" * 10, content_length=100), "IncompleteRead"),
    "cut chunk": (Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nxx"), "cannot be used"),
    "cut gzip": (
        Reply(body=gzip.compress(BOMB[:100_000])[:-20], headers={"Content-Encoding": "gzip"}),
        "ends too early",
    ),
    "false gzip": (Reply(body=b"rien", headers={"Content-Encoding": "gzip"}), "is not the gzip it is said to be"),
    "false brotli": (Reply(body=b"\xff" * 9, headers={"Content-Encoding": "br"}), "is not the br it is said to be"),
    "unknown coding": (Reply(body=b"rien", headers={"Content-Encoding": "gzip, br"}), "was not asked for"),
    "no HTTP": (Reply(raw=b"SSH-2.0-OpenSSH_9.6\r\n"), "was not answered: "),
    "nothing": (Reply(raw=b""), "was not answered: "),
    "endless header": (Reply(raw=b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000), "was not answered: "),
    "many headers": (Reply(raw=b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 500 + b"\r\n"), "was not answered: "),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_get__attack__fails_with_its_reason(site, fetcher, name):
    site.routes["/"], words = ATTACKS[name]
    reason, detail = reason_of(fetcher, site.url("/"))
    assert reason is Reason.FETCH_FAILED
    assert words in detail


def test_get__headers_that_drip__end_with_the_deadline(fetcher):
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                try:
                    for _ in range(40):
                        connection.send(b"X")
                        stop.wait(0.05)
                except OSError:
                    return

        stop = threading.Event()
        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        with pytest.raises(UnreachableError, match=r"not answered within 0\.8 seconds"):
            fetcher.get(f"http://127.0.0.1:{listener.getsockname()[1]}/")
        stop.set()
        thread.join(3)


def test_get__tls_that_cannot_be_verified__is_no_answer(site, fetcher):
    with pytest.raises(UnreachableError):
        fetcher.get(site.url("/").replace("http:", "https:"))
    assert site.requests == []


def test_get__host_that_is_not_there__is_unreachable(fetcher):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(UnreachableError, match="cannot be connected to"):
        fetcher.get(f"http://127.0.0.1:{port}/")


FORBIDDEN = [
    "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "fe80::1",
    "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "2001:0:4136:e378:8000:63bf:80ff:fffe", "100::1", "5f00::1",
]  # fmt: skip


@pytest.mark.parametrize("address", FORBIDDEN)
def test_is_public__special_addresses__are_not(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "193.51.24.1", "2a00:1450:4007:80c::200e", "::ffff:8.8.8.8", "2002:808:808::1"]
)
def test_is_public__public_addresses__are(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://quais.example/",
        "gopher://127.0.0.1:70/_x",
        "data:text/html,x",
        "javascript:alert(1)",
        "http://",
        "http:///x",
        "http://[::1",
        "http://quais.example:99999/",
        "http://a..b\u2024example/",
        "//quais.example/",
        "http://quais.example/" + "x" * 3_000,
    ],
    ids=lambda url: url[:30],
)
def test_check_target__that_is_no_web_address__is_refused_unresolved(url):
    def resolve(*_):
        raise AssertionError("resolved")

    with pytest.raises(RejectedError) as error:
        check_target(url, resolve)
    assert error.value.reason is Reason.FETCH_REFUSED


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "2130706433", "0x7f.1", "017700000001", "127.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0"],
)
def test_get__this_machine_in_every_spelling__is_refused(site, host):
    reason, _ = reason_of(Fetcher(SMALL), f"http://{host}:{site.port}/")
    assert (reason, site.requests) == (Reason.FETCH_REFUSED, [])


def test_get__name_with_one_forbidden_address__is_refused(site):
    fetcher = Fetcher(SMALL, resolve=lambda *_: ["8.8.8.8", "10.0.0.1"])
    assert reason_of(fetcher, "http://quais.example/") == (
        Reason.FETCH_REFUSED,
        "the host 'quais.example' has the address 10.0.0.1, which is not one of the public Internet",
    )


def test_get__name_that_changes_its_address__is_connected_to_the_one_checked(site):
    """DNS rebinding: the second answer of the name server is forbidden, and is never asked for."""
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    opened = []
    fetcher = Fetcher(SMALL, allow_loopback=True, resolve=lambda *_: next(answers), connected=opened.append)
    site.routes["/"] = Reply(body=b"x")
    assert fetcher.get(site.url("/", "rebind.example")).body == b"x"
    reason, _ = reason_of(fetcher, site.url("/", "rebind.example"))
    assert (reason, opened) == (Reason.FETCH_REFUSED, ["127.0.0.1"])


def test_get__name_that_does_not_resolve__may_be_tried_again():
    def resolve(*_):
        raise socket.gaierror("Name or service not known")

    with pytest.raises(UnreachableError) as error:
        Fetcher(SMALL, resolve=resolve).get("http://quais.example/")
    assert error.value.retryable


def test_answer__without_charset():
    assert Answer("u", 200, {"content-type": "text/html; charset="}, b"").charset is None
    assert Answer("u", 200, {}, b"").charset is None


@pytest.mark.parametrize("size", [1, 7, 65_536, 65_537, 200_000])
@pytest.mark.parametrize("coding", ["gzip", "br", "deflate"])
def test_read_body__in_pieces_of_any_size__is_whole(coding, size):
    text = bytes(range(256)) * 3_000 + b"\0" * 300_000
    pack = {"gzip": gzip.compress, "br": brotli.compress, "deflate": zlib.compress}[coding]
    packed = pack(text)
    step = max(size * len(packed) // len(text), 1) if size == 1 else size
    pieces = [packed[i : i + step] for i in range(0, len(packed), step)]
    assert read_body(pieces, coding, 10**7, 10**7) == text


def test_read_body__at_the_cap__is_allowed():
    assert len(read_body([b"x" * 100], "", 100, 100)) == 100
    with pytest.raises(TooLargeError):
        read_body([b"x" * 101], "", 100, 100)
    with pytest.raises(CodingError):
        read_body([b"x"], "zstd", 100, 100)
