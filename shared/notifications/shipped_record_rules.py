"""The shipped lines of « Paramétrage notification(s) » about records: few are on, and each may be switched."""

from shared.notifications.shipped_rules import ShippedRule
from shared.people.models import EmailSlot

EXPENSE = "expense_report"
MEMO = "invoice.memo_changed"  # one text says it of every kind
QUOTE, BILLING, REMINDER = EmailSlot.QUOTE, EmailSlot.BILLING, EmailSlot.REMINDER


def _reminder(days: int, label: str, template: str) -> ShippedRule:
    """A dunning step: several invoices of one party in one message, on a working day; off until it is wanted."""
    return ShippedRule(
        "invoice.reminded",
        label,
        "record_party",
        template,
        moment="date",
        key=f"invoice.reminded.{days}",
        slot=REMINDER,
        date_field="due_on",
        days=days,
        working_days=True,
        groups=True,
        enabled=False,
    )


def _memo(kind: str, label: str, slot: EmailSlot | None = None) -> ShippedRule:
    return ShippedRule(f"{kind}.memo_changed", label, "record_party", MEMO, slot=slot)


def _exchange(kind: str, name: str) -> tuple[ShippedRule, ...]:
    """All its parties, whoever of them did it; the texts are those of the voucher."""
    steps = (
        ("submitted", "soumission aux parties", True),
        ("validated", "validation", True),
        ("confirmed", "confirmation", True),
        ("refused", "refus", True),
        ("answered", "réponse d’une partie", False),
    )
    told = [
        ShippedRule(f"{kind}.{step}", f"{name} {words}", "record_parties", f"exchange_voucher.{step}", enabled=on)
        for step, words, on in steps
    ]
    memo = ShippedRule(f"{kind}.memo_changed", f"{name} modification du mémo", "record_parties", MEMO)
    return (*told, memo)


QUOTES = (
    ShippedRule(
        "quote.validated", "Un devis est envoyé", "record_person", "quote.validated", slot=QUOTE, attaches=True
    ),
    ShippedRule(
        "quote.reminded",
        "Un devis perd bientôt sa validité",
        "record_person",
        "quote.reminded",
        moment="date",
        slot=QUOTE,
        date_field="valid_until",
        days=-7,
        working_days=True,
    ),
    ShippedRule("quote.asked", "Un tiers pose une question sur un devis", "record_staff", "quote.asked"),
    ShippedRule("quote.accepted", "Un devis est accepté", "record_staff", "quote.accepted"),
    ShippedRule("quote.refused", "Un devis est refusé", "record_staff", "quote.refused"),
    _memo("quote", "Le mémo d’un devis change", QUOTE),
)
INVOICES = (
    ShippedRule(
        "invoice.validated",
        "Une facture est validée",
        "record_person",
        "invoice.validated",
        slot=BILLING,
        enabled=False,
    ),
    ShippedRule(
        "invoice.confirmed",
        "Une facture est confirmée",
        "record_person",
        "invoice.confirmed",
        slot=BILLING,
        enabled=False,
    ),
    ShippedRule(
        "invoice.sent", "Une facture est envoyée", "record_person", "invoice.sent", slot=BILLING, attaches=True
    ),
    _reminder(7, "Facture échue : rappel à 7 jours", "invoice.reminded"),
    _reminder(15, "Facture échue : relance à 15 jours", "invoice.reminded"),
    _reminder(30, "Facture échue : relance ferme à 30 jours", "invoice.reminded.firm"),
    ShippedRule("invoice.asked", "Un tiers pose une question sur une facture", "record_staff", "quote.asked"),
    _memo("invoice", "Le mémo d’une facture change", BILLING),
)
PAYMENTS = (
    ShippedRule(
        "payment.confirmed",
        "Un paiement de client est confirmé",
        "record_party",
        "payment.confirmed",
        slot=BILLING,
        enabled=False,
    ),
    ShippedRule(
        "internal_payment.confirmed",
        "Un paiement interne est confirmé",
        "record_internal",
        "internal_payment.confirmed",
    ),
)
ORDERS = (
    ShippedRule("order.validated", "Une commande est enregistrée", "record_person", "order.validated", enabled=False),
    ShippedRule("order.sent", "Un bon de commande est envoyé", "record_person", "order.sent", attaches=True),
    ShippedRule("order.ready", "Une commande est prête", "record_person", "order.ready"),
    ShippedRule("order.deposit_received", "Un acompte est reçu", "record_person", "order.deposit_received"),
    ShippedRule(
        "order.goods_allocated",
        "Des articles d’une commande arrivent",
        "record_person",
        "order.goods_allocated",
        enabled=False,
    ),
    ShippedRule("order.asked", "Un tiers pose une question sur une commande", "record_staff", "quote.asked"),
)
INTERVENTIONS = (
    ShippedRule(
        "intervention.appointment_made", "Un rendez-vous est pris", "record_person", "intervention.appointment_made"
    ),
    ShippedRule(
        "intervention.appointment_moved",
        "Un rendez-vous est déplacé",
        "record_person",
        "intervention.appointment_moved",
    ),
    ShippedRule(
        "intervention.appointment_cancelled",
        "Un rendez-vous est annulé",
        "record_person",
        "intervention.appointment_cancelled",
    ),
    ShippedRule(
        "intervention.reminded",
        "Un rendez-vous est rappelé la veille",
        "record_person",
        "intervention.reminded",
        moment="date",
        date_field="appointment_at",
        days=-1,
    ),
    ShippedRule(
        "intervention.appointment_answered",
        "Un tiers répond à un rendez-vous",
        "record_staff",
        "intervention.appointment_answered",
    ),
    ShippedRule(
        "intervention.state_entered",
        "Un code d’état est saisi",
        "record_person",
        "intervention.state_entered",
        enabled=False,
    ),
    ShippedRule(
        "intervention.done", "Une intervention est terminée", "record_person", "intervention.done", enabled=False
    ),
    ShippedRule("intervention.asked", "Un tiers pose une question sur une intervention", "record_staff", "quote.asked"),
)
EXPENSES = (
    *(
        ShippedRule(
            f"expense_report.{step}", f"Une note de frais est {words}", "record_party", f"expense_report.{step}"
        )
        for step, words in (
            ("validated", "validée"),
            ("confirmed", "confirmée"),
            ("paid", "remboursée"),
            ("refused", "refusée"),
        )
    ),
    _memo(EXPENSE, "Le mémo d’une note de frais change"),
)
RECORD_RULES: tuple[ShippedRule, ...] = (
    *QUOTES,
    *INVOICES,
    *PAYMENTS,
    *ORDERS,
    *INTERVENTIONS,
    *EXPENSES,
    *_exchange("exchange_agreement", "Convention d’échange :"),
    *_exchange("exchange_voucher", "Bon d’échange :"),
)
