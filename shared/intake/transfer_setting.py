"""Setting the ERP's server: checked, its password sealed, plain FTP only after the warning was accepted."""

import re
from pathlib import PurePosixPath
from typing import Any

from flask_babel import gettext as _

from shared.clock import now
from shared.config import config
from shared.errors import Refused
from shared.events.actors import names_of
from shared.events.recording import record
from shared.extensions import db
from shared.intake.transfer import KEY, KINDS, PORTS, PURPOSE, opened
from shared.secrets import seal
from shared.settings import reading
from shared.settings.models import Setting

HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.:_-]{0,251}[A-Za-z0-9])?")
WHO = ("protocol", "server", "port", "login")  # to whom the password is said
LONGEST = 300  # characters of a login, a path…


def change_transfer(
    *,
    protocol: str,
    server: str,
    port: int | None,
    login: str,
    password: str,
    path: str,
    temporary: str,
    accept_plain: bool,
    by: str,
) -> None:
    """Write the connection; an empty password keeps the one that stands, an empty server ends the connection.

    Fields that the environment decides are left alone. Raises Refused with the field that is wrong.
    """
    kept: dict[str, Any] = reading.setting(KEY)
    wanted = _checked(
        {
            "protocol": protocol,
            "server": server.strip(),
            "port": port,
            "login": login.strip(),
            "path": path,
            "temporary": temporary,
        }
    )
    wanted["password"] = _password(kept, wanted, password)
    wanted["host_key"] = kept.get("host_key", "") if _same(kept, wanted, ("protocol", "server", "port")) else ""
    wanted["plain"] = _accepted(kept, wanted, accept_plain, by)
    fields = [name for name in wanted if wanted[name] != kept.get(name) and (wanted[name] or kept.get(name))]
    if not fields:
        return
    _write(wanted, by)
    told: dict[str, Any] = {"key": KEY, "fields": fields}
    if "plain" in fields and wanted["plain"]:
        told["plain_accepted"] = True
    record("setting.changed", by=by, facts=told)


def pin(*, host_key: str, by: str) -> None:
    """Remember what the server proved itself by."""
    _change_key(host_key, by)


def forget_key(*, by: str) -> None:
    """Accept another key at the next test: the server was replaced, and staff have checked it."""
    _change_key("", by)


def _change_key(host_key: str, by: str) -> None:
    kept: dict[str, Any] = reading.setting(KEY)
    if kept.get("host_key", "") == host_key:
        return
    _write({**kept, "host_key": host_key}, by)
    record("setting.changed", by=by, facts={"key": KEY, "fields": ["host_key"]})


def _write(value: dict[str, Any], by: str) -> None:
    db.session.merge(Setting(key=KEY, value=value, by=by, at=now()))
    db.session.flush()
    reading.forget()


def _checked(wanted: dict[str, Any]) -> dict[str, Any]:
    effective = {**wanted, **config().transfer}
    if effective["protocol"] not in KINDS:
        raise Refused(_("Choisissez SFTP, FTP chiffré ou FTP."), field="protocol")
    if not effective["server"]:
        return dict.fromkeys(wanted, "") | {"protocol": effective["protocol"], "port": None}
    if not HOST.fullmatch(effective["server"]):
        raise Refused(_("Un serveur s’écrit sans « ftp:// » ni chemin : ftp.exemple.fr ou 192.0.2.10."), field="server")
    if wanted["port"] is not None and not 1 <= wanted["port"] <= 65_535:
        raise Refused(_("Un port est un nombre de 1 à 65535."), field="port")
    if not effective["login"] or len(effective["login"]) > LONGEST or not effective["login"].isprintable():
        raise Refused(_("Donnez l’identifiant que le serveur attend."), field="login")
    wanted["path"] = checked_path(wanted["path"], "path")
    wanted["temporary"] = checked_path(wanted["temporary"], "temporary")
    path = config().transfer.get("path", wanted["path"])
    temporary = config().transfer.get("temporary", wanted["temporary"])
    if not temporary or PurePosixPath(temporary) == PurePosixPath(path):
        raise Refused(
            _("Donnez un dossier temporaire, différent du chemin : les fichiers y sont rangés une fois reçus."),
            field="temporary",
        )
    return wanted


def checked_path(text: str, field: str) -> str:
    """A remote folder, « / » or « \\ » between its parts; Refused when it climbs or holds what no folder has."""
    written = text.strip().replace("\\", "/")
    if not written:
        return ""
    if len(written) > LONGEST or not written.isprintable():
        raise Refused(_("Ce chemin est trop long ou contient un caractère invisible."), field=field)
    if ".." in written.split("/"):
        raise Refused(_("Un chemin ne remonte pas par « .. » : écrivez-le depuis le dossier d’arrivée."), field=field)
    return str(PurePosixPath(written)) if PurePosixPath(written) != PurePosixPath(".") else ""


def _password(kept: dict[str, Any], wanted: dict[str, Any], typed: str) -> str:
    """Sealed. One typed for another server is never said to a new one."""
    if not wanted["server"] and "server" not in config().transfer:
        return ""
    if typed:
        return typed_or_same(kept.get("password", ""), typed)
    if "password" in config().transfer:
        return ""
    if not kept.get("password"):
        raise Refused(_("Donnez le mot de passe."), field="password")
    if not _same(kept, wanted, WHO):
        raise Refused(
            _("Le serveur ou l’identifiant change : retapez le mot de passe, il ne sera pas dit à un autre serveur."),
            field="password",
        )
    return str(kept["password"])


def typed_or_same(sealed: str, typed: str) -> str:
    """The seal that stands when it holds these very words: sealing again would look like a change."""
    return sealed if opened(sealed) == typed else seal(typed, PURPOSE)


def _same(kept: dict[str, Any], wanted: dict[str, Any], names: tuple[str, ...]) -> bool:
    def of(values: dict[str, Any], name: str) -> Any:
        if name == "port":
            return values.get("port") or PORTS.get(values.get("protocol", "sftp"))
        return values.get(name)

    return all(of(kept, name) == of(wanted, name) for name in names)


def _accepted(kept: dict[str, Any], wanted: dict[str, Any], accept: bool, by: str) -> dict[str, str] | None:
    """Who accepted to go without encryption, and when; asked again for another server."""
    server = wanted["server"] or config().transfer.get("server")
    if wanted["protocol"] != "ftp" or not server or "protocol" in config().transfer:
        return None
    standing_before: dict[str, str] | None = kept.get("plain")
    if standing_before and _same(kept, wanted, ("protocol", "server")):
        return standing_before
    if not accept:
        raise Refused(
            _("En FTP simple, mot de passe et documents circulent en clair : acceptez-le, ou choisissez SFTP."),
            field="accept_plain",
        )
    return {"by": by, "at": now().isoformat(), "name": names_of([by]).get(by, "")}
