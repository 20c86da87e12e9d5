"""The demo's payslip day: the payroll's file of this month, read and waiting for somebody to look."""

from datetime import date

from sqlalchemy import exists, select

from shared.demo.parties import COMPANY, demo_parties
from shared.documents.models import Folder
from shared.extensions import db, uuid7
from shared.folding import fold
from shared.intake import payslip_batching
from shared.intake.payslip_models import PayslipBatch, PayslipLayout
from shared.sheets.payroll import FEET, PayrollSlip, make_batch

NAME = "Sillage Paie"
FIELDS = {"matricule": {"label": "Matricule :"}, "name": {"label": "Salarié :"}, "period": {"label": "Période :"}}


def drop_batch(last: date, by: str) -> None:
    """Twelve payslips, one of them of two pages, one of a newcomer whom nobody has entered yet, one printed twice."""
    folder = db.session.scalars(select(Folder).where(Folder.shipped_key == "e.payslips")).one()
    if db.session.scalar(select(exists(select(PayslipBatch.id)))):
        return
    mark = FEET["sillage"].partition(" – ")[0]
    rule = PayslipLayout(id=uuid7(), folder_id=folder.id, name=NAME, name_folded=fold(NAME), mark=mark, fields=FIELDS)
    rule.by = by
    db.session.add(rule)
    db.session.flush()
    data = make_batch("sillage", COMPANY, payroll_of(last))
    files = [(f"bulletins_{last:%Y-%m}.pdf", data)]
    batch = payslip_batching.start(folder=folder, month=last, files=files, by=by)
    desk = payslip_batching.Desk()
    while payslip_batching.advance(batch_id=batch.id, desk=desk):
        continue


def payroll_of(month: date) -> list[PayrollSlip]:
    """What the payroll printed for that month."""
    workers = [party.employee for party in demo_parties() if party.employee is not None]
    slips = [
        PayrollSlip(
            matricule=each.code,
            name=f"{each.last_name.upper()} {each.first_name}",
            month=month.replace(day=1),
            pages=2 if place == 3 else 1,
            street=f"{', '.join(each.address)}, {each.postcode} {each.city}",
            job=each.job,
            gross=int(each.monthly_gross),
        )
        for place, each in enumerate(workers)
    ]
    newcomer = PayrollSlip("E099", "GARNIER Louise", month.replace(day=1), job="Monteuse-câbleuse", gross=2150)
    return [*slips, newcomer, slips[4]]
