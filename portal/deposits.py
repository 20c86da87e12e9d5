"""The person's own documents put on the counter, from a file or from the camera of a telephone."""

import uuid

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import portal
from portal.deposits_form import DepositForm
from shared.clock import add_months, today
from shared.deposits import depositing, finding
from shared.deposits.finding import Opened
from shared.deposits.models import Deposit, DocumentRequest
from shared.documents.storage import Unavailable
from shared.errors import Refused
from shared.extensions import db, uuid7
from shared.web import visitors
from shared.web.blame import blame
from shared.web.errors import EXPLANATIONS, explain
from shared.web.page import go, page
from shared.web.permissions import Permission, requires

DATED = "certificate"  # the class of documents that hold until a day


@portal.get("/deposits/new")
@requires(Permission.PORTAL_READ)
def new_deposit() -> Response:
    """The form; where something was asked for, what it was."""
    asked = _asked(request.args.get("request", type=uuid.UUID))
    form = DepositForm(formdata=None, request=str(asked.id) if asked else "", once=str(uuid7()))
    folders = finding.open_folders(visitors.seat())
    wanted = asked.folder_id if asked else request.args.get("folder", type=uuid.UUID)
    form.folder.data = str(wanted) if wanted else (str(folders[0].id) if len(folders) == 1 else None)
    if asked is not None and asked.months:
        form.valid_until.data = add_months(today(), asked.months)
    return _page(form, folders, asked)


@portal.post("/deposits")
@requires(Permission.PORTAL_READ)
def deposit() -> Response:
    """Keep what came, photographs together; then the list where it stands."""
    form, seat = DepositForm(), visitors.seat()
    asked = _asked(_id(form.request.data))
    folders = finding.open_folders(seat)
    form.folder.choices = [(str(each.id), each.label) for each in folders]
    try:
        if not form.folder.data or form.folder.data not in dict(form.folder.choices):
            raise Refused(_("Choisissez où déposer : ce répertoire ne prend pas de dépôt."), field="folder")
        if form.valid_until.errors or not form.validate():
            raise Refused("")
        folder = finding.open_folder(seat=seat, folder_id=uuid.UUID(form.folder.data))
        if folder is None:
            raise Refused(_("Ce répertoire se lit seulement : on ne peut rien y déposer."), field="folder")
        made = depositing.deposit(
            seat=seat,
            folder=folder,
            files=_files(),
            by=visitors.actor(),
            once=form.named(),
            request=asked if asked is not None and asked.folder_id == folder.id else None,
            valid_until=form.valid_until.data,
        )
    except Unavailable:
        db.session.rollback()
        return explain(503, EXPLANATIONS[503])
    except Refused as refused:
        db.session.rollback()
        asked, sentence = _asked(_id(form.request.data)), blame(form, refused)
        return _page(form, finding.open_folders(visitors.seat()), asked, status=422, sentence=sentence)
    flash(_received(made), "success")
    return go(url_for("portal.documents", folder=made.folder_id))


def _page(
    form: DepositForm, folders: list[Opened], asked: DocumentRequest | None, status: int = 200, sentence: str = ""
) -> Response:
    form.folder.choices = [(str(each.id), each.label) for each in folders]
    return page(
        "portal/deposits/new.html",
        status=status,
        form=form,
        folders=folders,
        asked=asked,
        dated=any(each.document_class == DATED for each in folders) or bool(asked is not None and asked.months),
        sentence=sentence,
        most=depositing.MOST,
    )


def _files() -> list[depositing.File]:
    """What was chosen, then what was photographed, in the order of the page."""
    sent = [*request.files.getlist("files"), *request.files.getlist("camera")]
    return [(each.filename or "", each.read()) for each in sent if each.filename]


def _received(made: Deposit) -> str:
    if not made.documents:
        return _("Ce que vous envoyez était déjà dans « %(folder)s » : rien n’a été ajouté.", folder=made.folder.label)
    count = ngettext("%(num)s document est déposé", "%(num)s documents sont déposés", made.documents)
    return _("%(count)s dans « %(folder)s ». Votre interlocuteur est prévenu.", count=count, folder=made.folder.label)


def _asked(request_id: uuid.UUID | None) -> DocumentRequest | None:
    """What staff asked this party for; one that is closed, or another's, is none."""
    return finding.awaited_one(seat=visitors.seat(), request_id=request_id) if request_id else None


def _id(written: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(written or "")
    except ValueError:
        return None
