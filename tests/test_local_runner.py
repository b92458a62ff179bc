"""The runner of this machine: its options, and how work is shared among its processes."""

import os
import time
from collections import Counter as Multiset
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions, TypeOptions
from apache_beam.runners.portability.fn_api_runner.execution import ListBuffer

from pipeline.local_runner import LocalOptions, local_runner
from pipeline.work_sharing import Shares, pieces_of
from pipeline.worker_pool import worker_pool

ELEMENTS = 120
DEADLINE_SECS = 120


def test_local_options__views_are_made_once_and_share_their_values():
    options = LocalOptions(["--runner", "DirectRunner"])
    standard = options.view_as(StandardOptions)
    assert standard is options.view_as(StandardOptions)
    assert standard.runner == "DirectRunner"
    options.view_as(TypeOptions).runtime_type_check = True
    plain = PipelineOptions(["--runner", "DirectRunner", "--runtime_type_check"])
    assert options.get_all_options(drop_default=True) == plain.get_all_options(drop_default=True)


def piece(number: int) -> dict[str, list[bytes]]:
    return {"in": [b"%d" % number]}


def test_shares__become_smaller_and_hold_each_piece_once():
    given = list(Shares([piece(number) for number in range(64)], takers=2))
    assert [len(share["in"]) for _, share in given] == [16, 12, 9, 7, 5, 4, 3, 2, 2, 1, 1, 1, 1]
    assert [part for _, share in given for part in share["in"]] == [b"%d" % number for number in range(64)]
    assert [first for first, _ in given] == [True] + [False] * 12


def test_shares__closed__give_out_no_more():
    shares = Shares([piece(number) for number in range(64)], takers=2)
    taken = iter(shares)
    next(taken)
    shares.close()
    assert list(taken) == []


@pytest.mark.parametrize(("elements", "pieces"), [(0, 1), (3, 3), (100, 8)], ids=["none", "few", "many"])
def test_pieces_of__hold_each_element_once(elements, pieces):
    buffer = ListBuffer(beam.coders.BytesCoder().get_impl())
    for number in range(elements):
        buffer.append(bytes([2, 97, number]))  # a length and two bytes, as the coder writes them
    found = pieces_of({"in": buffer}, 8)
    assert len(found) == pieces
    assert Multiset(b"".join(part for piece in found for part in piece["in"])) == Multiset(
        b"".join(bytes([2, 97, number]) for number in range(elements))
    )


def run_on_two(function, *arguments):
    options = LocalOptions([])
    pipeline = beam.Pipeline(runner=local_runner(options, 2, "CRITICAL"), options=options)
    _ = pipeline | beam.Create(range(ELEMENTS)) | beam.Reshuffle() | beam.Map(function, *arguments)
    with worker_pool(2):
        result = pipeline.run()
        result.wait_until_finish()
    return result


def test_work_sharing__one_element_takes_long__the_other_worker_does_most_of_the_rest(tmp_path):
    def wait_for_most(element: int, folder: str) -> None:
        Path(folder, f"{os.getpid()}-{element}").touch()
        beam.metrics.Metrics.counter("test", "elements").inc()
        deadline = time.monotonic() + DEADLINE_SECS
        while element == 0 and len(list(Path(folder).iterdir())) < 0.7 * ELEMENTS:
            if time.monotonic() > deadline:
                raise TimeoutError("the other worker is not given more than its half")
            time.sleep(0.01)

    result = run_on_two(wait_for_most, str(tmp_path))
    done = [path.name.partition("-")[2] for path in tmp_path.iterdir()]
    assert sorted(map(int, done)) == list(range(ELEMENTS))
    (counted,) = result.metrics().query()["counters"]
    assert counted.committed == ELEMENTS


def test_work_sharing__element_fails__raises_its_error():
    def fail(element: int) -> None:
        if element == 7:
            raise ValueError("no such article")

    with pytest.raises(RuntimeError, match="no such article"):
        run_on_two(fail)
