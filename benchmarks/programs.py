"""Programs that Debian gives us: installed on the machine, or unpacked under .cache/debian."""

import os
import shutil
from pathlib import Path

from shared.config import CHECKOUT

ASIDE = CHECKOUT / ".cache" / "debian"


def program(name: str) -> str:
    """Its path; RuntimeError where `make bench` has not fetched it."""
    paths = [os.environ.get("PATH", ""), "/usr/sbin", str(ASIDE / "usr/sbin"), str(ASIDE / "usr/bin")]
    found = shutil.which(name, path=":".join(paths))
    if found is None:
        raise RuntimeError(f"{name} is missing: run `make bench`, which fetches it.")
    return found


def environment(path: str) -> dict[str, str]:
    """What an unpacked program needs to find the libraries unpacked beside it."""
    if not path.startswith(str(ASIDE)):
        return dict(os.environ)
    folders: dict[Path, None] = dict.fromkeys(library.parent for library in ASIDE.rglob("*.so*"))
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(map(str, folders))}
