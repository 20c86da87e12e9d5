"""Every setting by its French words: what the search of « Paramètres internet » and the command palette look in.

Read from the forms themselves, so that a field cannot be forgotten.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from sqlalchemy import select

from backoffice import families_form
from backoffice.journal_form import LimitForm
from backoffice.settings_activities import ActivityForm
from backoffice.settings_api_forms import HookForm, TokenForm
from backoffice.settings_bank_form import BankForm
from backoffice.settings_bounces_form import MailboxForm
from backoffice.settings_form import (
    ByMailForm,
    ColourForm,
    CompanyForm,
    DelaysForm,
    DomainsForm,
    FamilyForm,
    LogoForm,
    MailForm,
    ModeForm,
)
from backoffice.settings_signature_form import FileCertificateForm, TimestampServerForm, TokenCertificateForm
from backoffice.settings_sms_form import SmsForm
from backoffice.settings_tabs import TABS
from backoffice.transfer_form import TransferForm
from shared.extensions import db
from shared.folding import fold
from shared.people.models import Family, Staff
from shared.people.scopes import holds

SERVER = "/backoffice/settings"
FAMILIES, JOURNAL, HOLDS = "/backoffice/families", "/backoffice/journal", "/backoffice/history/holds"
TRANSFER, MAIL, PORTAL, APPEARANCE = (f"{SERVER}/{name}" for name in ("transfer", "mail", "portal", "appearance"))
FORMS: tuple[tuple[str, type[FlaskForm]], ...] = (
    (SERVER, CompanyForm),
    (SERVER, DomainsForm),
    (MAIL, MailForm),
    (f"{SERVER}/sms", SmsForm),
    (f"{SERVER}/bounces", MailboxForm),
    (PORTAL, ModeForm),
    (PORTAL, DelaysForm),
    (PORTAL, ByMailForm),
    (f"{SERVER}/signature", FileCertificateForm),
    (f"{SERVER}/signature", TokenCertificateForm),
    (f"{SERVER}/signature", TimestampServerForm),
    (f"{SERVER}/bank", BankForm),
    (TRANSFER, TransferForm),
    (f"{SERVER}/api", TokenForm),
    (f"{SERVER}/api", HookForm),
    (f"{SERVER}/activities", ActivityForm),
    (APPEARANCE, ColourForm),
    (APPEARANCE, LogoForm),
    (JOURNAL, LimitForm),
    (FAMILIES, families_form.FamilyForm),
)
IDENTITY = (
    ("company", lazy_gettext("Société")),
    ("domain", lazy_gettext("Domaine")),
    ("identifier", lazy_gettext("Identifiant de l’installation")),
    ("secret", lazy_gettext("Mot de passe de l’installation")),
)
FOLDERS = "/backoffice/folders"
RULES = "/backoffice/rules"
ELSEWHERE = (  # what has a screen of its own: rules, and the grid of folders, one column each
    (
        RULES,
        lazy_gettext("Paramétrage notification(s)"),
        lazy_gettext("Ce qui part tout seul : quand, à qui, quel texte."),
    ),
    (RULES, lazy_gettext("Types de notification"), ""),
    (
        f"{PORTAL}#mot-de-passe-par-email",
        lazy_gettext("Mot de passe initial par e-mail"),
        lazy_gettext("Autoriser #mot_de_passe# dans les e-mails d’accès (déconseillé)"),
    ),
    (HOLDS, lazy_gettext("Désactiver les notifications"), ""),
    ("/backoffice/state-codes", lazy_gettext("Codes d’état"), lazy_gettext("Vos propres états, comme 103.")),
    (FOLDERS, lazy_gettext("Portail"), lazy_gettext("Répertoire visible sur le portail, par famille.")),
    (FOLDERS, lazy_gettext("Chemin du répertoire"), ""),
    (FOLDERS, lazy_gettext("Libellé du répertoire"), ""),
    (FOLDERS, lazy_gettext("Signature"), lazy_gettext("Qui signe les documents du répertoire, et où.")),
    (FOLDERS, lazy_gettext("Notification"), lazy_gettext("Non, immédiate ou groupée.")),
    (FOLDERS, lazy_gettext("Notifier sur"), lazy_gettext("L’adresse de la fiche qui reçoit : facturation, devis…")),
    (FOLDERS, lazy_gettext("Lien vers"), lazy_gettext("Où mène le lien du message.")),
    (FOLDERS, lazy_gettext("Modèle de notification"), ""),
    (FOLDERS, lazy_gettext("Classe de conservation"), ""),
    (FOLDERS, lazy_gettext("Activité du répertoire"), lazy_gettext("Dès qu’il y a plusieurs activités.")),
)


SCREENS = dict(TABS) | {
    FOLDERS: lazy_gettext("Configuration de la GED"),
    FAMILIES: lazy_gettext("Familles de tiers"),
    HOLDS: lazy_gettext("Notifications par famille"),
    JOURNAL: lazy_gettext("Purge du journal de sécurité"),
    "/backoffice/state-codes": lazy_gettext("Paramétrage notification(s)"),
}
OF_A_LIST = (FAMILIES,)  # the field stands one page further, whichever line is chosen


@dataclass(frozen=True)
class Entry:
    """One setting: how it reads, what is said beside it, where it is set, on which screen that is."""

    label: str
    help: str
    url: str
    screen: str


def entries(staff: Staff) -> list[Entry]:
    """All that this person may open, in the order of the screens. One query, for the families."""
    all_of_them = [*_identity(), *_fields(), *_families(), *_elsewhere()]
    opens = _opener(staff)
    return [entry for entry in all_of_them if opens(entry.url.partition("#")[0])]


def found(staff: Staff, words: str) -> list[Entry]:
    """Those that hold every word typed, whatever its accents and capitals."""
    wanted = fold(words).split()
    return [entry for entry in entries(staff) if all(word in _text(entry) for word in wanted)]


def _text(entry: Entry) -> str:
    return fold(f"{entry.label} {entry.help} {entry.screen}")


def _identity() -> Iterable[Entry]:
    help_of = _("Protégé : ne le modifiez que si vous savez ce qui en dépend.")
    for field, label in IDENTITY:
        yield Entry(str(label), help_of, f"{SERVER}#identite-{field}", _screen(SERVER))


def _fields() -> Iterable[Entry]:
    for url, kind in FORMS:
        yield from _of_form(url, kind)


def _of_form(url: str, kind: type[FlaskForm], prefix: str = "", suffix: str = "") -> Iterable[Entry]:
    for field in kind(formdata=None):
        if field.type not in ("CSRFTokenField", "HiddenField", "SubmitField"):
            anchor = field.name if field.type != "RadioField" else f"{field.name}-0"
            where = url if url in OF_A_LIST else f"{url}#{prefix}{anchor}"
            yield Entry(f"{field.label.text}{suffix}", str(field.description or ""), where, _screen(url))


def _families() -> Iterable[Entry]:
    for key, label in db.session.execute(select(Family.key, Family.label).order_by(Family.position, Family.label)):
        yield from _of_form(SERVER, FamilyForm, f"{key}-", f" ({label})")


def _elsewhere() -> Iterable[Entry]:
    for url, label, help_of in ELSEWHERE:
        yield Entry(str(label), str(help_of), url, _screen(url.partition("#")[0]))


def _screen(url: str) -> str:
    return str(SCREENS[url])


def _opener(staff: Staff) -> Callable[[str], bool]:
    """Whether an address exists and this person may open it; looked up once an address."""
    known: dict[str, Any] = {
        rule.rule: getattr(current_app.view_functions[rule.endpoint], "permission", "")
        for rule in current_app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments
    }
    return lambda url: url in known and holds(staff, known[url])
