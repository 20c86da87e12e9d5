"""The limited subprocess: reads one request after another on its standard input, answers on its standard output.

A message is a JSON object and bytes, each preceded by its length. The process has no secret in its environment, writes
no file, and where the kernel lets it has no network. Whoever waits for it kills it when it takes too long.
"""

import contextlib
import ctypes
import json
import os
import resource
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from shared.documents.sandboxed import (
    archives,
    invoices,
    pages,
    pdfs,
    pictures,
    preparing,
    slip_cutting,
    slips,
    validating,
)
from shared.documents.sandboxed.reject import Reject

Answer = tuple[dict[str, Any], bytes]

OPERATIONS: dict[str, Callable[..., Answer]] = {
    "docx": archives.examine_docx,
    "facturx": invoices.extract,
    "image": pictures.examine,
    "page": pages.render,
    "pages": pages.sizes,
    "page_text": pages.text_of_page,
    "pdf": pdfs.examine,
    "prepare": preparing.prepare,
    "sheet": pictures.sheet,
    "signatures": validating.signatures,
    "slip_archive": archives.unpack_pdfs,
    "slip_pages": slips.read,
    "slip_runs": slips.runs,
    "slip_split": slip_cutting.split,
    "thumbnail": pictures.thumbnail,
    "zip": archives.examine_zip,
}

AGAIN = {"slip_pages", "slip_split"}  # asked of one file again and again: it is read once

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_NO_NEW_PRIVS, PR_SET_DUMPABLE = 38, 4


def serve(memory: int, seconds: int) -> None:
    """Answer until the input ends; `memory` in bytes, `seconds` of processor for each request."""
    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints does not disturb the conversation
    _confine(memory)
    _send(target, {"ready": True}, b"")
    while header := source.read(8):
        question_size, data_size = struct.unpack(">II", header)
        question = json.loads(source.read(question_size))
        data = source.read(data_size)
        resource.setrlimit(resource.RLIMIT_CPU, (int(_processor_time()) + seconds + 1, resource.RLIM_INFINITY))
        answer, blob = _answered(question, data)
        del data
        _send(target, answer, blob)
        if answer.get("refused") == "complex":
            return


def _answered(question: dict[str, Any], data: bytes) -> Answer:
    try:
        if question["path"] is not None:
            data = _bytes_of(question["path"], again=question["operation"] in AGAIN)
        return OPERATIONS[question["operation"]](data, **question["params"])
    except Reject as reject:
        return {"refused": reject.reason}, b""
    except (MemoryError, RecursionError, OverflowError):
        return {"refused": "complex"}, b""
    except Exception as error:  # noqa: BLE001 (a parser that stumbles in a new way: the file is not kept, the log says so)
        return {"refused": "unreadable", "fault": type(error).__name__}, b""


_last: tuple[str, int, int] | None = None
_held = b""


def _bytes_of(path: str, *, again: bool) -> bytes:
    """The file; the very same bytes as the last time where they were asked for again and have not changed."""
    global _last, _held
    if not again:
        _last, _held = None, b""
        return Path(path).read_bytes()
    found = os.stat(path)
    stamp = (path, found.st_size, found.st_mtime_ns)
    if stamp != _last:
        _last, _held = stamp, Path(path).read_bytes()
    return _held


def _confine(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
        libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)  # refused on some machines: the parsers never ask for the network


def _processor_time() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _send(target: BinaryIO, answer: dict[str, Any], blob: bytes) -> None:
    text = json.dumps(answer).encode()
    target.write(struct.pack(">II", len(text), len(blob)) + text)
    target.write(blob)
    target.flush()


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]))
