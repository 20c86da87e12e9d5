"""The four protected fields: changing one asks the password again and says first what it would break."""

from flask import Response, abort, flash, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from backoffice import backoffice
from backoffice.settings_clash import answer, check, marked
from backoffice.settings_form import IdentityForm, SecretForm
from backoffice.settings_panels import identity_panel
from backoffice.settings_tabs import settings_page
from shared.access.confirming import ask_confirmation, confirm
from shared.access.throttling import TooMany
from shared.config import config
from shared.errors import Refused
from shared.extensions import db
from shared.notifications.addresses import domain_of
from shared.people.models import Family
from shared.settings.identity import FIELDS, SIGNING, change_identity, identity, information_links, live_links
from shared.settings.reading import mail_domain, setting
from shared.transactions import transaction
from shared.web import visitors
from shared.web.page import go
from shared.web.permissions import Permission, requires


@backoffice.get("/settings/identity/<field>")
@requires(Permission.SETTINGS_EDIT)
def settings_identity(field: str) -> Response:
    """The field, locked until the password is typed."""
    return _page(_known(field), _form(field))


@backoffice.post("/settings/identity/<field>")
@requires(Permission.SETTINGS_EDIT)
def settings_identity_change(field: str) -> Response:
    """Change it, once the password is proved. Tries are counted."""
    form = _form(_known(field))
    if not form.validate_on_submit():
        return _page(field, form, status=422)
    staff = visitors.staff()
    try:
        with transaction():
            ticket = ask_confirmation(staff=staff, address=visitors.client_ip())
        confirm(staff=staff, ticket=ticket, password=form.password.data or "")
        check(form, identity_panel(field))
        change_identity(field=field, value=form.value.data or "", by=visitors.actor())
    except TooMany as refusal:
        return _page(field, form, status=429, refusal=refusal)
    except Refused as refusal:
        return _page(field, form, status=422, refusal=refusal)
    flash(_("Le réglage est enregistré."), "success")
    return go(url_for("backoffice.settings", _anchor="identite"))


def field_label(field: str) -> str:
    """How each of the four reads."""
    words: dict[str, str] = {
        "company": _("Société"),
        "domain": _("Domaine"),
        "identifier": _("Identifiant de l’installation"),
        "secret": _("Mot de passe de l’installation"),
    }
    return words[field]


def what_breaks(field: str) -> str:
    """How many mailed links would stop working, and why; for the domain, whose messages would come from elsewhere."""
    links = live_links()
    count = ngettext("%(num)s lien envoyé est encore valable.", "%(num)s liens envoyés sont encore valables.", links)
    if field in SIGNING:
        because = ngettext(
            "%(num)s lien serait rompu : il est signé par cette valeur.",
            "%(num)s liens seraient rompus : ils sont signés par cette valeur.",
            links,
        )
        return f"{count} {because} {_refusing(information_links())}"
    if field == "domain":
        because = ngettext(
            "%(num)s lien serait rompu si le portail quittait %(url)s avec ce domaine ; "
            "cette adresse se règle sur la machine (PUBLIC_URL), pas ici.",
            "%(num)s liens seraient rompus si le portail quittait %(url)s avec ce domaine ; "
            "cette adresse se règle sur la machine (PUBLIC_URL), pas ici.",
            links,
            url=config().public_url,
        )
        return f"{count} {because} {_writing()}"
    return f"{count} {_('0 lien serait rompu : le nom de la société n’est pas dans les adresses.')}"


def _refusing(recent: int) -> str:
    """The links of one click that no row keeps: they end with the others."""
    return ngettext(
        "Les liens « ne plus recevoir d’informations » de tous les messages déjà envoyés cesseraient aussi de servir : "
        "%(num)s message en portait un depuis 30 jours.",
        "Les liens « ne plus recevoir d’informations » de tous les messages déjà envoyés cesseraient aussi de servir : "
        "%(num)s messages en portaient un depuis 30 jours.",
        recent,
    )


def _writing() -> str:
    """From whom messages come by default, and which families write from the domain by an address of their own."""
    usual = f"noreply@{mail_domain()}"
    families = db.session.scalars(select(Family).order_by(Family.position, Family.label)).all()
    by_default = [each.label for each in families if not each.sender_address]
    own = [each for each in families if each.sender_address and domain_of(each.sender_address) == mail_domain()]
    told = _("L’expéditeur par défaut %(address)s changerait avec le domaine.", address=usual)
    if by_default:
        told += " " + _("Écrivent par lui : %(families)s.", families=", ".join(by_default))
    if own and mail_domain() not in setting("mail_domains"):
        listed = ", ".join(f"{each.label} ({each.sender_address})" for each in own)
        told += " " + _(
            "Écrivent depuis ce domaine : %(families)s. Le changement sera refusé tant que %(domain)s n’est pas aussi "
            "dans les domaines de messagerie.",
            families=listed,
            domain=mail_domain(),
        )
    return told


def _known(field: str) -> str:
    if field not in FIELDS:
        abort(404)
    return field


def _form(field: str) -> IdentityForm | SecretForm:
    form = SecretForm() if field == "secret" else IdentityForm()
    if form.is_submitted():
        return form
    if field != "secret":
        form.value.data = getattr(identity(), field)
    return marked(form, identity_panel(field))


def _page(field: str, form: IdentityForm | SecretForm, status: int = 200, refusal: Refused | None = None) -> Response:
    outcome = answer(form, refusal, identity_panel(field), status)
    return settings_page(
        "backoffice/settings/identity.html",
        **outcome,
        deeper=True,
        form=form,
        field=field,
        label=field_label(field),
        warning=what_breaks(field),
    )
