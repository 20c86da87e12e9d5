"""The kinds of records, declared: one entry here is a kind with its statuses, moves, dates and events.

The catalogue of events, the rules, the lists, the pages, the import and the API read this table; none of them names a
kind of its own. What a kind does beyond it (an invoice's balance, an order's goods) stands in the verb that does it.
"""

from shared.records.declaring import DRAFT, Kind, Move, Status
from shared.words import N_

_DRAFT = Status(DRAFT, N_("Brouillon"), shown=False)
_CANCELLED = Status("cancelled", N_("Annulé"), "danger")


def _cancel(*leaves: str) -> Move:
    return Move("cancel", N_("Annuler"), "cancelled", N_("annulé"), leaves, "cancelled")


QUOTE = Kind(
    "quote",
    N_("Devis"),
    N_("Devis"),
    (
        _DRAFT,
        Status("validated", N_("En attente de réponse"), "info", open=True),
        Status("accepted", N_("Accepté"), "success"),
        Status("refused", N_("Refusé"), "danger"),
        Status("expired", N_("Expiré"), "warning"),
        _CANCELLED,
    ),
    (
        Move("validate", N_("Valider"), "validated", N_("validé"), (DRAFT,), "validated"),
        Move("accept", N_("Accepter"), "accepted", N_("accepté"), ("validated", "expired"), "accepted", by_party=True),
        Move("refuse", N_("Refuser"), "refused", N_("refusé"), ("validated",), "refused", by_party=True),
        Move(
            "reopen",
            N_("Annuler la réponse"),
            "answer_undone",
            N_("réponse annulée"),
            ("accepted", "refused"),
            "validated",
        ),
        Move("expire", N_("Déclarer expiré"), "expired", N_("expiré"), ("validated",), "expired"),
        _cancel(DRAFT, "validated"),
    ),
    dates=("issued_on", "valid_until", "accepted_on"),
    classes=("quote",),
    has_lines=True,
    has_memo_event=True,
    on_portal=True,
)

INVOICE = Kind(
    "invoice",
    N_("Facture"),
    N_("Factures"),
    (
        _DRAFT,
        Status("validated", N_("Validée"), "info", open=True),
        Status("confirmed", N_("Confirmée"), "info", open=True),
        Status("paid", N_("Payée"), "success"),
        Status("closed", N_("Clôturée"), "success"),
        Status("cancelled", N_("Annulée"), "danger"),
    ),
    (
        Move("validate", N_("Valider"), "validated", N_("validée"), (DRAFT,), "validated"),
        Move("confirm", N_("Confirmer"), "confirmed", N_("confirmée"), ("validated",), "confirmed"),
        Move("send", N_("Envoyer"), "sent", N_("envoyée"), ("validated", "confirmed"), None),
        Move("settle", N_("Déclarer payée"), "paid", N_("payée"), ("validated", "confirmed"), "paid"),
        Move("unsettle", N_("Rouvrir"), "reopened", N_("rouverte"), ("paid",), "confirmed"),
        Move("dispute", N_("Mettre en litige"), "disputed", N_("en litige"), ("validated", "confirmed"), None),
        Move(
            "end_dispute", N_("Lever le litige"), "dispute_ended", N_("litige levé"), ("validated", "confirmed"), None
        ),
        Move("close", N_("Clôturer"), "closed", N_("clôturée"), ("validated", "confirmed", "paid"), "closed"),
        _cancel(DRAFT, "validated", "confirmed"),
    ),
    dates=("issued_on", "due_on"),
    classes=("invoice", "credit_note"),
    has_balance=True,
    has_lines=True,
    has_memo_event=True,
    on_portal=True,
    fields=("contact", "platform"),
)

ORDER = Kind(
    "order",
    N_("Bon de commande"),
    N_("Bons de commande"),
    (
        _DRAFT,
        Status("validated", N_("Validé"), "info", open=True),
        Status("ready", N_("Prêt"), "success", open=True),
        Status("delivered", N_("Livré"), "success"),
        _CANCELLED,
    ),
    (
        Move("validate", N_("Valider"), "validated", N_("validé"), (DRAFT,), "validated"),
        Move(
            "deposit",
            N_("Saisir un acompte"),
            "deposit_received",
            N_("acompte reçu"),
            (DRAFT, "validated", "ready"),
            None,
        ),
        Move("send", N_("Envoyer le bon"), "sent", N_("envoyé"), ("validated", "ready"), None),
        Move("make_ready", N_("Déclarer prêt"), "ready", N_("prêt"), ("validated",), "ready"),
        Move("deliver", N_("Livrer"), "delivered", N_("livré"), ("validated", "ready"), "delivered"),
        _cancel(DRAFT, "validated", "ready"),
    ),
    dates=("issued_on", "due_on"),
    classes=("order",),
    has_lines=True,
    on_portal=True,
    fields=("deposit",),
)

