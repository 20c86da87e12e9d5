"""Every text of the code stands in every catalogue, with the same places for values."""

import subprocess
import sys

from shared.config import CHECKOUT


def test_nothing_lacks_a_translation() -> None:
    done = subprocess.run(
        [sys.executable, CHECKOUT / ".ci" / "translations", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
