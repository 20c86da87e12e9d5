"""The panels of « Paramètres internet » that two clerks may hold open at once, each as it stands."""

from backoffice.settings_clash import Panel
from shared.intake.transfer import KEY as TRANSFER
from shared.intake.transfer import PORTS, standing
from shared.people.models import Family
from shared.settings.identity import identity
from shared.settings.mail_server import KEY as MAIL
from shared.settings.mail_server import SECRET as MAIL_SECRET
from shared.settings.mail_server import mail_server, mail_source
from shared.settings.reading import company, setting

DELAYS = (
    "grouping_window_seconds",
    "activation_link_hours",
    "reset_link_hours",
    "document_link_days",
    "initial_password_days",
)
TRANSFERRED = ("protocol", "server", "port", "login", "path", "temporary")

LEGAL = Panel("company", lambda: {"legal": company().legal}, company=("legal",))
DOMAINS = Panel("domains", lambda: {"domains": "\n".join(setting("mail_domains"))}, keys=("mail_domains",))
MODE = Panel("mode", lambda: {"synchronisation": setting("synchronisation")}, keys=("synchronisation",))
DELAYED = Panel("delays", lambda: {key: setting(key) for key in DELAYS}, keys=DELAYS)
BY_MAIL = Panel("password_by_mail", lambda: {"allowed": setting("password_by_mail")}, keys=("password_by_mail",))


def family_panel(family: Family) -> Panel:
    """Who writes to one family."""
    return Panel(
        f"family.{family.key}",
        lambda: {
            "sender_name": family.sender_name,
            "sender_address": family.sender_address,
            "reply_to": family.reply_to,
            "default_consent": family.default_consent.value if family.default_consent else "",
        },
        keys=(f"family.{family.key}",),
    )


def identity_panel(field: str) -> Panel:
    """One protected field."""
    if field == "secret":
        sealed = {"installation_secret"}
        return Panel("identity.secret", dict, keys=tuple(sealed), secrets=lambda: {"value": setting(*sealed)})
    keys, ours = {"company": ((), ("name",)), "domain": ((), ("domain",))}.get(field, (("installation_id",), ()))
    return Panel(f"identity.{field}", lambda: {"value": getattr(identity(), field)}, keys=keys, company=ours)


def _mail() -> dict[str, str | int]:
    if mail_source() == "catcher":
        return {"host": ""}
    server = mail_server()
    told = {"host": server.host, "port": server.port, "tls": server.tls, "username": server.username or ""}
    return {**told, "timeout": int(server.timeout)}


def _transfer() -> dict[str, str | int | None]:
    """As the form has it: what the environment decides is not typed, and the usual port is left empty."""
    where = standing()
    told = {name: getattr(where, name) for name in TRANSFERRED if name not in where.locked}
    return {**told, "port": None} if where.port == PORTS[where.protocol] and "port" in told else told


MAILING = Panel("mail", _mail, keys=(MAIL, MAIL_SECRET), secrets=lambda: {"password": setting(MAIL_SECRET)})
TRANSFER_LINK = Panel(
    "transfer",
    _transfer,
    keys=(TRANSFER,),
    secrets=lambda: {"password": setting(TRANSFER).get("password", "")},
)