INTERVENTION = Kind(
    "intervention",
    N_("Dossier d’intervention"),
    N_("Dossiers d’intervention"),
    (
        Status("open", N_("Ouvert"), "info", open=True),
        Status("done", N_("Terminé"), "success"),
        Status("closed", N_("Clos"), "success"),
        _CANCELLED,
    ),
    (
        Move("finish", N_("Terminer"), "done", N_("terminé"), ("open",), "done"),
        Move("close", N_("Clore"), "closed", N_("clos"), ("open", "done"), "closed"),
        Move("reopen", N_("Rouvrir"), "reopened", N_("rouvert"), ("done", "closed"), "open"),
        _cancel("open"),
    ),
    dates=("issued_on", "appointment_at"),
    has_amount=False,
    has_memo_event=False,
    on_portal=True,
    fields=("state_code",),
)

EXPENSE_REPORT = Kind(
    "expense_report",
    N_("Note de frais"),
    N_("Notes de frais"),
    (
        _DRAFT,
        Status("validated", N_("Validée"), "info", open=True),
        Status("confirmed", N_("Confirmée"), "info", open=True),
        Status("paid", N_("Remboursée"), "success"),
        Status("refused", N_("Refusée"), "danger"),
    ),
    (
        Move("validate", N_("Valider"), "validated", N_("validée"), (DRAFT,), "validated"),
        Move("confirm", N_("Confirmer"), "confirmed", N_("confirmée"), ("validated",), "confirmed"),
        Move("settle", N_("Déclarer remboursée"), "paid", N_("remboursée"), ("confirmed",), "paid"),
        Move("refuse", N_("Refuser"), "refused", N_("refusée"), (DRAFT, "validated"), "refused"),
    ),
    families=("employees",),
    classes=("expense_report",),
    has_lines=True,
    has_memo_event=True,
    on_portal=True,
)


def _exchange(key: str, label: str, plural: str) -> Kind:
    return Kind(
        key,
        label,
        plural,
        (
            _DRAFT,
            Status("submitted", N_("Soumis aux parties"), "info", open=True),
            Status("validated", N_("Validé"), "info", open=True),
            Status("confirmed", N_("Confirmé"), "success"),
            Status("refused", N_("Refusé"), "danger"),
            _CANCELLED,
        ),
        (
            Move("submit", N_("Soumettre aux parties"), "submitted", N_("soumis aux parties"), (DRAFT,), "submitted"),
            Move("validate", N_("Valider"), "validated", N_("validé"), ("submitted",), "validated"),
            Move("confirm", N_("Confirmer"), "confirmed", N_("confirmé"), ("validated",), "confirmed"),
            Move("refuse", N_("Refuser"), "refused", N_("refusé"), ("submitted",), "refused"),
            _cancel(DRAFT, "submitted", "validated"),
        ),
        families=("customers", "suppliers", "employees"),
        classes=("exchange",),
        has_memo_event=True,
        is_internal=True,
        on_portal=True,
    )


EXCHANGE_AGREEMENT = _exchange(
    "exchange_agreement", N_("Convention d’échange interne"), N_("Conventions d’échange interne")
)
EXCHANGE_VOUCHER = _exchange("exchange_voucher", N_("Bon d’échange interne"), N_("Bons d’échange interne"))

OPPORTUNITY = Kind(
    "opportunity",
    N_("Opportunité"),
    N_("Opportunités"),
    (
        Status("open", N_("En cours"), "info", open=True, shown=False),
        Status("won", N_("Gagnée"), "success", shown=False),
        Status("lost", N_("Perdue"), "danger", shown=False),
    ),
    (
        Move("win", N_("Gagner"), "won", N_("gagnée"), ("open",), "won"),
        Move("lose", N_("Perdre"), "lost", N_("perdue"), ("open",), "lost"),
        Move("reopen", N_("Rouvrir"), "reopened", N_("rouverte"), ("won", "lost"), "open"),
    ),
    dates=("issued_on", "due_on"),
)


def _payment(key: str, label: str, plural: str, *, is_internal: bool) -> Kind:
    return Kind(
        key,
        label,
        plural,
        (_DRAFT, Status("confirmed", N_("Confirmé"), "success"), _CANCELLED),
        (
            Move("confirm", N_("Confirmer"), "confirmed", N_("confirmé"), (DRAFT,), "confirmed"),
            _cancel(DRAFT, "confirmed"),
        ),
        families=("customers", "suppliers", "employees") if is_internal else ("customers",),
        told_with=() if is_internal else INVOICE.classes,
        is_internal=is_internal,
        on_portal=not is_internal,
    )


PAYMENT = _payment("payment", N_("Paiement"), N_("Paiements"), is_internal=False)
INTERNAL_PAYMENT = _payment("internal_payment", N_("Paiement interne"), N_("Paiements internes"), is_internal=True)

KINDS: dict[str, Kind] = {
    each.key: each
    for each in (
        QUOTE,
        INVOICE,
        ORDER,
        INTERVENTION,
        EXPENSE_REPORT,
        EXCHANGE_AGREEMENT,
        EXCHANGE_VOUCHER,
        OPPORTUNITY,
        PAYMENT,
        INTERNAL_PAYMENT,
    )
}
