"""Asking, in order, by a folder or by staff; refusing, delegating, asking a question, reminding, ending."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from shared import jobs
from shared.access.models import Access, Seat
from shared.access.synchronising import synchronise
from shared.clock import at, now, today
from shared.documents import moving, publishing
from shared.documents.excepting import differ
from shared.documents.models import Document, SignatureSide
from shared.documents.storage import original_key, read, storage
from shared.errors import Refused
from shared.events.models import Event
from shared.extensions import db, uuid7
from shared.notifications.models import Notification, Reason
from shared.notifications.shipping import ship_messages
from shared.people.contacting import ContactCard, add_contact
from shared.people.models import EmailSlot, Party
from shared.signatures.asking import Wanted, ask
from shared.signatures.cancelling import cancel, expire_due
from shared.signatures.delegating import Name, delegate, undo_delegation
from shared.signatures.finding import asked_of, request_of
from shared.signatures.models import (
    Level,
    RequestState,
    Signature,
    SignatureMode,
    SignatureRequest,
    Signer,
    SignerRole,
    SignerState,
)
from shared.signatures.offline import proof_of
from shared.signatures.proving import proof_file, prove
from shared.signatures.questioning import answer, ask_question
from shared.signatures.refusing import refuse, undo_refusal
from shared.signatures.reminding import remind, remind_due
from shared.signatures.standing import Standing, standing
from shared.signatures.validating import signatures_of
from tests.factories.identity import a_clerk
from tests.factories.office import BY, an_installation, customer, filed, folder, manual_mode
from tests.factories.office import synchronise as synchronised
from tests.shared.signatures.papers import plain

STAFF = "command"


@pytest.fixture(autouse=True)
def installed(app: Flask) -> Iterator[None]:
    an_installation()
    ship_messages()
    db.session.flush()
    yield


def party_with_access(code: str = "C1") -> Party:
    made = customer(code, "Ateliers Dubois", addresses={EmailSlot.CARD: "dubois@exemple.fr"})
    from shared.access.granting import allow, grant

    access = grant(party=made, by=BY)
    access.contact.person.given_name, access.contact.person.family_name = "Camille", "Martin"
    allow(access=access, by=BY)
    while synchronise():
        pass
    return made


def contract(party: Party, where: str = "c.to_sign", text: str = "Contrat") -> Document:
    return filed(party, folder(where), plain(text=f"{text} {uuid7()}"), "contrat.pdf", title="Contrat d’entretien")


def prepared(document: Document) -> SignatureRequest:
    request = request_of(document.id)
    assert request is not None
    db.session.commit()
    jobs.prepare_signatures(str(request.id))
    found = db.session.get_one(SignatureRequest, request.id, populate_existing=True)
    assert found.state is RequestState.OPEN, found.failure
    return found


def accepted(signer: Signer) -> Signature:
    """As accepting leaves it; tried where it is built."""
    made = Signature(id=uuid7(), signer_id=signer.id, mode=SignatureMode.TYPED, typed="x", name="Camille Martin")
    made.consent_text, made.locale, made.identity = "J’accepte.", "fr", {}
    made.shown_sha256 = signer.request.prepared_sha256 or ""
    signer.state = SignerState.ACCEPTED
    db.session.add(made)
    db.session.commit()
    return made


def sealed(signer: Signer) -> SignatureRequest:
    accepted(signer)
    jobs.seal_signatures(str(signer.request_id))
    return db.session.get_one(SignatureRequest, signer.request_id, populate_existing=True)


def messages(event: str) -> list[Notification]:
    return list(db.session.scalars(select(Notification).where(Notification.event == event)))


def kinds(data: bytes) -> list[str]:
    """Of the signatures that hold; their timestamps apart."""
    found = signatures_of(data)
    assert all(each.intact and each.allowed for each in found)
    return [each.kind for each in found if each.kind != "timestamp"]


@pytest.mark.row("P-17")
def test_a_document_in_a_folder_to_sign_is_asked_for_signed_moved_and_told_once() -> None:
    party = party_with_access()
    document = contract(party)
    request = prepared(document)
    assert [m.event for m in db.session.scalars(select(Notification).where(Notification.party_id == party.id))].count(
        "document.published"
    ) == 0
    (told,) = messages("signature.asked")
    assert told.slot is EmailSlot.CARD and told.link_target == "signature" and told.reason is Reason.NONE
    (signer,) = request.signers
    seat = db.session.scalars(select(Seat).where(Seat.party_id == party.id)).one()
    assert db.session.scalars(asked_of(seat)).all() == [signer]
    request = sealed(signer)
    assert request.state is RequestState.COMPLETED and document.folder_id == folder("c.contracts").id
    assert request.latest_version is not None
    data = read(storage(), original_key(request.latest_version.sha256))
    assert kinds(data) == ["certification", "signature"]
    broken = bytearray(data)
    broken[200] ^= 1
    assert not all(each.intact for each in signatures_of(bytes(broken)))
    with pytest.raises(Refused, match="déjà signé"):
        ask(document=document, by=STAFF)
    assert len(messages("document.signed")) == 1 and not messages("document.published")
    event = db.session.scalars(select(Event).where(Event.name == "document.signed")).one()
    assert event.facts["request"] == str(request.id) and event.document_id == document.id


@pytest.mark.row("P-79")
def test_another_side_changes_the_next_request_and_leaves_prepared_and_signed_files() -> None:
    party = party_with_access()
    first = prepared(contract(party))
    before = first.prepared_sha256
    folder("c.to_sign").signature_side = SignatureSide.LEFT
    db.session.flush()
    second = prepared(contract(party))
    db.session.refresh(first)
    assert (first.side, second.side) == (SignatureSide.RIGHT, SignatureSide.LEFT)
    assert first.prepared_sha256 == before
    done = sealed(first.signers[0])
    assert done.side is SignatureSide.RIGHT and done.state is RequestState.COMPLETED


def test_ranks_are_asked_one_after_the_other_and_two_at_once_lose_nothing() -> None:
    party = party_with_access()
    document = contract(party, "c.contracts")
    one, two, three = (
        add_contact(party=party, card=ContactCard("Nom", given, email=f"{given}@exemple.fr"), by=BY)
        for given in ("Alice", "Bruno", "Chloe")
    )
    wanted = [
        Wanted(1, SignerRole.PARTY, contact=one),
        Wanted(1, SignerRole.PARTY, contact=two),
        Wanted(2, SignerRole.PARTY, contact=three),
    ]
    ask(document=document, by=STAFF, signers=wanted)
    opened = {a.contact_id: a.folder_ids for a in db.session.scalars(select(Access).where(Access.party_id == party.id))}
    assert opened[one.id] == opened[three.id] == []
    request = prepared(document)
    first, second, third = request.signers
    assert [each.state for each in request.signers] == ["asked", "asked", "waiting"]
    accepted(first)
    accepted(second)
    jobs.seal_signatures(str(request.id))
    db.session.expire_all()
    assert third.state is SignerState.ASKED and request.state is RequestState.OPEN
    request = sealed(third)
    assert request.state is RequestState.COMPLETED and request.latest_version is not None
    data = read(storage(), original_key(request.latest_version.sha256))
    assert kinds(data) == ["certification", "signature", "signature", "signature"]


def test_a_refusal_tells_those_who_signed_is_undone_within_the_hour_and_leaves_the_original_to_be_read() -> None:
    party = party_with_access()
    document = contract(party, "c.contracts")
    other = add_contact(party=party, card=ContactCard("Roy", "Léa", email="lea@exemple.fr"), by=BY)
    while synchronise():
        pass
    source = document.versions[-1].sha256
    main = party.contacts[0] if party.contacts[0].is_main else party.contacts[1]
    ask(
        document=document,
        by=STAFF,
        signers=[Wanted(1, SignerRole.PARTY, contact=main), Wanted(2, SignerRole.PARTY, contact=other)],
    )
    request = prepared(document)
    first, second = request.signers
    sealed(first)
    db.session.refresh(second)
    with pytest.raises(Refused):
        refuse(signer=second, reason=" ", by="system")
    refuse(signer=second, reason="Le prix a changé", by="system")
    assert request.state is RequestState.REFUSED and request.ended_because == "Le prix a changé"
    (told,) = messages("signature.refused")
    assert told.facts["comment"] == "Le prix a changé"
    db.session.expire_all()
    assert document.versions[-1].sha256 == source, "nobody takes a void file for a contract"
    assert request.latest_version is not None and request.latest_version.sha256 != source
    undo_refusal(request=request, by=STAFF)
    assert request.state is RequestState.OPEN and second.state is SignerState.ASKED
    refuse(signer=second, reason="Non", by="system")
    with at(now() + timedelta(minutes=61)), pytest.raises(Refused, match="L’heure"):
        undo_refusal(request=request, by=STAFF)
    again = ask(document=document, by=STAFF)
    assert again.source_version.sha256 == source


def test_after_a_refusal_taken_back_the_proof_is_that_of_what_followed() -> None:
    request = prepared(contract(party_with_access()))
    (signer,) = request.signers
    refuse(signer=signer, reason="Par erreur", by="system")
    prove(request.id)
    void = request.proof_pdf_sha256
    assert void is not None
    undo_refusal(request=request, by=STAFF)
    assert request.proved_at is None and request.proof_pdf_sha256 is None
    request = sealed(signer)
    assert request.state is RequestState.COMPLETED
    prove(request.id)
    proof = proof_of(proof_file(request))
    assert proof["request"]["state"] == "completed" and proof["signers"][0]["signature"] is not None
    assert [step["facts"] for step in proof["steps"] if step["kind"] == "refusal_undone"] == [{"void_proof": void}]


def test_a_delegate_takes_the_place_and_gives_it_back_within_the_hour() -> None:
    party = party_with_access()
    request = prepared(contract(party))
    (signer,) = request.signers
    with pytest.raises(Refused):
        delegate(signer=signer, to=Name("Ana", "Diaz", ""), reason="", by="system")
    made = delegate(signer=signer, to=Name("Ana", "Diaz", "ana@exemple.fr"), reason="en congé", by="system")
    assert (made.field, signer.field, signer.state) == ("S1", None, SignerState.DELEGATED)
    assert len(messages("signature.asked")) == 2 and len(messages("signature.delegated")) == 1
    undo_delegation(signer=signer, by=STAFF)
    assert (signer.field, signer.state, made.state) == ("S1", SignerState.ASKED, SignerState.DELEGATED)
    assert standing(made) is Standing.TAKEN_BACK, "who had it delegated nothing"
    with pytest.raises(Refused, match="la donne elle-même"):
        refuse(signer=made, reason="Non", by="system")
    with pytest.raises(Refused, match="rien à annuler"):
        undo_delegation(signer=made, by=STAFF)
    again = delegate(signer=signer, to=Name("ana", "diaz", "ANA@exemple.fr"), reason="", by="system")
    assert again.contact_id == made.contact_id, "the same name and address at this party is the same person"
    request = sealed(again)
    assert request.state is RequestState.COMPLETED


def test_a_question_is_answered_once_and_both_are_kept() -> None:
    request = prepared(contract(party_with_access()))
    (signer,) = request.signers
    question = ask_question(signer=signer, text="Quel délai ?", by="system")
    answer(question=question, text="Dix jours.", by=STAFF)
    (told,) = messages("signature.question_answered")
    assert told.facts["comment"] == "Dix jours." and told.facts["question"] == "Quel délai ?"
    with pytest.raises(Refused):
        answer(question=question, text="Onze.", by=STAFF)


def test_reminders_leave_on_their_day_and_stop_by_themselves_and_the_due_date_ends_it() -> None:
    document = contract(party_with_access(), "c.contracts")
    ask(document=document, by=STAFF, remind_days=3, due_on=today() + timedelta(days=5))
    request = prepared(document)
    assert remind_due() == 0
    with at(now() + timedelta(days=3)):
        assert remind_due() == 1 and remind_due() == 0
    with pytest.raises(Refused):
        ask(document=contract(request.party, "c.contracts"), by=STAFF, due_on=today() - timedelta(days=1))
    with at(now() + timedelta(days=6)):
        assert expire_due() == 1
        db.session.expire_all()
        assert request.state is RequestState.EXPIRED and remind_due() == 0
    assert len(messages("signature.reminded")) == 1
    with pytest.raises(Refused, match="personne à relancer"):
        remind(request=request, by=STAFF)


def test_what_was_accepted_in_time_waits_for_its_seal_past_the_due_date() -> None:
    document = contract(party_with_access(), "c.contracts")
    ask(document=document, by=STAFF, due_on=today())
    request = prepared(document)
    accepted(request.signers[0])
    with at(now() + timedelta(days=2)):
        assert expire_due() == 0
    jobs.seal_signatures(str(request.id))
    db.session.expire_all()
    assert request.state is RequestState.COMPLETED


def test_a_document_under_request_neither_moves_nor_leaves_the_portal_before_it_is_cancelled() -> None:
    document = contract(party_with_access())
    for act in (
        lambda: moving.move(document=document, folder=folder("c.contracts"), by=STAFF),
        lambda: publishing.withdraw(document=document, by=STAFF),
        lambda: ask(document=document, by=STAFF),
    ):
        with pytest.raises(Refused):
            act()
    request = prepared(document)
    cancel(request=request, because="Erreur de prix", by=STAFF)
    assert request.state is RequestState.CANCELLED and not messages("signature.asked")[0].sent_at
    moving.move(document=document, folder=folder("c.contracts"), by=STAFF)
    with pytest.raises(Refused):
        cancel(request=request, because="", by=STAFF)


def test_what_fails_is_said_tried_again_later_each_time_and_taken_up_by_a_person(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = contract(party_with_access())
    request = request_of(document.id)
    assert request is not None
    db.session.commit()
    path = original_key(document.versions[-1].sha256)
    data = read(storage(), path)
    storage().delete(path)
    waits = []
    for _attempt in range(5):
        jobs.prepare_signatures(str(request.id))
        db.session.refresh(request)
        assert request.state is RequestState.FAILED and "stockage" in request.failure and request.retry_at is not None
        waits.append(round((request.retry_at - now()).total_seconds() / 60))
    assert waits == [1, 5, 15, 60, 60]
    assert db.session.scalar(select(func.count()).where(Event.name == "signature.failed")) == 1
    storage().put(path, data)
    from shared.signatures.retrying import retake, unprepared

    assert unprepared() == []
    retake(request=request, by=STAFF)
    db.session.commit()
    assert unprepared() == [request.id]
    assert prepared(document).failure == ""


def test_a_payslip_or_a_text_is_never_asked_for() -> None:
    party = party_with_access()
    text = filed(party, folder("c.to_sign"))
    assert request_of(text.id) is None
    with pytest.raises(Refused, match="PDF"):
        ask(document=text, by=STAFF)


def test_nobody_of_another_party_signs() -> None:
    document, other = contract(party_with_access(), "c.contracts"), party_with_access("C2")
    stranger = add_contact(party=other, card=ContactCard("X", "Y"), by=BY)
    with pytest.raises(Refused, match="interlocuteur"):
        ask(document=document, by=STAFF, signers=[Wanted(1, SignerRole.PARTY, contact=stranger)])


def test_in_manual_mode_nobody_is_asked_before_the_document_is_there() -> None:
    party = party_with_access()
    manual_mode()
    document = contract(party)
    request = prepared(document)
    assert request.signers[0].state is SignerState.WAITING and not messages("signature.asked")
    synchronised()
    db.session.expire_all()
    assert request.signers[0].state is SignerState.ASKED and len(messages("signature.asked")) == 1
    assert not messages("document.published")


def test_whoever_has_no_access_waits_for_it_and_one_opened_to_sign_opens_no_folder() -> None:
    party = customer("C9", addresses={EmailSlot.CARD: "c9@exemple.fr"})
    request = prepared(contract(party))
    assert messages("signature.asked")[0].reason is Reason.SYNCHRONISATION
    assert db.session.scalars(select(Access).where(Access.party_id == party.id)).all() == []
    cancel(request=request, because="", by=STAFF)
    ask(document=request.document, by=STAFF)
    access = db.session.scalars(select(Access).where(Access.party_id == party.id)).one()
    assert access.allowed and access.folder_ids == []


def test_both_sides_and_the_copies_are_told_once_and_the_party_may_sign_at_its_own_level() -> None:
    party, where = party_with_access(), folder("c.to_sign")
    own = {"signature_level": "reinforced", "signed_folder_id": str(folder("c.quotes").id)}
    differ(party=party, folder=where, values=own, by=BY, revision=0)
    document = contract(party, "c.contracts")
    clerk = a_clerk()
    ask(document=document, by=f"staff:{clerk.id}", copies=["avocat@exemple.fr"], message="Merci")
    request = prepared(document)
    assert messages("signature.asked")[0].facts["comment"] == "Merci"
    sealed(request.signers[0])
    told = {each.fixed_address or each.slot: each.link_target for each in messages("document.signed")}
    assert told == {EmailSlot.CARD: "signature", "avocat@exemple.fr": "document", clerk.email: "signature"}
    other = request_of(contract(party).id)
    assert other is not None and other.level is Level.REINFORCED and other.signed_folder_id == folder("c.quotes").id
