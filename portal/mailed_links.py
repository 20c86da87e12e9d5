"""Where the links of our mails land. Looking at one changes nothing, whoever or whatever looks."""

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from portal import portal
from portal._arriving import arrive
from portal.account_forms import ForgottenForm, NewPasswordForm, ProofForm, SeatForm
from shared.access import activating, opening, signing_in, throttling
from shared.access.devices import name_of
from shared.access.linking import live_link
from shared.access.models import Link, LinkPurpose
from shared.errors import Refused
from shared.transactions import transaction
from shared.web import visitors
from shared.web.blame import blame
from shared.web.errors import EXPLANATIONS, explain
from shared.web.page import go, page
from shared.web.permissions import public
from shared.web.secret_pages import secretly

PROOF = "portal.document_link"
PAGES = {"quotes": "portal.quote_list", "statement": "portal.statement_page", "payslips": "portal.payslips"}
RECORDS = {"quote": "portal.quote", "record": "portal.record"}  # « quote:<id> »: the page of one record
MAILED = "un lien reçu par courrier : le regarder ne change rien"


@portal.get("/a/<token>")
@public(MAILED)
def activation(token: str) -> Response:
    """The first password is chosen here; nothing happens until somebody types one."""
    found = activating.invitation(token)
    if found is None:
        return _dead()
    return secretly(page("portal/account/activate.html", form=NewPasswordForm(), invitation=found))


@portal.post("/a/<token>")
@public(MAILED)
def activate(token: str) -> Response:
    """Keep the password, use up the link, and come in."""
    form, found = NewPasswordForm(), activating.invitation(token)
    if found is None:
        return _dead()
    try:
        if not form.validate_on_submit():
            raise Refused("")
        done = activating.activate(token=token, password=form.password.data, device=name_of(visitors.user_agent()))
    except Refused as refused:
        return secretly(
            page("portal/account/activate.html", status=422, form=form, invitation=found, sentence=blame(form, refused))
        )
    flash(_("Bienvenue : votre accès est ouvert et votre mot de passe est enregistré."), "success")
    return secretly(arrive(done.account, _landing(done.link)))


@portal.get("/l/<token>")
@public(MAILED)
def target(token: str) -> Response:
    """The page that the folder names, once one is in; the document announced is marked there."""
    link = live_link(token, LinkPurpose.TARGET)
    if link is None:
        return secretly(explain(410, EXPLANATIONS[410]))
    return _inside(link, _landing(link))


@portal.get("/d/<token>")
@public(MAILED)
def document_link(token: str) -> Response:
    """One document. A stranger is asked for what only the addressee knows before anything is shown or counted."""
    behind = opening.document_by_link(token)
    if behind is None:
        return secretly(explain(410, EXPLANATIONS[410]))
    page_of_it = url_for("portal.document", document_id=behind.document_id)
    if behind.asks_login or visitors.seat_or_none() is not None:
        return _inside(behind.link, page_of_it)
    if visitors.link_grant(behind.document_id) is not None:
        return secretly(go(page_of_it))
    if not behind.shared:
        return secretly(explain(410, EXPLANATIONS[410]))
    return secretly(page("portal/account/document_link.html", form=ProofForm(), sign_in=_sign_in_url()))


@portal.post("/d/<token>")
@public(MAILED)
def prove(token: str) -> Response:
    """The code or postcode was typed: this browser may open that document, and nothing else, for a while."""
    form, behind = ProofForm(), opening.document_by_link(token)
    if behind is None or behind.asks_login or not behind.shared:
        return secretly(explain(410, EXPLANATIONS[410]))
    sentence = ""
    if form.validate_on_submit():
        try:
            with transaction():
                ticket = throttling.take(PROOF, [str(behind.link.id)], address=visitors.client_ip())
            if ticket.allowed and opening.knows(party=behind.party, typed=form.proof.data):
                throttling.succeeded(ticket)
                visitors.grant_link(behind.link)
                return secretly(go(url_for("portal.document", document_id=behind.document_id)))
            sentence = _("Ce n’est ni le code ni le code postal attendu. Vérifiez-les, ou connectez-vous.")
        except throttling.TooMany as refused:
            sentence = refused.sentence
    return secretly(
        page("portal/account/document_link.html", status=422, form=form, sentence=sentence, sign_in=_sign_in_url())
    )


def _inside(link: Link, landing: str) -> Response:
    """On to the page for whoever is in for that party; a question, or the login, for the others."""
    seat = visitors.seat_or_none()
    if seat is None:
        return secretly(go(_sign_in_url()))
    if link.party_id in (None, seat.party_id):
        return secretly(go(landing))
    other = next((one for one in signing_in.seats_of(seat.account_id) if one.party_id == link.party_id), None)
    return secretly(
        page(
            "portal/account/other_seat.html",
            form=SeatForm(seat=str(other.id) if other else "", next=request.path),
            other=other,
            present=seat,
        )
    )


def _landing(link: Link) -> str:
    if link.target == "document" and link.document_id:
        return url_for("portal.document", document_id=link.document_id)
    if link.target == "signature" and link.document_id:
        return url_for("portal.signature_of", document_id=link.document_id)
    kind, _colon, record_id = link.target.partition(":")
    if kind in RECORDS and record_id:
        return url_for(RECORDS[kind], record_id=record_id)
    return url_for(PAGES.get(link.target, "portal.home"), new=link.document_id)


def _sign_in_url() -> str:
    return url_for("portal.sign_in", next=request.path)


def _dead() -> Response:
    return secretly(page("portal/account/dead_link.html", status=410, form=ForgottenForm()))
