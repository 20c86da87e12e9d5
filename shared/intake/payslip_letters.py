"""Letters to those whom no message can reach on a payslip day: the ones that open an access, all in one PDF."""

from flask_babel import gettext as _

from shared.access import selecting
from shared.access.bulk_models import BulkAction, BulkKind, Outcome
from shared.documents.models import Folder
from shared.errors import Refused
from shared.extensions import db, uuid7
from shared.intake.payslip_finding import without_address
from shared.intake.payslip_models import PayslipBatch


def ask_letters(*, batch: PayslipBatch, by: str) -> BulkAction:
    """Have the letters printed by the job of the accesses, for who asked and for one hour.

    Raises Refused when nobody needs one: everybody has an address, or chose a password already.
    """
    folder = db.session.get_one(Folder, batch.folder_id)
    ids = without_address(batch, folder.slot)
    forecast = selecting.foresee(kind=BulkKind.LETTERS, party_ids=ids)
    if not forecast.number(Outcome.CHANGED, Outcome.CREATED):
        raise Refused(
            _(
                "Aucune lettre à imprimer : ceux qui n’ont pas d’adresse ont déjà leur mot de passe, "
                "ou n’ont pas d’accès ouvert au portail."
            )
        )
    return selecting.confirm(
        action_id=uuid7(),
        kind=BulkKind.LETTERS,
        party_ids=ids,
        digest=forecast.digest,
        by=by,
        filters={"payslips": str(batch.id)},
    )
