"""What a line of the journal says, in the words of the screen."""

import functools
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _

from shared.events.catalogue import CATALOGUE
from shared.records.kinds import KINDS

LONGEST = 120
UNSAID = {"key", "batch", "ip", "agent", "todo", "record"}  # what only ties lines together, or is shown elsewhere


def event_label(name: str) -> str:
    """« Document téléchargé »; the bare name for an event that a former release recorded."""
    return str(_(CATALOGUE[name].label)) if name in CATALOGUE else name


def details(event: str, facts: dict[str, Any]) -> list[tuple[str, str]]:
    """The facts of a line, with the words of the screen where there are some."""
    kind, locale = KINDS.get(event.partition(".")[0]), str(get_locale())
    words, values = _words(locale), _values(locale, kind.key if kind else "")
    if kind:
        words = {**words, "status": words["state"]}
    shown = [
        (words.get(name, name), _short(_said(name, value, values.get(name, {}))))
        for name, value in facts.items()
        if name not in UNSAID
    ]
    return [(name, value) for name, value in shown if value]


def _said(name: str, value: Any, words: dict[str, str]) -> Any:
    """A key, or each of a list, in words; the ids of documents, which nobody reads, as their number."""
    if isinstance(value, list):
        if name == "documents":
            return len(value)
        return [words.get(str(each), each) for each in value]
    return words.get(value, value) if isinstance(value, str) else value


def _short(value: Any) -> str:
    text = _written(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("oui") if value else _("non"))
    if isinstance(value, list):
        return ", ".join(_written(each) or "—" for each in value)
    if isinstance(value, dict):
        words = _words(str(get_locale()))
        return ", ".join(f"{words.get(name, name)} : {_changed(each)}" for name, each in value.items())
    return "" if value is None else str(value)


def _changed(value: Any) -> str:
    """What a field was and became, where both are told."""
    if isinstance(value, list) and len(value) == 2:
        before, after = (_written(each) or "—" for each in value)
        return f"{before} → {after}"
    return _written(value) or "—"


@functools.lru_cache(maxsize=64)
def _values(_locale: str, kind: str) -> dict[str, dict[str, str]]:
    """By fact, the words of what is a key there; the statuses are those of the kind of record that it is about."""
    states = {each.key: str(_(each.label)) for each in KINDS[kind].statuses} if kind else {}
    return {
        "slot": {"card": _("fiche"), "quote": _("devis"), "billing": _("facturation"), "reminder": _("relance")},
        "kind": {key: str(_(each.label)) for key, each in KINDS.items()},
        "status": states,
        "before": states,
        "after": states,
        "source": {
            "backoffice": _("saisie"),
            "facturx": "Factur-X",
            "demo": _("démonstration"),
            "portal": _("portail"),
        },
        "fields": {
            "allowed": _("accès autorisé"),
            "notify": _("notifier par email"),
            "password": _("mot de passe"),
            "email": _("adresse"),
            "phone": _("téléphone"),
            "person": _("personne"),
            "folders": _("répertoires"),
            "acts": _("signer, déposer, payer"),
            "dates": _("dates"),
        },
    }


@functools.lru_cache(maxsize=16)
def _words(_locale: str) -> dict[str, str]:
    """Put into words once a language, as the values are; `_locale` is part of the caches' keys only."""
    return _first_words() | _record_words()


def _first_words() -> dict[str, str]:
    return {
        "address": _("adresse"),
        "after": _("après"),
        "because": _("raison"),
        "before": _("avant"),
        "change": _("changement"),
        "count": _("nombre"),
        "device": _("appareil"),
        "document_class": _("classe"),
        "documents": _("documents"),
        "factor": _("second facteur"),
        "fields": _("champs"),
        "filename": _("fichier"),
        "folder": _("répertoire"),
        "how": _("comment"),
        "lines": _("lignes"),
        "older_than": _("avant le"),
        "outcome": _("suite"),
        "path": _("page"),
        "permission": _("droit"),
        "revision": _("révision"),
        "role": _("rôle"),
        "sha256": _("empreinte"),
        "slot": _("case"),
        "sound": _("intact"),
        "staff": _("gestionnaire"),
        "state": _("état"),
        "status": _("réponse"),
        "template": _("modèle"),
        "value": _("valeur"),
        "stopped": _("envois arrêtés"),
        "type": _("type"),
        "on": _("activée"),
        "rule": _("notification"),
    }


def _record_words() -> dict[str, str]:
    return {
        "label": _("libellé"),
        "kind": _("genre"),
        "events": _("événements"),
        "event": _("événement"),
        "code": _("code"),
        "number": _("numéro"),
        "reference": _("référence"),
        "day": _("jour"),
        "date": _("date"),
        "text": _("texte"),
        "answer": _("réponse"),
        "amount": _("montant"),
        "memo": _("mémo"),
        "issued_on": _("date"),
        "due_on": _("échéance"),
        "valid_until": _("validité"),
        "accepted_on": _("date d’acceptation"),
        "appointment_at": _("rendez-vous"),
        "appointment_place": _("lieu"),
        "state_code": _("code d’état"),
        "contact_id": _("interlocuteur"),
        "title": _("intitulé"),
        "source": _("origine"),
        "net": _("montant HT"),
        "facturx": _("facture électronique"),
    }
