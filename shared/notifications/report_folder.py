"""A folder where delivery reports wait to be read: dropped whole by rename, read by the tick, then gone."""

import os
import secrets
import time
from pathlib import Path

MOST = 200


def drop_report(folder: Path, raw: bytes) -> Path:
    """Put a report down; whoever reads the folder sees all of it or nothing."""
    draft, ready = folder / "tmp", folder / "new"
    for each in (draft, ready):
        each.mkdir(parents=True, exist_ok=True)
    name = f"{time.time_ns()}.{secrets.token_hex(4)}.eml"
    (draft / name).write_bytes(raw)
    os.replace(draft / name, ready / name)
    return ready / name


def waiting_reports(folder: Path) -> list[Path]:
    """The oldest reports that wait, 200 at most. Read each, file it, commit, then `unlink` it: twice does no harm."""
    try:
        return sorted((folder / "new").iterdir())[:MOST]
    except FileNotFoundError:
        return []
