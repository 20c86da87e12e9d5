"""What a bulk action is called, what it foresees and what became of it, in French."""

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice.party_forms import ACTS
from shared.access.bulk_choice import BulkChoice
from shared.access.bulk_models import BulkAction, BulkKind, BulkRow, Outcome
from shared.access.judging import OTHERS
from shared.access.selecting import Forecast
from shared.settings.reading import is_automatic


def title_of(kind: BulkKind) -> str:
    """The name of the button."""
    return {
        BulkKind.DRAW: _("Mdp aléatoire"),
        BulkKind.ALLOW: _("Accès autorisé"),
        BulkKind.WITHDRAW: _("Accès retiré"),
        BulkKind.NOTIFY: _("Notifier par email"),
        BulkKind.RIGHTS: _("Droits"),
        BulkKind.SESSIONS: _("Fermer les sessions"),
        BulkKind.LETTERS: _("Imprimer les lettres"),
    }[kind]


def foreseen(kind: BulkKind, forecast: Forecast) -> list[str]:
    """One sentence for each number that is not nothing."""
    lines = [f"{name(kind, verdict)} : {count}" for verdict, count in _ordered(forecast)]
    if forecast.no_street:
        lines.append(
            ngettext(
                "%(num)s lettre n’aura pas d’adresse postale : remettez-la en main propre.",
                "%(num)s lettres n’auront pas d’adresse postale : remettez-les en main propre.",
                forecast.no_street,
            )
        )
    return lines


def reported(action: BulkAction) -> list[tuple[str, int]]:
    """The report: what became of how many lines."""
    known = {
        (Outcome(key.partition(":")[0]), key.partition(":")[2]): count
        for key, count in action.report.items()
        if ":" in key
    }
    said = [(name(action.kind, each), known[each]) for each in sorted(known)]
    others = action.report.get(OTHERS, 0)
    return [*said, (taken_words(action.kind), others)] if others else said


def taken_words(kind: BulkKind) -> str:
    """What became of the other contacts that were taken along."""
    if kind is BulkKind.SESSIONS:
        return _("Autres interlocuteurs déconnectés")
    return _("Accès d’autres interlocuteurs retirés")


def others_words(kind: BulkKind, number: int) -> str:
    """What the confirmation asks, or says, of the other contacts; nothing where there is none."""
    if not number:
        return ""
    if kind is BulkKind.WITHDRAW:
        return ngettext(
            "Retirer aussi l’accès de %(num)s autre interlocuteur. Décoché, cette personne peut encore entrer.",
            "Retirer aussi l’accès de %(num)s autres interlocuteurs. Décoché, ces personnes peuvent encore entrer.",
            number,
        )
    if kind is BulkKind.SESSIONS:
        return ngettext(
            "Déconnecter aussi %(num)s autre interlocuteur. Décoché, cette personne reste connectée.",
            "Déconnecter aussi %(num)s autres interlocuteurs. Décoché, ces personnes restent connectées.",
            number,
        )
    return ngettext(
        "Seul l’interlocuteur principal de chaque tiers est concerné : %(num)s autre accès reste tel quel.",
        "Seul l’interlocuteur principal de chaque tiers est concerné : %(num)s autres accès restent tels quels.",
        number,
    )


def chosen_words(kind: BulkKind, choice: BulkChoice) -> list[str]:
    """What « Droits » gives to each line and takes from it."""
    if kind is not BulkKind.RIGHTS:
        return []
    given, taken = (
        ", ".join(str(label) for act, label in ACTS if act in acts) for acts in (choice.given, choice.taken)
    )
    return [
        *([_("Répertoires : laissés tels quels")] if choice.keeps_folders else []),
        *([_("Droit donné : %(names)s", names=given)] if given else []),
        *([_("Droit retiré : %(names)s", names=taken)] if taken else []),
    ]


def name(kind: BulkKind, verdict: tuple[Outcome, str]) -> str:
    """An outcome with its reason, for any number of lines."""
    outcome, reason = verdict
    said = _("Lettres") if (kind, outcome) == (BulkKind.LETTERS, Outcome.CHANGED) else outcome_words()[outcome]
    why = reason_words().get(reason, "")
    return f"{said} ({why})" if why else said


