"""The texts and rules that come with the product: an upgrade replaces what nobody touched and leaves the rest."""

from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select

from shared.extensions import db
from shared.notifications.models import Template, TemplateVersion
from shared.notifications.rule_models import Rule
from shared.notifications.shipped import Shipped, shipped_messages
from shared.people.models import Family


@dataclass(frozen=True)
class ShippedRule:
    """One shipped line of « Paramétrage notification(s) »; its key is its event."""

    event: str
    label: str
    audience: str
    template: str | None
    moment: str = "now"


RULES = (
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


def ship_messages() -> None:
    """Bring texts and rules to what this release ships. Running it twice changes nothing."""
    templates = {row.key: row for row in db.session.scalars(select(Template).where(Template.is_shipped))}
    for message in shipped_messages():
        template = templates.get(message.key)
        if template is None:
            template = templates[message.key] = _new_template(message)
        if message.family and template.family_id is None:
            template.family_id = db.session.scalar(select(Family.id).where(Family.key == message.family))
        if template.deleted_at is None:
            _ship_text(template, message)
    rules = {row.key: row for row in db.session.scalars(select(Rule).where(Rule.is_shipped))}
    for rule in RULES:
        _ship_rule(rules.get(rule.event), rule, templates)
    db.session.flush()


def _new_template(message: Shipped) -> Template:
    template = Template(
        key=message.key,
        label=message.label,
        context=message.context,
        channel=message.channel,
        kind=message.kind,
        is_shipped=True,
    )
    db.session.add(template)
    db.session.flush()
    return template


def _ship_text(template: Template, message: Shipped) -> None:
    current = db.session.scalars(
        select(TemplateVersion).where(
            TemplateVersion.template_id == template.id,
            TemplateVersion.locale == message.locale,
            TemplateVersion.is_current,
        )
    ).first()
    mark = message.digest
    if current is not None:
        if current.shipped_hash is None or current.shipped_hash == mark:
            return
        current.is_current = False
        db.session.flush()  # only one text is current
    db.session.add(
        TemplateVersion(
            template_id=template.id,
            locale=message.locale,
            number=current.number + 1 if current else 1,
            subject=message.subject,
            body=message.body,
            shipped_hash=mark,
        )
    )


def _ship_rule(row: Rule | None, rule: ShippedRule, templates: dict[str, Template]) -> None:
    mark = sha256(repr(rule).encode()).hexdigest()
    if row is None:
        row = Rule(key=rule.event, event=rule.event, is_shipped=True, conditions={}, channels=["email"])
        db.session.add(row)
    elif row.shipped_hash in (None, mark) or row.deleted_at is not None:
        return
    row.label = rule.label
    row.audience = rule.audience
    row.template_id = templates[rule.template].id if rule.template else None
    row.moment = rule.moment
    row.shipped_hash = mark
