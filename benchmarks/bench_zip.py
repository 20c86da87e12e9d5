"""A zip of 500 documents: what it adds to a web process, and its speed against bare reads of the same files."""

import hashlib
import http.client
import io
import time
import zipfile
from urllib.parse import urlsplit

from benchmarks import people
from benchmarks.bench_memory import children_of, memory_of
from benchmarks.figures import ceiling, report, speed
from benchmarks.installation import installation
from benchmarks.serving import GUICHET, gunicorn
from shared.documents.storage import original_key, storage
from shared.transactions import transaction

DOCUMENTS, SIZE, ROUNDS = 500, 200_000, 3
MOST = 100  # MB that the process may grow by
CHUNK = 65_536


def main() -> None:
    """Measure, print, keep; stop if the archive is not whole."""
    with installation() as made:
        with made.app.app_context(), transaction():
            people.a_company()
            party, *_others = people.customers(1)
            bodies = [people.a_pdf(SIZE + n) for n in range(DOCUMENTS)]
            people.invoices(party, DOCUMENTS, bodies)
            cookie = people.portal_cookie(party)
        url = gunicorn(made, GUICHET)
        hashes = [hashlib.sha256(body).hexdigest() for body in bodies]
        del bodies
        workers = children_of(made.processes[-1].pid)
        _taken(url, cookie)  # the first archive finds the files, and warms what will stay
        before = max(memory_of(pid)["Rss"] for pid in workers)
        zips, bare, most = [], [], before
        for _round in range(ROUNDS):
            seconds, most = _watched(url, cookie, workers, most)
            zips.append(DOCUMENTS / seconds)
            with made.app.app_context():
                bare.append(DOCUMENTS / _read(hashes))
        report(
            "zip",
            [
                ceiling(f"growth of a web process, zip of {DOCUMENTS} documents", most - before, MOST, "MB"),
                speed("documents zipped, against bare reading and hashing", zips, bare, 0.1, "doc/s"),
            ],
        )


def _watched(url: str, cookie: str, workers: list[int], most: float) -> tuple[float, float]:
    """Seconds of one archive, and the most that a worker has held while it left."""
    begun = time.perf_counter()
    connection, answer = _asked(url, cookie)
    read = 0
    while chunk := answer.read(CHUNK):
        read += len(chunk)
        if read % (CHUNK * 64) < len(chunk):
            most = max(most, *(memory_of(pid)["Rss"] for pid in workers))
    connection.close()
    return time.perf_counter() - begun, most


def _taken(url: str, cookie: str) -> None:
    connection, answer = _asked(url, cookie)
    with zipfile.ZipFile(io.BytesIO(answer.read())) as found:
        if found.testzip() is not None or len(found.namelist()) != DOCUMENTS + 1:
            raise RuntimeError("the archive is not whole")
    connection.close()


def _asked(url: str, cookie: str) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)
    connection.request("GET", "/documents/zip", headers={"Cookie": cookie, "Host": "localhost"})
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"the archive answered {answer.status}")
    return connection, answer


def _read(hashes: list[str]) -> float:
    """Seconds to read and hash the same files, and nothing else."""
    begun, where = time.perf_counter(), storage()
    for sha256 in hashes:
        digest = hashlib.sha256()
        for chunk in where.open(original_key(sha256)).chunks:
            digest.update(chunk)
        if digest.hexdigest() != sha256:
            raise RuntimeError(f"{sha256} is not what it says")
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
