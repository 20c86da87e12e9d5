"""« Vérifier un document »: anyone drops a PDF and learns whether it was signed here, without an account."""

from flask import Response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from portal import portal
from portal.verification_forms import VerificationForm
from shared.access import throttling
from shared.documents.refusals import FileRefused
from shared.signatures.recognising import Recognised, Verdict, recognise
from shared.signatures.validating import Found
from shared.transactions import transaction
from shared.web import visitors
from shared.web.page import page
from shared.web.permissions import public

PUBLIC = "chacun peut vérifier un document signé, sans compte"
WORDS = {
    Verdict.EXACT: (
        "good",
        lazy_gettext("Ce document a été signé ici, et n’a pas changé"),
        lazy_gettext("Le fichier est, à l’octet près, celui que toutes les parties ont signé."),
    ),
    Verdict.PARTIAL: (
        "warn",
        lazy_gettext("C’est une version antérieure du document signé"),
        lazy_gettext(
            "Il vient d’ici et n’a pas changé, mais des signatures y manquent encore. Demandez la version finale."
        ),
    ),
    Verdict.VOID: (
        "warn",
        lazy_gettext("Ce document n’a pas été signé par tous"),
        lazy_gettext(
            "Il vient d’ici et n’a pas changé, mais la demande de signature a été refusée, annulée ou est échue."
        ),
    ),
    Verdict.PROOF: (
        "good",
        lazy_gettext("C’est un dossier de preuve établi ici, et il n’a pas changé"),
        lazy_gettext("Le fichier est, à l’octet près, celui qui a été remis aux parties."),
    ),
    Verdict.CHANGED: (
        "bad",
        lazy_gettext("Ce document a été modifié après sa signature"),
        lazy_gettext("Il porte un sceau de cette installation, mais son contenu n’est plus celui qui a été signé."),
    ),
    Verdict.UNKNOWN_COPY: (
        "warn",
        lazy_gettext("Les signatures sont intactes, mais ce fichier n’est pas celui que nous avons remis"),
        lazy_gettext(
            "Il a pu être ramené à un état antérieur, ou complété ailleurs. Demandez l’original à l’expéditeur."
        ),
    ),
    Verdict.FOREIGN: (
        "news",
        lazy_gettext("Ce document n’a pas été signé ici"),
        lazy_gettext("Il porte des signatures d’une autre origine : seul leur émetteur peut en répondre."),
    ),
    Verdict.UNSIGNED: (
        "news",
        lazy_gettext("Ce document n’a pas été signé ici"),
        lazy_gettext("Il ne porte aucune signature électronique. L’image d’une signature n’en est pas une."),
    ),
}
# What happened to the file after one of its signatures, as the comparison of its revisions says.
SINCE = {
    "NONE": lazy_gettext("rien n’a été ajouté"),
    "LTA_UPDATES": lazy_gettext("seulement de quoi vérifier plus tard (horodatages, listes de révocation)"),
    "FORM_FILLING": lazy_gettext("d’autres signatures ont été ajoutées, ce que son auteur permettait"),
    "ANNOTATIONS": lazy_gettext("une annotation a été ajoutée"),
    "OTHER": lazy_gettext("le contenu a été modifié"),
}
LEVELS = {"simple": lazy_gettext("signature simple"), "reinforced": lazy_gettext("signature renforcée par un code")}


@portal.get("/verification")
@public(PUBLIC)
def verification() -> Response:
    """The form."""
    return page("portal/verification.html", form=VerificationForm(), recognised=None)


@portal.post("/verification")
@public(PUBLIC)
def verify() -> Response:
    """The verdict; the file is read once in the sandbox and kept nowhere."""
    form = VerificationForm()
    if not form.validate_on_submit():
        return page("portal/verification.html", status=422, form=form, recognised=None)
    try:
        with transaction():
            throttling.take("verification", [], address=visitors.client_ip())
        recognised = recognise(request.files["file"].read())
    except throttling.TooMany as refused:
        return page("portal/verification.html", status=429, form=form, recognised=None, sentence=refused.sentence)
    except FileRefused as refused:
        sentence = _("Ce fichier n’a pas pu être lu : %(why)s Rien n’en a été gardé.", why=refused.sentence)
        return page("portal/verification.html", status=422, form=form, recognised=None, sentence=sentence)
    return _told(form, recognised)


def _told(form: VerificationForm, recognised: Recognised) -> Response:
    tone, title, sentence = WORDS[recognised.verdict]
    return page(
        "portal/verification.html",
        form=form,
        recognised=recognised,
        tone=tone,
        title=title,
        explanation=sentence,
        changes=_changes,
        level=LEVELS[recognised.level.value] if recognised.level else "",
    )


def _changes(found: Found) -> str:
    if found.fault:
        return str(_("cette signature ne peut pas être lue"))
    if not found.intact:
        return str(_("les octets signés ont été changés"))
    return str(SINCE[found.changes])
