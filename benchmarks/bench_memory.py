"""What a web process and a mail worker hold of the machine's memory after real work."""

import subprocess
import time
import urllib.request
from pathlib import Path

from sqlalchemy import func, select

from benchmarks import people, post
from benchmarks.figures import Figure, ceiling, report
from benchmarks.installation import Installation, installation
from benchmarks.serving import GUICHET, gunicorn
from shared.extensions import db
from shared.notifications.models import Notification, Status
from shared.queues import ring
from shared.transactions import transaction

REQUESTS, MESSAGES = 1_000, 5_000
MOST_WEB, MOST_MAIL = 150, 200  # MB


def main() -> None:
    """Measure, print, keep."""
    with installation() as made:
        with made.app.app_context(), transaction():
            people.a_company()
            parties = people.customers(MESSAGES)
            documents = people.invoices(parties[0], 200, [people.a_pdf(200_000)])
            person, staff = people.portal_cookie(parties[0]), people.staff_cookie()
            model = post.first_message(parties[0], documents[0])
        paths = ["/", "/statement", "/documents", f"/documents/{documents[0]}"]
        paths += [f"/documents/{documents[0]}/file", f"/documents/{documents[0]}/pages/1?width=720"]
        asked = [(path, person) for path in paths]
        asked += [(f"/backoffice{path}", staff) for path in ("/", "/access", "/parties", "/explorer")]
        web = _web(made, asked)
        with post.sink(made):
            post.fill(made, model, parties, documents)
            report("memory", [*web, *_mail(made)])


def _web(made: Installation, asked: list[tuple[str, str]]) -> list[Figure]:
    url = gunicorn(made, GUICHET)
    for at in range(REQUESTS):
        path, cookie = asked[at % len(asked)]
        request = urllib.request.Request(url + path, headers={"Cookie": cookie, "Host": "localhost"})
        with urllib.request.urlopen(request) as answer:
            answer.read()
    workers = [memory_of(pid) for pid in children_of(made.processes[-1].pid)]
    rss, pss = max(each["Rss"] for each in workers), max(each["Pss"] for each in workers)
    return [
        ceiling("web process after 1,000 requests, RSS", rss, MOST_WEB, "MB"),
        ceiling("web process after 1,000 requests, PSS", pss, MOST_WEB, "MB"),
    ]


def _mail(made: Installation) -> list[Figure]:
    """The worker and the child that it forks for each job, the most that they held while 5,000 messages left."""
    worker = made.python("-m", "shared.engines.working", "mail")
    with made.app.app_context():
        ring("mail", "drain", "email")
    most = {"worker": 0.0, "job": 0.0, "both": 0.0}
    while _waiting(made):
        for name, value in _held(worker).items():
            most[name] = max(most[name], value)
        time.sleep(0.2)
    return [
        ceiling("mail worker while sending 5,000, RSS", most["worker"], MOST_MAIL, "MB"),
        ceiling("its job while sending 5,000, RSS", most["job"], MOST_MAIL, "MB"),
        ceiling("worker and job together, PSS", most["both"], MOST_MAIL, "MB"),
    ]


def _held(worker: subprocess.Popen[bytes]) -> dict[str, float]:
    jobs = [memory_of(pid) for pid in children_of(worker.pid)]
    own = memory_of(worker.pid)
    return {
        "worker": own["Rss"],
        "job": max((job["Rss"] for job in jobs), default=0),
        "both": own["Pss"] + sum(job["Pss"] for job in jobs),
    }


def _waiting(made: Installation) -> int:
    with made.app.app_context():
        query = select(func.count()).select_from(Notification)
        return db.session.scalar(query.where(Notification.status.in_((Status.WAITING, Status.SENDING)))) or 0


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def memory_of(pid: int) -> dict[str, float]:
    """MB of a process: Rss counts shared pages whole, Pss its share of them. Zero for one that has just ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except (FileNotFoundError, ProcessLookupError):
        lines = []
    found = {name: int(rest.split()[0]) / 1024 for name, _colon, rest in (line.partition(":") for line in lines)}
    return {"Rss": found.get("Rss", 0.0), "Pss": found.get("Pss", 0.0)}


if __name__ == "__main__":
    main()
