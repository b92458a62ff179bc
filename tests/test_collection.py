"""What is loaded once is not looked through by the garbage collector."""

import gc

import pytest
import srsly

from transforms.collection import loading


def test_loading__meanwhile_no_collection_and_then_as_before():
    before = gc.get_threshold()
    frozen = gc.get_freeze_count()
    with loading():
        assert gc.get_threshold()[0] == 0
        loaded = [[] for _ in range(10_000)]
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() >= frozen + len(loaded)


def test_loading__fails__collects_again():
    before = gc.get_threshold()
    with pytest.raises(ModuleNotFoundError), loading():
        __import__("no_such_module")
    assert gc.get_threshold() == before


def test_srsly__unpacks__has_garbage_collected_again():
    """Why `loading` does not disable the collector."""
    packed = srsly.msgpack_dumps({"weights": [1, 2]})
    gc.disable()
    try:
        srsly.msgpack_loads(packed)
        assert gc.isenabled()
    finally:
        gc.enable()
