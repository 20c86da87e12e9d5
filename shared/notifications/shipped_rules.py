"""The shipped lines of « Paramétrage notification(s) » about documents, signatures, accesses; records have theirs."""

from dataclasses import dataclass, field
from typing import Any

from shared.people.models import EmailSlot


@dataclass(frozen=True)
class ShippedRule:
    """One shipped line; its key is its event, where `key` does not tell several of one event apart."""

    event: str
    label: str
    audience: str
    template: str | None
    moment: str = "now"
    key: str = ""
    slot: EmailSlot | None = None
    date_field: str = ""
    days: int = 0  # before the date when negative
    working_days: bool = False
    groups: bool = False
    attaches: bool = False
    enabled: bool = True
    conditions: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """By which an upgrade finds its row."""
        return self.key or self.event


PRODUCT_RULES = (
    ShippedRule("document.published", "Un document est disponible", "folder_slot", "document.published", "folder"),
    ShippedRule("notice.forced", "Notification forcée", "folder_slot", "notice.forced"),
    ShippedRule("notification.resent", "Notification renvoyée", "same_recipient", None),
    ShippedRule("access.opened", "Un accès est ouvert", "access_holder", "access.opened"),
    ShippedRule("access.renotified", "Un accès est communiqué à nouveau", "access_holder", "access.renotified"),
    ShippedRule("account.reset_requested", "Mot de passe oublié", "account_owner", "account.reset_requested"),
    ShippedRule("account.password_changed", "Mot de passe modifié", "account_owner", "account.password_changed"),
    ShippedRule(
        "payslip.notice_given", "Un salarié est informé du bulletin électronique", "party_card", "payslip.notice_given"
    ),
    ShippedRule("payslip.objected", "Un salarié s’oppose au bulletin électronique", "party_card", "payslip.objected"),
    ShippedRule(
        "payslip.objection_withdrawn", "Une opposition est retirée", "party_card", "payslip.objection_withdrawn"
    ),
    ShippedRule("closing.announced", "Le service va fermer", "party_card", "closing.announced"),
    ShippedRule("closing.called_off", "Le service ne ferme plus", "party_card", "closing.called_off"),
    ShippedRule("signature.code_issued", "Code pour signer", "code_asker", "signature.code_issued"),
    ShippedRule(
        "account.phone_code_issued", "Code de confirmation d’un numéro", "code_asker", "account.phone_code_issued"
    ),
    ShippedRule("signature.asked", "Une signature est demandée", "signature_signer", "signature.asked"),
    ShippedRule("signature.reminded", "Une signature est rappelée", "signature_signer", "signature.reminded"),
    ShippedRule("signature.refused", "Une signature est refusée", "signature_refused", "signature.refused"),
    ShippedRule(
        "signature.refusal_undone", "Un refus de signer est annulé", "signature_signer", "signature.refusal_undone"
    ),
    ShippedRule("signature.delegated", "Une signature est déléguée", "signature_signer", "signature.delegated"),
    ShippedRule(
        "signature.delegation_undone",
        "Une délégation de signature est annulée",
        "signature_delegates",
        "signature.delegation_undone",
    ),
    ShippedRule(
        "signature.question_asked", "Une question avant de signer", "signature_owner", "signature.question_asked"
    ),
    ShippedRule(
        "signature.question_answered", "Une réponse avant de signer", "signature_signer", "signature.question_answered"
    ),
    ShippedRule("signature.cancelled", "Une signature est annulée", "signature_ended", "signature.cancelled"),
    ShippedRule("signature.expired", "Une signature est échue", "signature_ended", "signature.expired"),
    ShippedRule(
        "signature.withdrawn", "Un consommateur renonce au contrat", "signature_withdrawn", "signature.withdrawn"
    ),
    ShippedRule("document.signed", "Un document est signé par tous", "signature_signed", "document.signed"),
    ShippedRule(
        "account.address_code_issued", "Code pour prouver une adresse", "code_asker", "account.address_code_issued"
    ),
    ShippedRule("document.deposited", "Un tiers dépose un document", "deposit_staff", "document.deposited"),
    ShippedRule("document.requested", "Un document est demandé", "party_card", "document.requested"),
    ShippedRule(
        "document.request_reminded", "Un document demandé est relancé", "party_card", "document.request_reminded"
    ),
    ShippedRule("document.expiring", "Une attestation arrive à échéance", "party_card", "document.expiring"),
    ShippedRule("remark.said", "Un message est écrit à un tiers", "remark_party", "remark.said"),
    ShippedRule("remark.received", "Un tiers écrit un message", "remark_staff", "remark.received"),
    ShippedRule("bank_account.entered", "Un compte bancaire est saisi", "administrators", "bank_account.entered"),
    ShippedRule("bank_account.verified", "Un compte bancaire est vérifié", "administrators", "bank_account.verified"),
    ShippedRule("bank_account.retired", "Un compte bancaire est retiré", "administrators", "bank_account.retired"),
    ShippedRule("staff.invited", "Un gestionnaire est invité", "staff_concerned", "staff.invited"),
)
