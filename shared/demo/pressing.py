"""Making the demo's files, on two cores at once: each comes back with what the inspection found in it."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from types import FrameType

from shared.demo.bundles import Bundle, make_bundle
from shared.documents.inspecting import Inspection, inspect
from shared.sheets.agreeing import make_contract
from shared.sheets.facts import Contract, Payslip, Sale
from shared.sheets.paying import make_payslip
from shared.sheets.selling import make_sale

Facts = Sale | Payslip | Contract | Bundle
Pressed = tuple[bytes, Inspection]
PRESSES = 2


def press(wanted: Iterable[tuple[Facts, str]]) -> Iterator[Pressed]:
    """The bytes and inspection of each (facts, file name), in order."""
    # The compiler of sheets does not survive a fork: presses are started afresh.
    context = multiprocessing.get_context("spawn")
    with (
        _leaving_in_order(),
        ProcessPoolExecutor(PRESSES, mp_context=context, initializer=_leave_with_parent) as presses,
    ):
        try:
            yield from presses.map(pressed, wanted, chunksize=4)
        finally:
            presses.shutdown(wait=True, cancel_futures=True)


def pressed(wanted: tuple[Facts, str]) -> Pressed:
    """One file."""
    facts, filename = wanted
    data = _made(facts)
    return data, inspect(data, filename)


def _made(facts: Facts) -> bytes:
    if isinstance(facts, Sale):
        return make_sale(facts)
    if isinstance(facts, Payslip):
        return make_payslip(facts)
    if isinstance(facts, Contract):
        return make_contract(facts)
    return make_bundle(facts)


@contextmanager
def _leaving_in_order() -> Iterator[None]:
    """Told to end, we end as after an error: the presses are put away first."""

    def leave(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(1)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave_with_parent() -> None:
    """A press whose parent was killed would wait for ever."""
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
