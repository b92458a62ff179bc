"""Bodies without their content coding, never larger than a cap, however much is packed into them."""

import zlib
from collections.abc import Iterable, Iterator
from typing import Protocol

import brotli

ACCEPTED = "gzip, deflate, br"
"""Value of ``Accept-Encoding``. zstd is left out: no server of feeds speaks only that."""
_STEP_BYTES = 1 << 16


class CodingError(ValueError):
    """The body is damaged, ends too early, or is in a coding that was not asked for."""


class TooLargeError(ValueError):
    """The body has more bytes than are allowed."""


class _Decoder(Protocol):
    def feed(self, piece: bytes) -> Iterator[bytes]: ...
    def finish(self) -> None: ...


class _Identity:
    def feed(self, piece: bytes) -> Iterator[bytes]:
        yield piece

    def finish(self) -> None:
        return


class _Zlib:
    """gzip, also several members in a row, and deflate with or without zlib's frame (RFC 9110, 8.4.1.2, note)."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._started = False
        self._inflate = zlib.decompressobj(wbits=31 if gzip else 15)

    def feed(self, piece: bytes) -> Iterator[bytes]:
        while True:
            if not self._started and piece:
                self._started = True
                if not self._gzip and piece[0] & 0x0F != 8:
                    self._inflate = zlib.decompressobj(wbits=-15)
            unpacked = self._inflate.decompress(piece, _STEP_BYTES)
            yield unpacked
            piece = self._inflate.unconsumed_tail
            if self._inflate.eof:
                piece = self._inflate.unused_data
                if not (self._gzip and piece.startswith(b"\x1f\x8b")):
                    return  # padding behind the last member
                self._inflate = zlib.decompressobj(wbits=31)
            elif not piece and len(unpacked) < _STEP_BYTES:
                return

    def finish(self) -> None:
        if self._started and not self._inflate.eof:
            raise CodingError("the compressed body ends too early")


class _Brotli:
    def __init__(self) -> None:
        self._started = False
        self._decoder = brotli.Decompressor()

    def feed(self, piece: bytes) -> Iterator[bytes]:
        self._started = True
        while unpacked := self._decoder.process(piece, output_buffer_limit=_STEP_BYTES):
            yield unpacked
            piece = b""

    def finish(self) -> None:
        if self._started and not self._decoder.is_finished():
            raise CodingError("the compressed body ends too early")


def read_body(pieces: Iterable[bytes], coding: str, max_bytes: int, max_decoded_bytes: int) -> bytes:
    """All of a body, decoded. Bombs are seen piece by piece: at most 64 KiB beyond the cap are ever unpacked.

    Args:
        coding: value of ``Content-Encoding``.
        max_bytes, max_decoded_bytes: caps before and after decoding.

    Raises:
        CodingError: see there.
        TooLargeError: with the cap that was passed.
    """
    decoder = _decoder(coding)
    out, read, decoded = [], 0, 0
    try:
        for piece in pieces:
            read += len(piece)
            if read > max_bytes:
                raise TooLargeError(f"the body is larger than {max_bytes} bytes")
            for part in decoder.feed(piece):
                decoded += len(part)
                if decoded > max_decoded_bytes:
                    raise TooLargeError(f"the unpacked body is larger than {max_decoded_bytes} bytes")
                out.append(part)
        decoder.finish()
    except (zlib.error, brotli.error) as error:
        raise CodingError(f"the body is not the {coding} it is said to be: {error}") from error
    return b"".join(out)


def _decoder(coding: str) -> _Decoder:
    name = coding.strip().lower()
    if name in ("", "identity"):
        return _Identity()
    if name in ("gzip", "x-gzip", "deflate"):
        return _Zlib(gzip=name != "deflate")
    if name == "br":
        return _Brotli()
    raise CodingError(f"the body is coded as {coding[:40]!r}, which was not asked for")
