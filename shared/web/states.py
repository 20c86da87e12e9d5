"""The states that a page shows as a pill: their words, icon and tone.

The words are lazy: a grid of fifty pills translates fifty words, not fifty times the whole table.
"""

from typing import Any

from flask_babel import lazy_gettext

STATES: dict[str, tuple[Any, str, str]] = {
    "waiting": (lazy_gettext("En attente"), "hourglass-split", "news"),
    "held": (lazy_gettext("En attente (suspendu)"), "pause-circle", "warn"),
    "draft": (lazy_gettext("Brouillon"), "pencil", ""),
    "sending": (lazy_gettext("Envoi en cours"), "send", "news"),
    "deferred": (lazy_gettext("Différé"), "clock-history", "warn"),
    "sent": (lazy_gettext("Envoyé"), "send-check", "good"),
    "delivered": (lazy_gettext("Remis"), "check-circle-fill", "good"),
    "bounced": (lazy_gettext("Rejeté"), "send-x", "bad"),
    "failed": (lazy_gettext("Échec"), "x-circle", "bad"),
    "cancelled": (lazy_gettext("Annulé"), "dash-circle", ""),
    "to_check": (lazy_gettext("À vérifier"), "question-circle", "warn"),
    "none": (lazy_gettext("Sans accès"), "dash-circle", ""),
    "unsynced": (lazy_gettext("À synchroniser"), "exclamation-triangle", "bad"),
    "valid": (lazy_gettext("Valide"), "check-circle-fill", "good"),
    "to_activate": (lazy_gettext("À activer"), "key", "news"),
    "planned": (lazy_gettext("Planifié"), "calendar3", "news"),
    "expired": (lazy_gettext("Expiré"), "hourglass-split", "warn"),
    "closed": (lazy_gettext("Fermé"), "lock", ""),
    "shared": (lazy_gettext("Sur le portail"), "globe2", "good"),
    "not_shared": (lazy_gettext("Hors portail"), "eye-slash", ""),
    "new": (lazy_gettext("Nouveau"), "star", "new"),
    "to_sign": (lazy_gettext("À signer"), "pen", "warn"),
    "signed": (lazy_gettext("Signé"), "patch-check", "good"),
    "declined": (lazy_gettext("Refusé"), "x-circle", "bad"),
    "ok": (lazy_gettext("En ordre"), "check-circle-fill", "good"),
    "warning": (lazy_gettext("À surveiller"), "exclamation-triangle", "warn"),
    "down": (lazy_gettext("En panne"), "x-circle", "bad"),
}
