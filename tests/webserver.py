"""A real HTTP server on loopback that plays the web: any host name, any behaviour, and a book of every request."""

import socketserver
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Request:
    """One request as it came; `kept` on a connection that had served another one."""

    host: str
    path: str
    headers: dict[str, str]
    kept: bool = False


@dataclass
class Reply:
    """What the server answers.

    Args:
        raw: sent instead of a well-formed answer, and the connection closed.
        drip: pieces sent one by one, `pause` seconds apart, until they or the client's patience end.
        whole: with `drip`: send a Content-Length that is never reached.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    drip: Iterable[bytes] | None = None
    pause: float = 0.0
    content_length: int | None = None


Route = Reply | Callable[[Request], Reply]


class Site:
    """The server. Routes are looked up by (host, path), then by path.

    Args:
        address: of the loopback network.
        look_secs: so often it looks whether it is closed; with many servers in one process that takes time.
    """

    def __init__(self, address: str = "127.0.0.1", look_secs: float = 0.01) -> None:
        self.address = address
        self.routes: dict[tuple[str, str] | str, Route] = {}
        self.otherwise: Route = Reply(404)
        self.requests: list[Request] = []
        self.at_once: dict[str, int] = {}
        self.most_at_once: dict[str, int] = {}
        self.lock = threading.Lock()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.answer(self)

            def log_message(self, *_: object) -> None:
                return

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                return  # clients that hang up are part of the play

        socketserver.TCPServer.allow_reuse_address = True
        self._server = Server((address, 0), Handler)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(look_secs,), daemon=True)
        self._thread.start()

    def url(self, path: str = "/", host: str | None = None) -> str:
        return f"http://{host or self.address}:{self.port}{path}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        host = handler.headers.get("Host", "").partition(":")[0]
        kept = hasattr(handler, "served")  # there is one handler for each connection
        handler.served = True  # type: ignore[attr-defined]
        request = Request(host, handler.path, {k.lower(): v for k, v in handler.headers.items()}, kept)
        with self.lock:
            self.requests.append(request)
            self.at_once[host] = self.at_once.get(host, 0) + 1
            self.most_at_once[host] = max(self.most_at_once.get(host, 0), self.at_once[host])
        try:
            route = self.routes.get((host, handler.path)) or self.routes.get(handler.path) or self.otherwise
            reply = route(request) if callable(route) else route
        finally:
            with self.lock:
                self.at_once[host] -= 1
        send(handler, reply)


def send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    if reply.raw is not None:
        handler.wfile.write(reply.raw)
        handler.close_connection = True
        return
    handler.send_response(reply.status)
    for name, value in reply.headers.items():
        handler.send_header(name, value)
    if reply.drip is None:
        length = len(reply.body) if reply.content_length is None else reply.content_length
        handler.send_header("Content-Length", str(length))
        handler.end_headers()
        if reply.status != 304:
            handler.wfile.write(reply.body)
        handler.close_connection |= length != len(reply.body)
        return
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.close_connection = True
    for piece in reply.drip:
        handler.wfile.write(piece)
        handler.wfile.flush()
        time.sleep(reply.pause)
