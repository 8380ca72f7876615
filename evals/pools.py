"""Where rows are run: in this process, in processes beside it, or on a Dask cluster. The results are the same."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

from core.errors import NoAnswerError, UsageError

PROCESSES = "processes"
DASK = "dask"
_PLACES = (PROCESSES, DASK, "dask:ADDRESS")


class Here(Executor):
    """Runs what it is given at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The outcome, which is there already."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # the caller asks the future for it
            future.set_exception(error)
        return future


def workers_of(asked: int | None, rows: int) -> int:
    """How many rows run at once: as *asked*, else one per core, and never more than there are *rows*.

    Raises:
        UsageError: fewer than one.
    """
    if asked is not None and asked < 1:
        raise UsageError(f"--workers is {asked}", "Give at least 1, or leave it out.")
    return max(1, min(asked or _cores(), rows))


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check_place(on: str) -> str:
    """*on*, where rows can be run there.

    Raises:
        UsageError: they cannot, or the extra is not installed.
    """
    name, _, address = on.partition(":")
    if name not in {PROCESSES, DASK} or (name == PROCESSES and address):
        raise UsageError(
            f"--on {on!r} is no place to run rows", f"Use one of {', '.join(_PLACES)}.", candidates=_PLACES
        )
    if name == DASK:
        _dask()
    return on


@contextmanager
def pool(on: str, workers: int) -> Iterator[tuple[Executor, int]]:
    """An executor, and how many rows it runs at once: *workers*, or what a cluster has.

    Left by an exception, it ends what still runs.

    Raises:
        UsageError: the extra is not installed.
        NoAnswerError: no cluster answers at the address.
    """
    name, _, address = on.partition(":")
    if name == DASK:
        with _on_dask(address, workers) as client:
            yield client.get_executor(pure=False), max(1, sum(client.ncores().values()))
    elif workers == 1:
        yield Here(), 1
    else:
        with _in_processes(workers) as executor:
            yield executor, workers


@contextmanager
def _in_processes(workers: int) -> Iterator[Executor]:
    before = {child.pid for child in multiprocessing.active_children()}
    executor = ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=_quiet
    )
    try:
        yield executor
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        for child in multiprocessing.active_children():
            if child.pid not in before:
                child.terminate()
        raise
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _quiet() -> None:
    """A worker leaves Ctrl-C to the process that started it."""
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _on_dask(address: str, workers: int) -> Iterator[Any]:
    distributed = _dask()
    try:
        client = (
            distributed.Client(address, timeout="10s")
            if address
            else distributed.Client(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                dashboard_address=None,
                host="127.0.0.1",
            )
        )
    except (OSError, ValueError) as error:
        raise NoAnswerError(
            f"no Dask scheduler answers at {address or 'this machine'}: {error}",
            "Check the address, or run with --on processes.",
            code="no_cluster",
        ) from error
    with client:
        yield client


def _dask() -> Any:
    try:
        import distributed
    except ImportError:
        raise UsageError(
            "Dask is not installed",
            "Install the extra with \"pip install 'tokenwise[dask]'\", or run with --on processes.",
            code="missing_extra",
        ) from None
    return distributed
