"""How the mail server is reached: Flask-Mail's words (MAIL_*), and what Flask-Mail lacks."""

from collections.abc import Callable
from dataclasses import dataclass, field

from shared.config import Smtp


@dataclass(frozen=True, slots=True)
class MailSettings:
    """Frozen: changed settings make a new connection.

    `timeout` bounds each exchange and `reply_timeout` the wait after the final dot, in seconds: a
    short one makes ambiguous lines. `token` gives a fresh OAuth 2.0 access token.
    """

    server: str
    port: int = 25
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    use_tls: bool = False
    use_ssl: bool = False
    default_sender: str | None = None
    debug: bool = False
    max_emails: int | None = None
    suppress: bool = False
    ascii_attachments: bool = False
    timeout: float = 30.0
    reply_timeout: float = 30.0
    ca_file: str | None = None
    token: Callable[[], str] | None = field(default=None, repr=False)


def settings_from(smtp: Smtp) -> MailSettings:
    """The settings of the environment (SMTP_*), in Flask-Mail's words."""
    return MailSettings(
        server=smtp.host,
        port=smtp.port,
        username=smtp.username,
        password=smtp.password,
        use_tls=smtp.tls == "starttls",
        use_ssl=smtp.tls == "tls",
        timeout=smtp.timeout,
        reply_timeout=max(smtp.timeout, 30.0),
    )
