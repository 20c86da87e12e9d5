"""Downloads that are checked and recorded, their bytes sent by nginx, against what asks and records nothing."""

import hashlib
import urllib.request
from collections.abc import Callable

from sqlalchemy import func, select

from benchmarks import people
from benchmarks.figures import in_turns, report, speed
from benchmarks.installation import Installation, installation
from benchmarks.loading import GZIP, requests_per_second
from benchmarks.serving import ACCEL, BARE, GUICHET, gunicorn, nginx
from shared.documents.models import Download
from shared.transactions import transaction

SIZES = (200_000, 5_000_000)
ROUNDS = 4


def main() -> None:
    """Measure, print, keep; stop if a byte or a record is missing."""
    with installation(GUICHET_ACCEL=ACCEL, GUICHET_PROXIES="1") as made:
        with made.app.app_context(), transaction():
            people.a_company()
            party, *_others = people.customers(50)
            bodies = [people.a_pdf(size) for size in SIZES]
            small, large, *_rest = people.invoices(party, 200, bodies)
            cookie = people.portal_cookie(party)
        urls = nginx(made, {"guichet": gunicorn(made, GUICHET), "bare": gunicorn(made, BARE)})
        files = [f"{urls['guichet']}/documents/{document}/file" for document in (small, large)]
        for url, body in zip(files, bodies, strict=True):
            _check(made, url, cookie, body)
        bare = f"{urls['bare']}/file/{hashlib.sha256(bodies[1]).hexdigest()}"
        sides: dict[str, Callable[[], float]] = {
            "page": lambda: requests_per_second(f"{urls['bare']}/page?rows=50", GZIP),
            "small": lambda: requests_per_second(files[0], f"Cookie: {cookie}"),
            "bare": lambda: requests_per_second(bare),
            "large": lambda: requests_per_second(files[1], f"Cookie: {cookie}"),
        }
        for side in sides.values():
            side()
        found = in_turns(sides, ROUNDS)
        figures = [
            speed("download of 200 KB, against the bare page", found["small"], found["page"], 0.4, "req/s"),
            speed("download of 5 MB, against bare X-Accel", found["large"], found["bare"], 0.4, "req/s"),
        ]
        report("downloads", figures)


def _check(made: Installation, url: str, cookie: str, body: bytes) -> None:
    """The very bytes, and one row more."""
    before = _recorded(made)
    asked = urllib.request.Request(url, headers={"Cookie": cookie, "Host": "localhost"})
    with urllib.request.urlopen(asked) as answer:
        if answer.read() != body:
            raise RuntimeError(f"{url} gave other bytes")
    if _recorded(made) != before + 1:
        raise RuntimeError(f"{url} was not recorded")


def _recorded(made: Installation) -> int:
    from shared.extensions import db

    with made.app.app_context():
        return db.session.scalar(select(func.count()).select_from(Download)) or 0


if __name__ == "__main__":
    main()
