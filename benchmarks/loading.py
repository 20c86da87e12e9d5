"""The client of every web benchmark, the same for both sides: wrk, one thread, eight requests at a time.

Each request comes by a connection of its own, as nginx hands them over: of those that are kept, one process may hold
all and work alone, and then a speed says half of what the next round says.
"""

import re
import subprocess

from benchmarks.programs import environment, program

CONNECTIONS = 8
SECONDS = 3
GZIP = "Accept-Encoding: gzip"


def requests_per_second(url: str, *headers: str, seconds: float = SECONDS) -> float:
    """What `url` answers in a second; RuntimeError if a single answer is not a success."""
    path = program("wrk")
    argv = [path, "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "--timeout", "20s"]
    for header in (*headers, "Connection: close"):
        argv += ["-H", header]
    done = subprocess.run([*argv, url], env=environment(path), capture_output=True, text=True, check=True)
    found = re.search(r"Requests/sec:\s*([\d.]+)", done.stdout)
    if found is None or "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise RuntimeError(f"{url}:\n{done.stdout}{done.stderr}")
    return float(found[1])
