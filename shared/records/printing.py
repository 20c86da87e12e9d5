"""The paper of a record, made by Guichet when the ERP gives none, and filed where papers of its kind go."""

import re

from flask_babel import force_locale
from flask_babel import gettext as _

from shared.clock import today
from shared.documents import filing
from shared.documents.finding import folder_of_class
from shared.documents.inspecting import inspect
from shared.documents.models import Document
from shared.errors import Refused
from shared.records import attaching
from shared.records.holding import hold
from shared.records.kinds import KINDS
from shared.records.laying import statement_of
from shared.records.models import Record
from shared.records.selling import is_sale, sale_of
from shared.settings.reading import company
from shared.sheets.attesting import make_attestation
from shared.sheets.selling import make_sale
from shared.sheets.writing import Sender

SOURCE = "guichet"
WORDS = re.compile(r"[^\w.-]+")


def paper_of(*, record: Record, by: str) -> Document | None:
    """The record itself on paper: what was filed, else what Guichet makes and files. Twice makes one.

    None when the party's family has no folder for this class of documents. Raises Refused for a record that cannot
    be printed, `storage.Unavailable` when nothing can be kept.
    """
    hold(record)
    found = standing(record)
    if found is not None:
        return found
    kind = KINDS[record.kind]
    document_class = next(iter(kind.classes), "")
    folder = folder_of_class(family_id=record.party.family_id, document_class=document_class)
    if folder is None:
        return None
    with force_locale("fr"):  # whoever asks for it: the paper is the party's
        data, filename, facts = pdf_of(record), filename_of(record), _facts(record)
    inspection = inspect(data, filename)
    filing.keep(data=data, inspection=inspection)
    document = filing.file(
        inspection=inspection,
        filename=filename,
        party=record.party,
        folder=folder,
        facts=facts,
        by=by,
        source=SOURCE,
    )
    attaching.tie(record=record, documents=[document], is_main=True)
    return document


def standing(record: Record) -> Document | None:
    """The paper that is known or was filed before the record was; tied to it then."""
    attaching.tie(record=record, documents=attaching.filed_papers(record))
    return next((row.document for row in record.documents if row.is_main), None)


def pdf_of(record: Record) -> bytes:
    """The PDF, filed or not: an invoice is a Factur-X (profile EN 16931). The same record, the same bytes."""
    if is_sale(record):
        return make_sale(sale_of(record))
    ours = company()
    return make_attestation(Sender(ours.name, ours.legal, ours.domain, ours.colour), statement_of(record))


def filename_of(record: Record) -> str:
    """« Facture-F-2026-0012.pdf »."""
    label = _("Avoir") if record.is_credit_note else _(KINDS[record.kind].label)
    return WORDS.sub("-", f"{label} {record.number or record.title or str(record.id)[-8:]}").strip("-.")[:120] + ".pdf"


def _facts(record: Record) -> filing.Facts:
    label = _("Avoir") if record.is_credit_note else _(KINDS[record.kind].label)
    return filing.Facts(
        title=f"{label} {record.number or record.title}".strip(),
        number=record.number,
        issued_on=record.issued_on or today(),
        due_on=record.due_on or record.valid_until,
        amount=record.amount,
        currency=record.currency,
        is_credit_note=record.is_credit_note,
    )


def refuse_unprintable(record: Record) -> None:
    """Raises Refused for a draft: its paper would be taken for the real one."""
    if record.status == "draft":
        raise Refused(_("Validez d’abord cette pièce : un brouillon ne s’imprime pas."), "move")
