"""Whose each payslip is, and what keeps it from leaving: one sentence for each that is held."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from shared.documents.indexing import cut
from shared.documents.models import Document, Version
from shared.extensions import db
from shared.intake.payslip_directory import Directory, Employee, agrees, name_words
from shared.intake.payslip_grouping import Group
from shared.intake.payslip_models import PageVerdict
from shared.intake.payslip_reading import Seen, fingerprint, fingerprint_of_text
from shared.sheets.amounts import long_date, month

LATE = 3  # months after leaving: a last payslip comes later than the person goes, not half a year later
AT_ONCE = 500


@dataclass
class Match:
    """What is known of one payslip: `reason` is the sentence when it is held."""

    group: Group
    verdict: PageVerdict = PageVerdict.MATCHED
    reason: str = ""
    party_id: uuid.UUID | None = None
    period: date | None = None
    rectifies: bool = False
    fingerprint: str = field(default="")


def person_of(seen: Seen, directory: Directory) -> tuple[Employee | None, PageVerdict, str]:
    """The one employee that a page names; else the verdict and its sentence. The name checks the matricule."""
    if not seen.matricule:
        return _by_name(seen, directory)
    found = directory.with_matricule(seen.matricule)
    if not found:
        return None, PageVerdict.UNKNOWN, _("Aucun salarié n’a le matricule « %(read)s ».", read=seen.matricule)
    if len(found) > 1:
        names = ", ".join(f"{each.name} ({each.code})" for each in found[:3])
        sentence = _("Le matricule « %(read)s » peut être celui de plusieurs salariés : %(names)s.", names=names,
                     read=seen.matricule)  # fmt: skip
        return None, PageVerdict.DOUBTFUL, sentence
    if seen.name and not agrees(name_words(seen.name), found[0].words):
        sentence = _(
            "Le matricule « %(read)s » est celui de %(ours)s, mais le nom lu est « %(name)s ».",
            read=seen.matricule,
            ours=found[0].name,
            name=seen.name,
        )
        return found[0], PageVerdict.DOUBTFUL, sentence
    return found[0], PageVerdict.MATCHED, ""


def matched(groups: Sequence[Group], directory: Directory, wanted: date) -> list[Match]:
    """Each payslip with its verdict, the first doubt told; `wanted` is the month that the batch is said to pay."""
    return [_match(group, directory, wanted) for group in groups]


def mark_repeated(matches: Sequence[Match]) -> None:
    """Of two payslips of one person and month in a batch, only the first may leave by itself."""
    first: dict[tuple[uuid.UUID, date], Match] = {}
    for match in matches:
        if match.party_id is None or match.period is None or match.verdict is not PageVerdict.MATCHED:
            continue
        earlier = first.setdefault((match.party_id, match.period), match)
        if earlier is match:
            continue
        match.verdict = PageVerdict.DUPLICATE
        if match.fingerprint and match.fingerprint == earlier.fingerprint:
            match.reason = _("C’est le même bulletin qu’à la page %(page)s de son fichier.", page=earlier.group.first)
        else:
            match.reason = _(
                "Un autre bulletin de la même personne et du même mois est à la page %(page)s de son fichier.",
                page=earlier.group.first,
            )


def mark_delivered(matches: Sequence[Match], folder_id: uuid.UUID) -> None:
    """What is filed already adds nothing; another payslip of a month already filed is a rectified one, or a doubt."""
    known = {match.party_id for match in matches if match.party_id and match.period}
    filed: dict[tuple[uuid.UUID, date], set[str]] = {}
    ids = sorted(known)
    for start in range(0, len(ids), AT_ONCE):
        for party_id, period, told in _filed(ids[start : start + AT_ONCE], folder_id, matches):
            filed.setdefault((party_id, period), set()).add(told)
    for match in matches:
        if match.party_id is None or match.period is None:
            continue
        standing = filed.get((match.party_id, match.period))
        if standing is None or match.verdict not in (PageVerdict.MATCHED, PageVerdict.DUPLICATE, PageVerdict.LEFT):
            continue
        if match.fingerprint in standing:
            match.verdict, match.reason = PageVerdict.DELIVERED, _("Ce bulletin est déjà dans son espace documents.")
        else:
            _beside(match)


def _match(group: Group, directory: Directory, wanted: date) -> Match:
    first = group.pages[0]
    match = Match(group, fingerprint=fingerprint([seen.words for seen in group.pages]))
    match.rectifies = any(seen.rectified for seen in group.pages)
    match.period = next((date.fromisoformat(seen.period) for seen in group.pages if seen.period), None)
    if group.verdict is not None:
        match.verdict, match.reason = group.verdict, group.doubt
        return match
    employee, verdict, sentence = person_of(first, directory)
    match.party_id = employee.id if employee is not None else None
    foreign = next((seen.foreign for seen in group.pages if seen.foreign), "")
    if foreign:
        match.verdict, match.party_id = PageVerdict.WRONG_COMPANY, None
        match.reason = _("Cette page est celle d’une autre entreprise : « %(read)s ».", read=foreign)
    elif verdict is not PageVerdict.MATCHED:
        match.verdict, match.reason = verdict, sentence
    elif group.doubt:
        match.verdict, match.reason = PageVerdict.DOUBTFUL, group.doubt
    else:
        _check_time(match, employee, wanted)
    return match


def _check_time(match: Match, employee: Employee | None, wanted: date) -> None:
    if match.period is None:
        match.verdict, match.reason = PageVerdict.DOUBTFUL, _("Le mois ne peut pas être lu sur ce bulletin.")
    elif match.period != wanted:
        match.verdict = PageVerdict.WRONG_MONTH
        match.reason = _(
            "Ce n’est pas le mois du lot : %(read)s au lieu de %(wanted)s.",
            read=month(match.period),
            wanted=month(wanted),
        )
    elif employee is not None and employee.left_on and _months_after(employee.left_on, match.period) > LATE:
        match.verdict = PageVerdict.LEFT
        match.reason = _(
            "%(name)s est parti de l’entreprise depuis le %(day)s : vérifiez que ce bulletin est bien le sien.",
            name=employee.name,
            day=long_date(employee.left_on),
        )


def _by_name(seen: Seen, directory: Directory) -> tuple[Employee | None, PageVerdict, str]:
    found = directory.with_name(seen.name)
    if not found:
        return None, PageVerdict.UNKNOWN, _("Aucun salarié ne s’appelle « %(read)s ».", read=seen.name)
    if len(found) > 1:
        names = ", ".join(f"{each.name} ({each.code})" for each in found[:3])
        sentence = _("Plusieurs salariés peuvent s’appeler « %(read)s » : %(names)s.", read=seen.name, names=names)
        return None, PageVerdict.DOUBTFUL, sentence
    return found[0], PageVerdict.MATCHED, ""


def _beside(match: Match) -> None:
    if match.rectifies:
        return
    match.verdict = PageVerdict.DOUBTFUL
    match.reason = _(
        "Un autre bulletin de ce mois est déjà dans son espace documents, et celui-ci ne se dit pas rectifié. "
        "Distribué, il sera marqué « rectifié » à côté de l’ancien."
    )


def _filed(ids: list[uuid.UUID], folder_id: uuid.UUID, matches: Sequence[Match]) -> list[tuple[uuid.UUID, date, str]]:
    """Person, month and words of what stands in the folder for the months of the batch."""
    months = [match.period for match in matches if match.period]
    query = (
        select(Document.party_id, Document.issued_on, Version.text)
        .join(Version, Version.document_id == Document.id)
        .where(
            Document.folder_id == folder_id,
            Document.party_id.in_(ids),
            Document.issued_on.between(min(months), max(months) + timedelta(days=31)),
        )
    )
    return [
        (party_id, issued_on.replace(day=1), fingerprint_of_text(text) if cut(text[:200]) else "")
        for party_id, issued_on, text in db.session.execute(query)
        if issued_on is not None
    ]


def _months_after(left_on: date, period: date) -> int:
    return (period.year - left_on.year) * 12 + period.month - left_on.month
