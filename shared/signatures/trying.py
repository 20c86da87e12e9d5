"""« Tester la signature »: the company's key, each timestamp server, then a whole seal on a page made for it."""

from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from pkcs11.exceptions import PKCS11Error
from pyhanko.sign.general import SigningError

from shared.clock import now
from shared.errors import Refused
from shared.settings.stages import Failed, walk
from shared.sheets.making import make_sheet
from shared.signatures.company import company_key
from shared.signatures.keys import held
from shared.signatures.sealing import NotSealed, seal_pdf
from shared.signatures.timestamp_listing import servers
from shared.signatures.timestamp_trying import try_server
from shared.signatures.validating import signatures_of

STAGES = ("company_key", "timestamps", "seal", "validation")


def try_signature() -> list[dict[str, Any]]:
    """The stages as far as they went. A timestamp server that fails is told, and the next one tried."""
    made: list[bytes] = []
    first = walk([("company_key", _company)])
    if not first[-1]["ok"]:
        return first
    stamped = [_server(server) for server in servers()]
    rest = walk([("seal", lambda: _sealed(made)), ("validation", lambda: _validated(made[0]))])
    return [*first, *stamped, *rest]


def _company() -> str:
    row = company_key()
    certificate = held(row).certificate
    if row.not_after < now():
        raise Failed(_("Le certificat de la société a expiré : rien n’est plus signé en son nom. Remplacez-le."))
    name = str(certificate.subject.native.get("common_name", ""))
    return str(_("%(name)s, valable jusqu’au %(day)s.", name=name, day=format_date(row.not_after, "short")))


def _server(server: Any) -> dict[str, Any]:
    ok, said = try_server(server)
    return {"key": "timestamps", "ok": ok, "said": f"{server.url} : {said}", "at": now().isoformat()}


def _sealed(made: list[bytes]) -> str:
    told = {"heading": _("Essai de signature"), "sentence": _("Cette page ne sert qu’à essayer le sceau.")}
    try:
        made.append(seal_pdf(make_sheet("signatures", told, standard=None), reason=_("Essai")))
    except (NotSealed, SigningError, PKCS11Error, Refused, OSError, ValueError) as error:
        raise Failed(_("Le sceau n’a pas pu être posé (%(why)s).", why=error or type(error).__name__)) from error
    return str(_("Sceau posé et horodaté."))


def _validated(data: bytes) -> str:
    found = signatures_of(data)
    if not found or not all(each.stands and each.ours and each.timestamped for each in found):
        raise Failed(_("Le sceau posé n’est pas reconnu valable : vérifiez la chaîne du certificat."))
    return str(_("%(count)s signatures vérifiées : intactes, datées, reconnues.", count=len(found)))
