"""What the page of one party shows around its card."""

from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from backoffice.access_rows import Row, rows_of
from backoffice.access_words import words
from backoffice.parties_form import CONSENTS, ConsentForm
from backoffice.party_tabs import party_tabs
from backoffice.reach import may, scope
from shared.catalogues import languages
from shared.documents.models import Document, Folder
from shared.events.actors import WORDS
from shared.extensions import db
from shared.people.consenting import NEEDED_BY, history, mark_of
from shared.people.countries import country_name
from shared.people.deliveries import cell_states
from shared.people.models import Consent, EmailSlot, Party
from shared.web.permissions import Permission

SHOWN = 8


def around_party(party: Party, refused: tuple[str, ConsentForm] | None = None) -> dict[str, Any]:
    """Everything in a bounded number of queries, whatever the party holds.

    `refused`: the class of documents and the form of a decision that was not taken, to be shown as it was typed.
    """
    decided = history(party) if len(party.family.slots) > 1 else None
    row, documents = access_row(party), _documents(party)
    allowed = may(party.family_id)
    return {
        "party": party,
        "tabs": party_tabs(party),
        "family": party.family,
        "cells": cell_states(party),
        "identity": _identity(party),
        "row": row,
        "w": words(may_edit=allowed["may_edit"], may_show=allowed["may_show"], selectable=False),
        "may_edit": scope(Permission.PARTIES_EDIT).reaches_family(party.family_id),
        "documents": documents,
        "slot_words": slot_words(),
        "explorer_url": page_url("explorer", family=party.family.key, party=party.id),
        "breadcrumb": [(party.family.label, f"/backoffice/parties?family={party.family.key}"), (party.name, "")],
        **_agreements(decided, documents, refused),
    }


def slot_words() -> dict[str, str]:
    """The four cells in words."""
    return {
        EmailSlot.CARD.value: _("Fiche"),
        EmailSlot.QUOTE.value: _("Devis"),
        EmailSlot.BILLING.value: _("Facturation"),
        EmailSlot.REMINDER.value: _("Relance"),
    }


def _agreements(
    decided: list[tuple[Consent, str | None]] | None, documents: Any, refused: tuple[str, ConsentForm] | None
) -> dict[str, Any]:
    """The panel « Dématérialisation », for families that receive invoices and quotes."""
    if decided is None:
        return {"decisions": None}
    papers = [(str(each.id), f"{each.title} {each.number}".strip()) for each in documents]
    decisions = {each.document_class: each for each, _name in decided if each.superseded_at is None}
    typed = dict([refused] if refused else [])
    return {
        "decisions": decisions,
        "past": [each for each, _name in decided],
        "decision_names": {consent.by: name or WORDS.get(consent.by, consent.by) for consent, name in decided},
        "classes": NEEDED_BY,
        "class_words": {"invoice": _("Factures"), "quote": _("Devis")},
        "consent_words": {key: str(label) for key, label in CONSENTS},
        "consent_forms": {
            each: _offered(each, typed.get(each) or _form(decisions.get(each)), papers) for each in NEEDED_BY
        },
        "class_slots": {
            "invoice": (EmailSlot.BILLING, _("Email facturation")),
            "quote": (EmailSlot.QUOTE, _("Email devis")),
        },
    }


def _identity(party: Party) -> list[tuple[str, str | None]]:
    numbers = [(_("SIRET"), party.siret), (_("Numéro de TVA"), party.vat_number)] if party.is_business else []
    return [
        (_("Code"), party.code),
        *numbers,
        (_("Adresse"), party.street),
        (_("Ville"), f"{party.postcode} {party.city}".strip()),
        (_("Pays"), country_name(party.country)),
        (_("Téléphone"), party.phone),
        (_("Langue des messages"), languages().get(party.locale, party.locale)),
    ]


def page_url(endpoint: str, **values: Any) -> str:
    """The address of another page of the back office, if this person may open it."""
    view = current_app.view_functions.get(f"backoffice.{endpoint}")
    if view is None or not scope(getattr(view, "permission", "")).grants:
        return ""
    return url_for(f"backoffice.{endpoint}", **values)


def access_row(party: Party) -> Row | None:
    """The line of the grid, for those who may see accesses."""
    seen = scope(Permission.ACCESS_SEE)
    return next(iter(rows_of([party.id], seen)), None) if seen.grants else None


def _form(decision: Consent | None) -> ConsentForm:
    return ConsentForm(
        formdata=None, prefix="", data={"state": decision.state.value if decision else None, "seen": mark_of(decision)}
    )


def _offered(document_class: str, form: ConsentForm, papers: list[tuple[str, str]]) -> ConsentForm:
    """The form with the papers to choose from; two of them stand on the page, so their fields bear names apart."""
    form.document_id.choices = [("", _("Aucune")), *papers]
    for field in (form.state, form.proof, form.document_id, form.seen):
        field.id = f"{document_class}-{field.name}"
        field.label.field_id = field.id
    return form


def _documents(party: Party) -> Any:
    seen = scope(Permission.DOCUMENTS_SEE)
    columns = (Document.id, Document.title, Document.number, Document.filed_at, Folder.label)
    query = select(*columns).join(Folder, Folder.id == Document.folder_id)
    query = query.where(Document.party_id == party.id, seen.documents())
    return db.session.execute(query.order_by(Document.filed_at.desc(), Document.id.desc()).limit(SHOWN)).all()
