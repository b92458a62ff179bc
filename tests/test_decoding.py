"""Bytes become the characters that their author wrote."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.vocabulary import Reason
from transforms.decoding import Decoded, decode
from transforms.rejects import RejectedError

SENTENCE = "L'été dernier, le préfet a déclaré qu'il n'était « pas inquiet »."


@pytest.mark.parametrize(
    ("payload", "charset", "markup", "expected"),
    [
        pytest.param(SENTENCE.encode(), None, False, Decoded(SENTENCE, False), id="utf-8"),
        pytest.param(b"\xef\xbb\xbf" + SENTENCE.encode(), None, False, Decoded(SENTENCE, False), id="utf-8-with-mark"),
        pytest.param(SENTENCE.encode("utf-16"), None, False, Decoded(SENTENCE, False), id="utf-16-with-mark"),
        pytest.param(SENTENCE.encode("utf-16-le"), None, False, Decoded(SENTENCE, False), id="utf-16-le-bare"),
        pytest.param(
            SENTENCE.encode("utf-16-be"), "utf-8", False, Decoded(SENTENCE, False), id="utf-16-be-misdeclared"
        ),
        pytest.param(SENTENCE.encode("utf-32"), None, False, Decoded(SENTENCE, False), id="utf-32-with-mark"),
        pytest.param(SENTENCE.encode("cp1252"), "iso-8859-1", False, Decoded(SENTENCE, False), id="declared-latin-1"),
        pytest.param(SENTENCE.encode("cp1252"), None, False, Decoded(SENTENCE, False), id="detected"),
        pytest.param(SENTENCE.encode(), "iso-8859-1", False, Decoded(SENTENCE, False), id="utf-8-declared-latin-1"),
        pytest.param(
            b'<meta charset="windows-1251"><p>' + "Правда".encode("cp1251"),
            None,
            True,
            Decoded('<meta charset="windows-1251"><p>Правда', False),
            id="declared-in-the-page",
        ),
        pytest.param("日本".encode("iso2022_jp"), "iso-2022-jp", False, Decoded("日本", False), id="iso-2022-jp"),
        pytest.param(
            b"un\r\ndeux\rtrois\xc2\x85quatre", None, False, Decoded("un\ndeux\ntrois\nquatre", False), id="line-ends"
        ),
        pytest.param(
            b"a \xed\xa0\xbd\xed\xb8\x80 b \xed\xa0\xbd.", None, False, Decoded("a 😀 b \ufffd.", True), id="surrogates"
        ),
        pytest.param(
            SENTENCE.encode() * 3 + b"\xff", None, False, Decoded(SENTENCE * 3 + "\ufffd", True), id="one-bad-byte"
        ),
        pytest.param(b"caf\xe9 cr\xe8me", "absurd-8", False, Decoded("café crème", False), id="absurd-charset"),
        pytest.param(SENTENCE.encode("cp1252"), "idna", False, Decoded(SENTENCE, False), id="charset-of-host-names"),
        pytest.param(SENTENCE.encode("cp1252"), "rot13", False, Decoded(SENTENCE, False), id="charset-that-is-none"),
    ],
)
def test_decode__bytes__give_text(payload: bytes, charset: str | None, markup: bool, expected: Decoded) -> None:
    assert decode(payload, charset, markup=markup) == expected


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        pytest.param(b"", Reason.EMPTY, id="nothing"),
        pytest.param(b" \r\n\t", Reason.EMPTY, id="white-space"),
        pytest.param(b"\0\0\0", Reason.EMPTY, id="zeros"),
        pytest.param("\ufeff \u00a0".encode(), Reason.EMPTY, id="invisible"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"a" * 100, Reason.BINARY, id="picture"),
        pytest.param(b"PK\x03\x04" + b"a" * 100, Reason.BINARY, id="archive"),
        pytest.param(random.Random(7).randbytes(4000), Reason.BINARY, id="random-bytes"),
        pytest.param(b"\x00\x01\x02", Reason.BINARY, id="three-controls"),
    ],
)
def test_decode__no_text__is_rejected_with_its_reason(payload: bytes, reason: Reason) -> None:
    with pytest.raises(RejectedError) as caught:
        decode(payload)
    assert caught.value.reason is reason


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from([None, "utf-8", "latin-1", "utf-16", "nonsense"]), st.booleans())
def test_decode__any_bytes__give_storable_text_or_a_reject(payload: bytes, charset: str | None, markup: bool) -> None:
    try:
        decoded = decode(payload, charset, markup=markup)
    except RejectedError:
        return
    assert decoded.text.encode().decode() == decoded.text
    assert "\r" not in decoded.text
