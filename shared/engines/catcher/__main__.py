"""`python -m shared.engines.catcher`, in the foreground: on the ports and in the folder of this installation."""

import argparse
import signal
from pathlib import Path
from types import FrameType

from werkzeug.serving import WSGIRequestHandler, make_server

from shared.config import Config, config
from shared.engines.catcher.inbox import Inbox
from shared.engines.catcher.post import LOOPBACK, Post, running_post
from shared.engines.catcher.store import Store


class Quiet(WSGIRequestHandler):
    """A page that refreshes itself would fill the log."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    given = _arguments(config()).parse_args()
    signal.signal(signal.SIGTERM, _leave)
    store = Store(given.dir / "messages")
    inbox = make_server(LOOPBACK, given.http_port, Inbox(store), threaded=True, request_handler=Quiet)
    post = running_post(Post(store, given.dir / "reports", given.bounce_delay), given.smtp_port)
    try:
        inbox.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        post.stop()
        inbox.server_close()


def _arguments(chosen: Config) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m shared.engines.catcher", description="The demo's mail server.")
    parser.add_argument("--smtp-port", type=int, default=chosen.smtp.port)
    parser.add_argument("--http-port", type=int, default=chosen.catcher_http_port)
    parser.add_argument("--dir", type=Path, default=chosen.var / "mail", help="messages/ and reports/ are kept there")
    parser.add_argument("--bounce-delay", type=float, default=2.0, metavar="SECONDS")
    return parser


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
