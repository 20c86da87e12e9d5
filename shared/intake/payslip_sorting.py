"""From the pages of a batch to its payslips: each page in one of them, each with its verdict."""

import uuid
from typing import Any

from sqlalchemy import insert, select, update

from shared.extensions import db, uuid7
from shared.intake.payslip_directory import Directory
from shared.intake.payslip_grouping import grouped
from shared.intake.payslip_matching import Match, mark_delivered, mark_repeated, matched, person_of
from shared.intake.payslip_models import PageVerdict, PayslipBatch, PayslipFile, PayslipPage, PayslipSlip
from shared.intake.payslip_reading import Seen

AT_ONCE = 500  # payslips written by one statement: ten thousand at once would be held twice in memory

Pages = list[tuple[uuid.UUID, int, Seen]]  # page, its position in the batch, what was read


def sort_out(batch: PayslipBatch, directory: Directory) -> None:
    """Write the payslips of a batch whose pages are all read, and what became of each page."""
    files = select(PayslipFile).where(PayslipFile.batch_id == batch.id, PayslipFile.matched.is_(False))
    found: list[tuple[PayslipFile, Pages, list[Match]]] = []
    for file in db.session.scalars(files.order_by(PayslipFile.position)):
        pages = _pages_of(file)
        people = [_who(seen, directory) for _id, _position, seen in pages]
        groups = grouped([seen for _id, _position, seen in pages], people)
        found.append((file, pages, matched(groups, directory, batch.month)))
        file.matched = True
    everything = [match for _file, _pages, matches in found for match in matches]
    mark_repeated(everything)
    mark_delivered(everything, batch.folder_id)
    for file, pages, matches in found:
        for start in range(0, len(matches), AT_ONCE):
            _write(batch, file, pages, matches[start : start + AT_ONCE])
    db.session.flush()


def _pages_of(file: PayslipFile) -> Pages:
    query = select(PayslipPage.id, PayslipPage.position, PayslipPage.facts).where(PayslipPage.file_id == file.id)
    rows = db.session.execute(query.order_by(PayslipPage.number))
    return [(page_id, position, Seen(**facts)) for page_id, position, facts in rows]


def _who(seen: Seen, directory: Directory) -> str:
    if not seen.is_identified:
        return ""
    employee, verdict, _sentence = person_of(seen, directory)
    return str(employee.id) if employee is not None and verdict is PageVerdict.MATCHED else ""


def _write(batch: PayslipBatch, file: PayslipFile, pages: Pages, matches: list[Match]) -> None:
    slips: list[dict[str, Any]] = []
    became: list[dict[str, Any]] = []
    for match in matches:
        slip = _slip(batch, file, match, pages)
        slips.append(slip)
        for place, (page_id, _position, _seen) in enumerate(pages[match.group.first - 1 : match.group.last]):
            verdict = PageVerdict.CONTINUED if place else match.verdict
            became.append({"id": page_id, "slip_id": slip["id"], "verdict": verdict})
    if slips:
        db.session.execute(insert(PayslipSlip), slips)
        db.session.execute(update(PayslipPage), became)


def _slip(batch: PayslipBatch, file: PayslipFile, match: Match, pages: Pages) -> dict[str, Any]:
    first = match.group.pages[0]
    return {
        "id": uuid7(),
        "batch_id": batch.id,
        "file_id": file.id,
        "position": pages[match.group.first - 1][1],
        "first": match.group.first,
        "last": match.group.last,
        "verdict": match.verdict,
        "reason": match.reason,
        "layout_id": uuid.UUID(first.layout) if first.layout else None,
        "matricule": first.matricule,
        "name": first.name,
        "period": match.period,
        "party_id": match.party_id,
        "fingerprint": match.fingerprint,
        "rectifies": match.rectifies,
    }
