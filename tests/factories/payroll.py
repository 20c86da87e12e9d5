"""A payslip day: employees, what a payroll program prints for them, the rule that reads it, the job that carries it."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache

from sqlalchemy import insert, select

from shared.clock import now
from shared.extensions import db, uuid7
from shared.folding import fold
from shared.intake import payslip_batching, payslip_publishing
from shared.intake import payslip_settling as settling
from shared.intake.payslip_models import PayslipBatch, PayslipLayout, PayslipPage, PayslipSlip
from shared.people.models import Activity, EmailSlot, Party
from shared.people.rights_models import PayslipNotice
from shared.settings import reading
from shared.sheets.facts import Company as Employer
from shared.sheets.payroll import PayrollSlip, Program, make_batch
from tests.factories import office
from tests.factories.company import Company

MONTH = date(2026, 10, 1)
US = Employer("Atelier Lumen", ("18 rue des Fondeurs",), "69007", "Lyon", "99990001200017", "FR00999900012")
OTHERS = Employer("Ateliers Rivaux", ("2 rue Basse",), "69001", "Lyon", "11110001200011", "FR00111100012")
RULES: dict[Program, tuple[str, dict[str, dict[str, object]]]] = {
    "sillage": (
        "Édité par Sillage Paie",
        {"matricule": {"label": "Matricule :"}, "name": {"label": "Salarié :"}, "period": {"label": "Période :"}},
    ),
    "ardoise": (
        "Ardoise RH, gestion de la paie",
        {
            "matricule": {"box": [0.06, 0.096, 0.2, 0.112]},
            "name": {"box": [0.21, 0.096, 0.6, 0.112]},
            "period": {"label": "Bulletin de salaire"},
        },
    ),
    "cadence": (
        "Cadence Social 2026",
        {"matricule": {"label": "Sal."}, "name": {"box": [0.54, 0.1, 0.9, 0.119]}, "period": {"label": "Paie de"}},
    ),
}


def our_company() -> None:
    """The installation knows its own number."""
    ours = reading.company()
    ours.name, ours.siret = US.name, US.siret
    db.session.add(ours)
    db.session.flush()
    assert db.session.scalar(select(Activity.siret))


def an_employee(code: str, name: str, *, address: bool = True) -> Party:
    """Somebody who gets a payslip, told long ago that it would be electronic."""
    addresses = {EmailSlot.CARD: f"{fold(code)}@perso.example"} if address else {}
    party = office.customer(code, name, key="employees", addresses=addresses)
    party.street, party.postcode, party.city = "1 rue Basse", "69001", "Lyon"
    told(party)
    return party


def employees(count: int) -> None:
    """Many at once, coded 0000, 0001…, told long ago."""
    family = office.family("employees")
    codes = [f"{number:04}" for number in range(count)]
    names = {"name": "Salarié", "name_folded": "salarie", "is_business": False, "family_id": family.id}
    parties = [{"id": uuid7(), "code": each, "code_folded": each, "code_sort": each, **names} for each in codes]
    day = date(2020, 1, 1)
    notice = {"given_on": day, "at_hiring": True, "first_issue_on": day, "by": office.BY}
    db.session.execute(insert(Party), parties)
    db.session.execute(insert(PayslipNotice), [{"party_id": each["id"], **notice} for each in parties])


def told(party: Party) -> None:
    db.session.add(
        PayslipNotice(
            party_id=party.id, given_on=date(2020, 1, 1), at_hiring=True, first_issue_on=date(2020, 1, 1), by=office.BY
        )
    )
    db.session.flush()


def a_rule(program: Program = "sillage") -> PayslipLayout:
    mark, fields = RULES[program]
    made = PayslipLayout(
        folder_id=office.folder("e.payslips").id,
        name=program.title(),
        name_folded=program,
        mark=mark,
        fields=fields,
        by=office.BY,
    )
    db.session.add(made)
    db.session.flush()
    return made


@lru_cache(maxsize=32)
def printed(slips: tuple[PayrollSlip, ...], program: Program = "sillage", company: Employer = US) -> bytes:
    """What the program prints; made once a run."""
    return make_batch(program, company, slips)


def slip(code: str, name: str, *, month: date = MONTH, pages: int = 1, **more: object) -> PayrollSlip:
    return PayrollSlip(code, name, month, pages=pages, **more)  # type: ignore[arg-type]


def dropped(*files: bytes, month: date = MONTH, name: str = "lot.pdf") -> PayslipBatch:
    """A batch, read to its end."""
    batch = payslip_batching.start(
        folder=office.folder("e.payslips"), month=month, files=[(name, each) for each in files], by=office.BY
    )
    read(batch)
    return batch


def read(batch: PayslipBatch) -> None:
    desk = payslip_batching.Desk()
    while payslip_batching.advance(batch_id=batch.id, desk=desk):
        pass
    db.session.refresh(batch)


def published(batch: PayslipBatch) -> None:
    """« Distribuer maintenant », and the worker that follows."""
    payslip_publishing.ask_publish(batch=batch, by=office.BY)
    carried(batch.id)
    db.session.refresh(batch)


def carried(batch_id: uuid.UUID) -> None:
    while payslip_publishing.advance_publication(batch_id=batch_id):
        pass


def pages(batch: PayslipBatch) -> Sequence[PayslipPage]:
    query = select(PayslipPage).where(PayslipPage.batch_id == batch.id).order_by(PayslipPage.position)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def slips(batch: PayslipBatch) -> Sequence[PayslipSlip]:
    query = select(PayslipSlip).where(PayslipSlip.batch_id == batch.id).order_by(PayslipSlip.position)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def verdicts(batch: PayslipBatch) -> list[str]:
    return [page.verdict.value if page.verdict else "?" for page in pages(batch)]


def pages_of_a_payday(company: Company) -> dict[str, list[str]]:
    """The addresses of a payslip day in its states: read, planned, distributed; one payslip of each fate."""
    an_activity = reading.company()
    an_activity.siret = US.siret
    rule, party = a_rule(), company.employee.party
    rule.name = f"Sillage {party.name}"[:60]
    told(party)
    mine, other = an_employee("ZP77", "Zoé Petit").code, an_employee("ZP78", "Yves Grand").code  # nothing delivered yet
    some = (slip(mine, ""), slip(mine, "", month=date(2026, 9, 1)), slip("N0", "NEMO"), slip("N1", "NEMO"))
    name = f"lot {party.name}.pdf"
    done, open_ = (dropped(printed(some[:last]), name=name) for last in (2, 4))
    planned = dropped(printed((slip(other, ""),)), name=name)
    settling.discard(slip=slips(open_)[3], by=office.BY)
    payslip_publishing.ask_publish(batch=planned, by=office.BY, at=now() + timedelta(days=1))
    published(done)
    shown = [f"/payslips/{each.id}" for each in (done, open_, planned)]
    return {
        "payslips": ["/payslips"],
        "payslips_batch": [*shown, *(f"{shown[1]}?show={show}" for show in ("all", "ready", "apart", "filed"))],
        "payslips_slip": [f"/payslips/{each.batch_id}/slips/{each.id}" for each in [*slips(done), *slips(open_)]],
        "payslips_rule": [f"{shown[1]}/rule/{pages(open_)[0].id}{query}" for query in ("", f"?layout={rule.id}")],
    }