def exception_words(row: BulkRow) -> str:
    """What a person should look at on one line."""
    return undone_words(row.undone) or reason_words().get(row.reason, "")


def outcome_words() -> dict[Outcome, str]:
    """What became of a line."""
    return {
        Outcome.WAITING: _("À faire"),
        Outcome.CREATED: _("Accès créés"),
        Outcome.CHANGED: _("Lignes modifiées"),
        Outcome.ALREADY: _("Déjà ainsi"),
        Outcome.REFUSED: _("Refusées"),
    }


def reason_words() -> dict[str, str]:
    """Why, or what to know of it."""
    return {
        "no_address": _("sans adresse : le message partira quand la fiche sera complétée, ou imprimez la lettre"),
        "closed": _("accès non autorisé"),
        "own_password": _("la personne a déjà choisi son mot de passe"),
        "password": _("avec le mot de passe initial, qui ne sera plus affiché"),
        "link": _("avec un lien à photographier"),
        "elsewhere": _("la personne vient aussi pour un autre tiers : « Notifier » lui envoie un lien"),
        "others": _("d’autres interlocuteurs du tiers seulement"),
        "moved": _("la ligne a changé depuis la confirmation"),
        "gone": _("le tiers n’existe plus"),
    }


def undone_words(word: str) -> str:
    """What taking it back did to a line."""
    return {
        "": "",
        "undone": _("annulée"),
        "moved": _("non annulée : la ligne a changé depuis"),
        "told": _("annulée, mais le message d’accès était parti : son lien ne marche plus"),
        "used": _("non annulée : déjà remis, envoyé ou utilisé"),
        "left": _("non annulée : le message est parti, il ne se rappelle pas"),
        "partly": _("annulée, sauf pour un autre interlocuteur dont l’accès a changé depuis"),
        "others_undone": _("accès d’autres interlocuteurs rendus"),
    }.get(word, word)


def explained(kind: BulkKind) -> str:
    """What the button does, before it is confirmed."""
    told: dict[BulkKind, Callable[[], str]] = {
        BulkKind.DRAW: lambda: _(
            "Un mot de passe initial est tiré pour chaque tiers qui n’en a pas. Ceux qui en ont un, ou qui ont choisi "
            "le leur, le gardent."
        ),
        BulkKind.ALLOW: lambda: _(
            "Chaque accès est autorisé ; il s’ouvre à la synchronisation, et le message d’accès part alors."
        ),
        BulkKind.WITHDRAW: lambda: _(
            "Chaque accès est fermé tout de suite : sessions et liens s’arrêtent, les documents restent."
        ),
        BulkKind.NOTIFY: lambda: _(
            "Chaque personne reçoit un nouveau lien à la synchronisation ; le précédent ne marche plus."
        ),
        BulkKind.RIGHTS: lambda: _(
            "Ce que vous choisissez devient le même pour toutes les lignes. Un droit retiré l’est tout de suite, un "
            "droit ajouté attend la synchronisation."
        ),
        BulkKind.SESSIONS: lambda: _(
            "Chaque personne est déconnectée de tous ses appareils ; elle peut se reconnecter avec son mot de passe."
        ),
        BulkKind.LETTERS: lambda: _(
            "Un seul PDF, une page par tiers, à télécharger par vous seul pendant une heure, puis effacé. Imprimer un "
            "mot de passe, c’est le remettre : il ne sera plus affiché."
        ),
    }
    said = told[kind]()
    return f"{said} {_leaving()}" if kind in (BulkKind.ALLOW, BulkKind.NOTIFY) else said


def _leaving() -> str:
    if is_automatic():
        return _(
            "La synchronisation est automatique : les messages partent en quelques secondes, et ce qui est parti ne se "
            "rappelle pas, même si vous annulez l’action."
        )
    return _("Ce qui est parti ne se rappelle pas : pour n’envoyer aucun message, annulez avant « Synchroniser ».")


def _ordered(forecast: Forecast) -> list[tuple[tuple[Outcome, str], int]]:
    order = list(Outcome)
    return sorted(forecast.verdicts.items(), key=lambda each: (order.index(each[0][0]), each[0][1]))
