"""The settings of a folder in words, and what each column offers."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice.party_page import slot_words
from shared.documents.classes import CLASSES, LEVELS, NO_SIGNATURE, RETENTIONS
from shared.documents.grid import targets_of, texts_and_terms
from shared.documents.models import Folder, LinkTarget, Notify, SignatureSide
from shared.people.models import Family
from shared.settings.activities import activities

Options = list[tuple[str, str]]


def column_words() -> dict[str, str]:
    """The columns of the grid."""
    return {
        "path": _("Chemin"),
        "label": _("Désignation"),
        "on_portal": _("Portail"),
        "signature_side": _("Signature"),
        "signature_level": _("Niveau de signature"),
        "signed_folder_id": _("Signés vers"),
        "notify": _("Notification"),
        "slot": _("Notifier sur"),
        "link_target": _("Lien vers"),
        "template_id": _("Modèle"),
        "deposit_allowed": _("Dépôt"),
        "reason_required": _("Motif de refus"),
        "document_class": _("Classe"),
        "retention_class": _("Conservation"),
        "activity_id": _("Activité"),
    }


def options_of(family: Family, folders: Sequence[Folder], *, of_party: bool = False) -> dict[str, Options]:
    """What may be chosen in each column of a family; two queries, for the texts and the activities.

    No activity is offered where there is only one, nor to a party: it is the folder's alone.
    """
    texts, terms = texts_and_terms()
    return {
        "on_portal": [("1", _("sur le portail")), ("", _("hors portail"))],
        "signature_side": [
            ("", _("aucune")),
            (SignatureSide.LEFT.value, _("à gauche")),
            (SignatureSide.RIGHT.value, _("à droite")),
        ],
        "signature_level": _known(LEVELS),
        "signed_folder_id": [("", _("restent en place")), *_targets_of_signed(folders)],
        "notify": [
            (Notify.NONE.value, _("non")),
            (Notify.IMMEDIATE.value, _("immédiate")),
            (Notify.GROUPED.value, _("groupée")),
        ],
        "slot": [(slot, word.lower()) for slot, word in slot_words().items() if slot in family.slots],
        "link_target": [(each.value, _targets(family)[each]) for each in targets_of(folders)],
        "template_id": [("", _("le modèle courant")), *((str(each.id), each.label) for each in texts)],
        "deposit_allowed": [("1", _("le tiers dépose aussi")), ("", _("lecture seule"))],
        "reason_required": [("1", _("demandé pour refuser un devis")), ("", _("facultatif"))],
        "document_class": _known(CLASSES),
        "retention_class": kept_words(terms),
        "activity_id": [] if of_party else _activities(),
    }


def kept_words(months: Mapping[str, int]) -> Options:
    """Each retention class with how long it is kept now, as « facture, 10 ans »."""
    return [(key, _kept(key, months[key]) if key in months else str(word)) for key, word in RETENTIONS.items()]


def _kept(key: str, months: int) -> str:
    years = ngettext("%(num)s an", "%(num)s ans", months // 12)
    told = {"what": str(RETENTIONS[key]), "term": ngettext("%(num)s mois", "%(num)s mois", months)}
    told |= {"term": years} if months % 12 == 0 else {}
    if key == "contract":
        return _("%(what)s, %(term)s après sa fin", **told)
    if key == "employment":
        return _("%(what)s, %(term)s après son départ", **told)
    return _("%(what)s, %(term)s", **told)


def _activities() -> Options:
    known = activities()
    return [("", _("commune à toutes")), *((str(each.id), each.name) for each in known)] if len(known) > 1 else []


def _targets_of_signed(folders: Sequence[Folder]) -> Options:
    return [(str(each.id), each.label) for each in folders if each.document_class not in NO_SIGNATURE]


def sides_of(folder: Folder, options: dict[str, Options]) -> Options:
    """The sides that a folder may bear: none for payslips, which nobody may be asked to sign."""
    return options["signature_side"][:1] if folder.document_class in NO_SIGNATURE else options["signature_side"]


def said(name: str, value: str, options: dict[str, Options]) -> str:
    """A spelled value in words; as it stands where it is a text, or is offered no more."""
    return dict(options.get(name, ())).get(value, value)


def _targets(family: Family) -> dict[LinkTarget, str]:
    return {
        LinkTarget.HOME: family.home_label,
        LinkTarget.DOCUMENT: _("téléchargement du document"),
        LinkTarget.QUOTES: _("devis"),
        LinkTarget.STATEMENT: _("relevé de compte"),
        LinkTarget.PAYSLIPS: _("bulletins"),
    }


def _known(words: dict[str, Any]) -> Options:
    return [(key, str(label)) for key, label in words.items()]
