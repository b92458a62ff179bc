"""Share out a stage's input among the worker processes as they get done, not beforehand.

Beam 2.77's local runner gives each worker one equal part of the elements. Elements are not equal: a page takes ten times
as long as a text, and one page a hundred times as long as another. Whoever is done first would wait for the others at the
end of each stage. Here a worker that is done takes a share of what is left, first large ones and at last small ones
(guided self-scheduling: Polychronopoulos and Kuck, IEEE Transactions on Computers C-36, 1987).
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain, islice
from threading import Lock
from typing import Any

from apache_beam.metrics.monitoring_infos import consolidate
from apache_beam.portability.api import beam_fn_api_pb2
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.runners.portability.fn_api_runner.execution import BundleContextManager, PartitionableBuffer
from apache_beam.runners.portability.fn_api_runner.fn_runner import (
    BundleManager,
    BundleProcessResult,
    ParallelBundleManager,
)
from apache_beam.runners.portability.fn_api_runner.translations import DataOutput, OutputTimers
from apache_beam.runners.portability.fn_api_runner.worker_handlers import WorkerHandler
from apache_beam.utils import thread_pool_executor

PIECES_A_WORKER = 32
"""A worker waits for the others about as long as one piece takes; each share has a cost of its own of some milliseconds."""

_Input = Mapping[str, list[bytes]]


class WorkSharingRunner(FnApiRunner):
    """Beam's local runner, with `_SharingBundleManager` where it would use several workers at once."""

    def _get_bundle_manager(self, bundle_context_manager: BundleContextManager) -> BundleManager:
        chosen = super()._get_bundle_manager(bundle_context_manager)
        if isinstance(chosen, ParallelBundleManager):
            return _SharingBundleManager(
                bundle_context_manager,
                self._progress_frequency,
                cache_token_generator=FnApiRunner.get_cache_token_generator(static=False),
            )
        return chosen


class _SharingBundleManager(ParallelBundleManager):
    def process_bundle(
        self,
        inputs: Mapping[str, PartitionableBuffer],
        expected_outputs: DataOutput,
        fired_timers: Mapping[Any, PartitionableBuffer],
        expected_output_timers: OutputTimers,
        dry_run: bool = False,
    ) -> BundleProcessResult:
        workers = self.bundle_context_manager.worker_handlers
        shares = Shares(pieces_of(inputs, PIECES_A_WORKER * len(workers)), len(workers))

        def work(worker: WorkerHandler) -> list[BundleProcessResult]:
            done = []
            for first, share in shares:
                bundle = _BundleOfWorker(self.bundle_context_manager, worker, self._cache_token_generator)
                timers = fired_timers if first else {}
                try:
                    done.append(bundle.process_bundle(share, expected_outputs, timers, expected_output_timers, dry_run))
                except BaseException:
                    shares.close()
                    raise
            return done

        with thread_pool_executor.shared_unbounded_instance() as executor:
            results = list(chain.from_iterable(executor.map(work, workers)))
        return _merged([result for result, _ in results]), [split for _, splits in results for split in splits]


def pieces_of(inputs: Mapping[str, PartitionableBuffer], number: int) -> list[_Input]:
    """The elements of each input in at most so many pieces of equal numbers; at least one piece, which may be empty."""
    parted = {name: buffer.partition(number) for name, buffer in inputs.items()}
    pieces: list[_Input] = [{name: parts[place] for name, parts in parted.items()} for place in range(number)]
    return [piece for piece in pieces if any(any(part) for part in piece.values())] or pieces[:1]


class Shares:
    """Iterates over what is left of the pieces, for several threads: ``(whether it is the first, a share)``.

    Args:
        pieces: in the order in which they are given out.
        takers: how many threads take them. A share is half of what would be left for each.
    """

    def __init__(self, pieces: list[_Input], takers: int) -> None:
        self._left = len(pieces)
        self._pieces = iter(pieces)
        self._takers = takers
        self._first = True
        self._turn = Lock()

    def __iter__(self) -> Iterator[tuple[bool, _Input]]:
        while True:
            with self._turn:
                share = list(islice(self._pieces, -(-self._left // (2 * self._takers))))
                self._left -= len(share)
                first, self._first = self._first, False
            if not share:
                return
            yield first, {name: [part for piece in share for part in piece[name]] for name in share[0]}

    def close(self) -> None:
        """Give out no more."""
        with self._turn:
            self._left = 0


class _BundleOfWorker(BundleManager):
    """A bundle for this worker, where Beam would take the next one in turn."""

    def __init__(
        self, context: BundleContextManager, worker: WorkerHandler, cache_token_generator: Callable[..., Any]
    ) -> None:
        self._own_worker = worker
        super().__init__(context, cache_token_generator=cache_token_generator)

    @property
    def _worker_handler(self) -> WorkerHandler:
        return self._own_worker

    @_worker_handler.setter
    def _worker_handler(self, _: WorkerHandler | None) -> None:
        pass


def _merged(responses: list[beam_fn_api_pb2.InstructionResponse]) -> beam_fn_api_pb2.InstructionResponse:
    """One response with what all of them say; they bear no error, which would have been raised."""
    infos = chain.from_iterable(response.process_bundle.monitoring_infos for response in responses)
    return beam_fn_api_pb2.InstructionResponse(
        process_bundle=beam_fn_api_pb2.ProcessBundleResponse(
            residual_roots=chain.from_iterable(response.process_bundle.residual_roots for response in responses),
            monitoring_infos=consolidate(infos),
        )
    )
