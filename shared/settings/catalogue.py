"""The keys of `Setting`, what each holds and its default."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Key:
    """One setting: its default, the values allowed where they are few, bounds where it is a number.

    A `secret` is kept encrypted, and neither its audit line nor any page says it.
    """

    default: Any
    allowed: tuple[Any, ...] = ()
    least: int | None = None
    most: int | None = None
    secret: bool = False


CATALOGUE: dict[str, Key] = {
    "synchronisation": Key("automatic", ("automatic", "manual")),
    "grouping_window_seconds": Key(120, least=10, most=86_400),
    "activation_link_hours": Key(72, least=1, most=720),
    "reset_link_hours": Key(2, least=1, most=24),  # CNIL, deliberation 2022-100: a day at most
    "document_link_days": Key(30, least=1, most=365),
    "initial_password_days": Key(30, least=1, most=90),
    "password_by_mail": Key(False, (False, True)),  # whether #mot_de_passe# may stand in an e-mail
    "closing_on": Key(""),  # the day on which the service closes, in ISO 8601, while it is announced
    "objection_months": Key(0, (0, 1, 2, 3)),  # before an objection to electronic payslips stops them (D3243-7)
    "security_log_months": Key(12, least=6, most=12),  # CNIL, deliberation 2021-122: 6 to 12 months
    "bounce_mailbox": Key({}),  # host, port, tls, username, folder: what IMAP_* says otherwise
    "bounce_secret": Key("", secret=True),
    "bounce_webhook": Key(1, least=1, most=1_000_000),  # which webhook address is the good one
    "mail_server": Key({}),  # host, port, tls, username, timeout: what SMTP_* says otherwise
    "mail_secret": Key("", secret=True),
    "sms_provider": Key({}),  # shape, url, account, sender, timeout: what SMS_* says otherwise
    "sms_secret": Key("", secret=True),
    "mail_domains": Key([]),  # from which we may write, besides the company's own
    "mail_signature": Key(""),  # empty: the company's name
    "transfer": Key({}),  # the ERP's server; its password stands in it, sealed
    "installation_id": Key(""),  # empty: the one derived from the key of the installation
    "installation_secret": Key("", secret=True),
}
