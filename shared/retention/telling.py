"""Everything that is held on a person, in words that a program reads: RGPD, articles 15 and 20.

Secrets, hashes of passwords and what concerns other people stay out.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from shared.access.devices import name_of
from shared.access.models import Access, Account, Identifier, PortalSession, Seat
from shared.documents.models import Document, Download, Folder
from shared.events.catalogue import CATALOGUE
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.models import Notification
from shared.people.models import Consent, Contact, EmailCell, Party, Person
from shared.people.rights_models import PayslipNotice
from shared.records.remark_models import Remark
from shared.retention import telling_acts
from shared.retention.spelling import MOST, Line, lines, spelled


def told(party: Party, contacts: Sequence[Contact], *, whole: bool) -> dict[str, Any]:
    """What is held on these contacts; with `whole`, on the party itself too: its card, messages and story."""
    people = [_person(contact) for contact in contacts]
    signed = {
        "signatures": telling_acts.signatures(contacts),
        "questions_avant_signature": telling_acts.questions(contacts),
    }
    if not whole:
        return {"tiers": {"code": party.code, "nom": party.name}, "personnes": people, **signed}
    return {
        "tiers": _card(party),
        "personnes": people,
        **signed,
        "dematerialisation": lines(
            select(Consent.document_class, Consent.state, Consent.at, Consent.proof, Consent.superseded_at).where(
                Consent.party_id == party.id
            ),
            ("classe", "decision", "le", "preuve", "remplacee_le"),
        ),
        "informations_bulletin": lines(
            select(PayslipNotice.given_on, PayslipNotice.at_hiring, PayslipNotice.first_issue_on).where(
                PayslipNotice.party_id == party.id
            ),
            ("le", "a_l_embauche", "premiere_emission"),
        ),
        "documents": _documents(party),
        "lectures": _readings(party),
        "messages": _messages(party),
        "echanges": _remarks(party),
        "pieces": telling_acts.records(party),
        "documents_demandes": telling_acts.asked_for(party),
        "evenements": _events(party),
    }


def _card(party: Party) -> Line:
    cells = db.session.execute(select(EmailCell.slot, EmailCell.address).where(EmailCell.party_id == party.id))
    return {
        "code": party.code,
        "nom": party.name,
        "famille": party.family.label,
        "adresse": party.street,
        "code_postal": party.postcode,
        "ville": party.city,
        "pays": party.country,
        "telephone": party.phone,
        "naissance": spelled(party.birth_date),
        "depart": spelled(party.left_on),
        "cree_le": spelled(party.created_at),
        "adresses_electroniques": {str(slot): address for slot, address in cells},
    }


def _person(contact: Contact) -> Line:
    person: Person = contact.person
    account = db.session.scalars(select(Account).where(Account.person_id == person.id)).one_or_none()
    access = db.session.scalars(select(Access).where(Access.contact_id == contact.id)).one_or_none()
    return {
        "civilite": person.civility,
        "prenom": person.given_name,
        "nom": person.family_name,
        "fonction": contact.role,
        "adresse_electronique": contact.email,
        "telephone": contact.phone,
        "acces": None if access is None else {"identifiant": access.identifier, "ouvert": access.allowed},
        "compte": None if account is None else _account(account),
    }


def _account(account: Account) -> Line:
    named = db.session.execute(select(Identifier.kind, Identifier.value).where(Identifier.account_id == account.id))
    sessions = select(PortalSession.created_at, PortalSession.ip, PortalSession.user_agent)
    sessions = sessions.where(PortalSession.account_id == account.id).order_by(PortalSession.created_at).limit(MOST)
    return {
        "active_le": spelled(account.activated_at),
        "derniere_connexion": spelled(account.last_login_at),
        "adresse_de_securite": account.email,
        "telephone": account.phone,
        "adresse_personnelle": account.personal_email,
        "identifiants": [{"sorte": str(kind), "valeur": value} for kind, value in named],
        "appareils": [
            {"le": spelled(at), "adresse_ip": ip, "appareil": name_of(agent)}
            for at, ip, agent in db.session.execute(sessions)
        ],
    }


def _documents(party: Party) -> list[Line]:
    columns = (Folder.label, Document.title, Document.number, Document.issued_on, Document.filed_at)
    query = select(*columns).join(Folder, Folder.id == Document.folder_id).where(Document.party_id == party.id)
    names = ("repertoire", "document", "numero", "date", "classe_le")
    return lines(query.order_by(Document.filed_at, Document.id), names)


def _readings(party: Party) -> list[Line]:
    query = (
        select(Document.title, Download.kind, Download.at, Download.ip, Download.user_agent)
        .join(Document, Document.id == Download.document_id)
        .join(Seat, Seat.id == Download.seat_id)
        .where(Seat.party_id == party.id)
        .order_by(Download.at)
    )
    return lines(query, ("document", "lecture", "le", "adresse_ip", "navigateur"))


def _messages(party: Party) -> list[Line]:
    columns = (Notification.created_at, Notification.channel, Notification.address, Notification.subject)
    query = select(*columns, Notification.status, Notification.sent_at).where(Notification.party_id == party.id)
    names = ("cree_le", "canal", "adresse", "objet", "etat", "envoye_le")
    return lines(query.order_by(Notification.created_at, Notification.id), names)


def _remarks(party: Party) -> list[Line]:
    """What was said on the portal; staff's own notes are not addressed to the party."""
    said = (Remark.party_id == party.id, Remark.is_internal.is_(False))
    query = select(Remark.at, Remark.staff_id.is_not(None), Remark.text).where(*said)
    return lines(query.order_by(Remark.at, Remark.id), ("le", "de_la_societe", "texte"))


def _events(party: Party) -> list[Line]:
    query = select(Event.at, Event.name).where(Event.party_id == party.id).order_by(Event.at, Event.id).limit(MOST)
    return [
        {"le": spelled(at), "evenement": CATALOGUE[name].label if name in CATALOGUE else name}
        for at, name in db.session.execute(query)
    ]
