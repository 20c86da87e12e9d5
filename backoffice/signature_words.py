"""What a request, a signer and a step are called on screen."""

from flask_babel import gettext as _

from shared.signatures.models import Level, RequestState, SignerState


def state_words() -> dict[str, tuple[str, str]]:
    """State of a request → its words and the tone of its pill."""
    return {
        RequestState.PREPARING: (_("en préparation"), "news"),
        RequestState.FAILED: (_("à reprendre"), "bad"),
        RequestState.OPEN: (_("en cours"), "news"),
        RequestState.COMPLETED: (_("signé par tous"), "good"),
        RequestState.REFUSED: (_("refusé"), "bad"),
        RequestState.CANCELLED: (_("annulé"), ""),
        RequestState.EXPIRED: (_("échu"), "warn"),
    }


def signer_words() -> dict[str, tuple[str, str]]:
    """The same for a signer."""
    return {
        SignerState.WAITING: (_("pas encore son tour"), ""),
        SignerState.ASKED: (_("attendu"), "news"),
        SignerState.ACCEPTED: (_("a signé, sceau en cours"), "news"),
        SignerState.SEALED: (_("a signé"), "good"),
        SignerState.REFUSED: (_("a refusé"), "bad"),
        SignerState.DELEGATED: (_("a délégué"), ""),
    }


def level_words() -> dict[str, str]:
    """« simple », « renforcée »: never more than that."""
    return {Level.SIMPLE: _("simple"), Level.REINFORCED: _("renforcée, par un code")}


def step_words() -> dict[str, str]:
    """What happened, in the order of the chain."""
    return {
        "created": _("Demande faite"),
        "prepared": _("Document préparé et certifié"),
        "asked": _("Signature demandée"),
        "opened": _("Document ouvert"),
        "read": _("Lu jusqu’au bout"),
        "code_sent": _("Code envoyé"),
        "code_used": _("Code confirmé"),
        "accepted": _("Signé"),
        "sealed": _("Sceau apposé"),
        "refused": _("Refus"),
        "refusal_undone": _("Refus annulé"),
        "delegated": _("Délégation"),
        "delegation_undone": _("Délégation annulée"),
        "question_asked": _("Question"),
        "question_answered": _("Réponse"),
        "reminded": _("Rappel"),
        "cancelled": _("Demande annulée"),
        "expired": _("Échéance passée"),
        "completed": _("Signé par tous"),
        "not_moved": _("Document laissé en place"),
        "failed": _("Arrêt"),
        "retaken": _("Reprise"),
        "withdrawn": _("Rétractation"),
    }
