"""The benchmarks run; what they measure is not tested."""

import json

from benchmarks.scaling import WORDS, articles, cleaning_msec

PAGE = "<html><body><article><p>Le port rouvre lundi, a annoncé le maire de Saint-Elme.</p></article></body></html>"


def test_scaling__page__takes_some_time() -> None:
    assert cleaning_msec([PAGE.encode()]) > 0


def test_scaling__articles__are_of_the_length_that_figures_name() -> None:
    texts = [json.loads(line)["text"] for line in articles(20)]
    assert all(WORDS <= len(text.split()) < 1.5 * WORDS for text in texts)
    assert len(set(texts)) == 20
