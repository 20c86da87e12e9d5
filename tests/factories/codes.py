"""Somebody who is asked to sign, the provider that takes their SMS, and the code that waits for them."""

from sqlalchemy import select

from shared.documents.models import SignatureSide, Version
from shared.extensions import db
from shared.notifications.codes import FIELD, code_values
from shared.notifications.models import Notification
from shared.people.models import Party
from shared.settings.sms_provider import change_sms_provider
from shared.signatures.models import Level, RequestState, SignatureRequest, Signer, SignerRole, SignerState
from tests.factories import counter
from tests.sms import KEY

MAIL, PHONE = "camille@exemple.fr", "+33612345678"


def a_signer(party: Party | None = None, title: str = "Contrat de maintenance") -> Signer:
    """A contact who is asked to sign one document at the level « renforcée »."""
    party = party or counter.a_party()
    seat = counter.a_seat(party)
    document = counter.a_document(party, counter.a_folder(document_class="contract"), title)
    version = db.session.scalars(select(Version).where(Version.document_id == document.id)).one()
    request = SignatureRequest(
        document_id=document.id,
        party_id=party.id,
        state=RequestState.OPEN,
        level=Level.REINFORCED,
        side=next(iter(SignatureSide)),
        source_version_id=version.id,
        prepared_version_id=version.id,
        prepared_sha256=version.sha256,
        asked_by="command",
    )
    db.session.add(request)
    db.session.flush()
    signer = Signer(request_id=request.id, role=SignerRole.PARTY, field="S1", state=SignerState.ASKED)
    signer.contact_id = seat.access.contact_id
    db.session.add(signer)
    db.session.flush()
    return signer


def a_provider(url: str) -> None:
    """SMS leave by the provider of the tests."""
    values = {"shape": "brevo", "url": url, "account": "", "key": KEY, "sender": "LUMIERE", "timeout": 2}
    change_sms_provider(**values, by="command")  # type: ignore[arg-type]
    db.session.flush()


def lines() -> list[Notification]:
    """Every line that carries a code, oldest first."""
    query = select(Notification).where(Notification.secret_until.is_not(None)).order_by(Notification.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def waiting_code(line: Notification) -> str:
    """The six figures that wait on a line, as its owner will read them."""
    row = {"secret": line.secret, "secret_until": line.secret_until, "facts": line.facts}
    return str(code_values(row)[FIELD]).replace(" ", "")


def wrong(code: str) -> str:
    """Six figures that are not these."""
    return f"{(int(code) + 1) % 1_000_000:06d}"
