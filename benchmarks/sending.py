"""A sending process of the mail benchmark: waits for a line, sends, says how much and between which moments.

`drain` empties the waiting line as a worker does; `raw NUMBER SIZE` sends prebuilt bytes over one reused connection.
"""

import smtplib
import sys
import time
from collections.abc import Callable

from shared.config import config


def main() -> None:
    """Entry point."""
    kind, *rest = sys.argv[1:]
    if kind == "drain":
        from shared.notifications.sending import drain
        from wsgi import create_app

        with create_app().app_context():
            _timed(lambda: drain("email"))
    else:
        number, size = map(int, rest)
        with smtplib.SMTP(config().smtp.host, config().smtp.port, "localhost") as server:
            server.ehlo()
            _timed(lambda: raw(server, number, _body(size)))


def raw(server: smtplib.SMTP, number: int, body: bytes) -> int:
    """The limit: nothing but the conversation."""
    for _message in range(number):
        server.sendmail("bounce@vauban.example", ["compta@client.example"], body)
    return number


def _timed(act: Callable[[], int]) -> None:
    print("ready", flush=True)
    while sys.stdin.readline():
        start = time.monotonic()
        sent = act()
        print(sent, start, time.monotonic(), flush=True)


def _body(size: int) -> bytes:
    line = b"0123456789abcdef" * 4 + b"0123456789ab\r\n"
    head = b"From: a@vauban.example\r\nTo: b@client.example\r\nSubject: Essai\r\n\r\n"
    return head + line * ((size - len(head)) // len(line))


if __name__ == "__main__":
    main()
