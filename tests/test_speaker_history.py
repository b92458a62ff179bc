"""Who was heard is found from the end, and the innermost claim around a place."""

import pytest

from language.speaker_history import Heard, HeardSpeakers, Said, Sayings, Speaker, Stretches
from schemas.vocabulary import SpeakerMethod


def _speaker(name: str) -> Speaker:
    return Speaker(name, name.lower(), SpeakerMethod.SUBJECT)


def _heard(*mentions: tuple[int, str, bool]) -> HeardSpeakers:
    heard = HeardSpeakers()
    for at, name, reported in mentions:
        heard.add(Heard(at, _speaker(name), "maire", reported))
    return heard


def test_heard_speakers__mentions_out_of_order__all_between_are_found() -> None:
    heard = _heard((2, "Anne", False), (30, "Paul", False), (12, "Luc", False), (40, "Lise", False))
    assert [h.speaker.name for h in heard.back_to(10, 40)] == ["Luc", "Paul"]


def test_heard_speakers__last__is_nobody_in_reported_words() -> None:
    heard = _heard((2, "Anne", False), (30, "Paul", True))
    assert heard.last() == Heard(2, _speaker("Anne"), "maire")


def test_heard_speakers__spoke_before__is_asked_by_place() -> None:
    heard = _heard((20, "Anne", False), (30, "Paul", True))
    assert [heard.spoke_before(*asked) for asked in (("anne", 20), ("anne", 21), ("paul", 99))] == [False, True, False]


@pytest.mark.parametrize(
    ("offset", "name"),
    [
        pytest.param(5, "Anne", id="outer"),
        pytest.param(12, "Paul", id="inner"),
        pytest.param(25, "Anne", id="behind-the-inner"),
        pytest.param(60, None, id="between"),
        pytest.param(75, "Luc", id="first-of-equals"),
    ],
)
def test_sayings__around__is_the_innermost(offset: int, name: str | None) -> None:
    said = Sayings()
    for start, end, speaker in ((0, 50, "Anne"), (10, 20, "Paul"), (70, 80, "Luc"), (70, 80, "Lise")):
        said.add(Said(start, end, _speaker(speaker), False))
    found = said.around(offset)
    assert (found.speaker.name if found else None) == name


def test_stretches__overlapping_spans__are_one() -> None:
    stretches = Stretches([(10, 20), (0, 12), (30, 40)])
    assert [offset for offset in (0, 15, 19, 20, 29, 30, 40) if stretches.holds(offset)] == [0, 15, 19, 30]
