"""How a trial of a setting reads: each stage in words, its result and its time, whether it is still going on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from shared.events.actors import names_of
from shared.settings.models import SettingTrial
from shared.settings.trying import STAGES, is_lost, last_trials


@dataclass(frozen=True)
class StageTold:
    """One line; `ok` is None while it is under way, or was not reached."""

    label: str
    ok: bool | None
    said: str
    at: datetime | None
    reached: bool


@dataclass(frozen=True)
class TrialTold:
    """The last trial of one thing; `asked_at` is None when nobody has tried yet."""

    key: str
    running: bool = False
    ok: bool | None = None
    asked_at: datetime | None = None
    by: str = ""
    address: str = ""
    stages: tuple[StageTold, ...] = ()


def told(*keys: str) -> dict[str, TrialTold]:
    """The last trial of each key, in two queries."""
    found = last_trials(keys)
    names = names_of(trial.asked_by for trial in found.values()) if found else {}
    return {key: _told(key, found.get(key), names) for key in keys}


def stage_label(key: str) -> str:
    """What a stage looks at."""
    labels: dict[str, str] = {
        "name": _("Nom du serveur"),
        "port": _("Port"),
        "greeting": _("Accueil"),
        "encryption": _("Chiffrement"),
        "login": _("Identifiant"),
        "sender": _("Expéditeur accepté"),
        "message": _("Message à votre adresse"),
        "key": _("Clé du fournisseur"),
        "text": _("SMS à votre numéro"),
        "domain": _("Domaine de la société"),
        "portal": _("Portail"),
        "folder": _("Dossier"),
        "list": _("Liste"),
        "write": _("Écriture"),
        "read": _("Lecture"),
        "delete": _("Suppression"),
        "company_key": _("Certificat de la société"),
        "timestamps": _("Horodatage"),
        "seal": _("Sceau"),
        "validation": _("Vérification"),
    }
    return labels.get(key, key)


def _told(key: str, trial: SettingTrial | None, names: dict[str, str]) -> TrialTold:
    if trial is None:
        return TrialTold(key)
    lost = is_lost(trial)
    walked = {stage["key"]: stage for stage in trial.stages}
    order = [*(name for name in STAGES.get(key, ()) if name not in walked)]
    stages = [_stage(stage, lost) for stage in trial.stages] + [
        StageTold(stage_label(name), None, "", None, reached=False) for name in order
    ]
    return TrialTold(
        key,
        running=trial.ended_at is None and not lost,
        ok=False if lost else trial.ok,
        asked_at=trial.asked_at,
        by=names.get(trial.asked_by, ""),
        address=trial.address,
        stages=tuple(stages),
    )


def _stage(stage: dict[str, Any], lost: bool) -> StageTold:
    said, ok = stage["said"], stage["ok"]
    if lost and ok is None:
        said, ok = _("L’essai s’est interrompu : recommencez."), False
    return StageTold(stage_label(stage["key"]), ok, said, datetime.fromisoformat(stage["at"]), reached=True)
