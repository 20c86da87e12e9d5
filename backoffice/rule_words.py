"""A rule in words: what triggers it, who receives, when, under which conditions."""

from typing import Any

from flask_babel import format_currency, format_date, ngettext
from flask_babel import gettext as _

from backoffice.party_page import slot_words
from shared.events.catalogue import CATALOGUE
from shared.notifications.rule_counting import Fired
from shared.notifications.rule_events import kind_of
from shared.notifications.rule_plan import AFTER, DATE, FOLDER
from shared.records.declaring import DATES

HOUR, DAY = 60, 24 * 60  # minutes


def event_words(event: str) -> str:
    """« Devis : validé »."""
    return str(_(CATALOGUE[event].label)) if event in CATALOGUE else event


def audience_words() -> dict[str, str]:
    """Who receives, by the name of the audience."""
    return {
        "record_party": _("Le tiers de la pièce, à l’adresse de sa fiche"),
        "record_person": _("La personne liée à la pièce, sinon le tiers"),
        "record_contacts": _("Les interlocuteurs du tiers, selon leur fonction"),
        "record_staff": _("Les gestionnaires"),
        "record_parties": _("Toutes les parties de l’échange"),
        "record_internal": _("Les parties internes de l’échange"),
        "party_card": _("Le tiers, à son adresse de fiche"),
        "folder_slot": _("Le tiers, à l’adresse que le répertoire désigne"),
        "access_holder": _("La personne à qui l’accès est ouvert"),
        "account_owner": _("La personne dont c’est le compte"),
        "staff_concerned": _("Le gestionnaire concerné"),
        "same_recipient": _("Le destinataire du premier envoi"),
        "code_asker": _("La personne qui a demandé le code"),
        "deposit_staff": _("Les gestionnaires qui suivent le répertoire"),
        "signature_signer": _("Le signataire"),
        "signature_delegates": _("Le signataire et son délégué"),
        "signature_owner": _("Le gestionnaire qui a demandé la signature"),
        "signature_refused": _("Le gestionnaire et les autres signataires"),
        "signature_ended": _("Les signataires sollicités"),
        "signature_signed": _("Tous les signataires, avec leur exemplaire"),
        "remark_party": _("Le tiers, à qui l’on répond"),
        "remark_staff": _("Les gestionnaires qui suivent le tiers"),
        "administrators": _("Les administrateurs"),
        "signature_withdrawn": _("Le signataire qui renonce, et le gestionnaire"),
    }


def told_to(rule: Any) -> str:
    """Who receives, with the cell or the function where the rule names one."""
    words = audience_words().get(rule.audience, rule.audience)
    if rule.slot:
        words += " (" + _("adresse « %(slot)s »", slot=slot_words()[rule.slot.value].lower()) + ")"
    if rule.role:
        words += " (" + str(rule.role) + ")"
    return words


def when_words(rule: Any) -> str:
    """« Tout de suite », « Deux heures après », « 7 jours avant l’échéance, à 9 h »."""
    if rule.moment == FOLDER:
        return _("Comme le répertoire le dit : immédiate ou groupée")
    said = _("Tout de suite")
    if rule.moment == AFTER:
        said = _("%(delay)s après", delay=delay_words(rule.delay))
    elif rule.moment == DATE:
        said = _date_words(rule)
    return f"{said}, {_('jours ouvrés seulement')}" if rule.working_days else said


def _date_words(rule: Any) -> str:
    date = _(DATES.get(rule.date_field, rule.date_field)).lower()
    count = ngettext("%(num)s jour", "%(num)s jours", abs(rule.days))
    hour = "" if rule.date_field == "appointment_at" else _(", à %(hour)s h", hour=rule.hour)
    if not rule.days:
        return _("Le jour même : %(date)s", date=date) + hour
    if rule.days < 0:
        return _("%(days)s avant : %(date)s", days=count, date=date) + hour
    return _("%(days)s après : %(date)s", days=count, date=date) + hour


def delay_words(minutes: int) -> str:
    """In the largest unit that says it exactly."""
    if minutes and minutes % DAY == 0:
        return ngettext("%(num)s jour", "%(num)s jours", minutes // DAY)
    if minutes and minutes % HOUR == 0:
        return ngettext("%(num)s heure", "%(num)s heures", minutes // HOUR)
    return ngettext("%(num)s minute", "%(num)s minutes", minutes)


def condition_words(event: str, conditions: dict[str, Any], named: dict[str, str]) -> list[str]:
    """One sentence a condition; `named`: id → label of families and folders."""
    kind, said = kind_of(event), []
    if conditions.get("statuses") and kind:
        labels = {each.key: _(each.label) for each in kind.statuses}
        said.append(_("état : %(list)s", list=_either(labels.get(each, each) for each in conditions["statuses"])))
    if conditions.get("state_codes"):
        said.append(_("code d’état : %(list)s", list=_either(conditions["state_codes"])))
    if conditions.get("amount_from"):
        said.append(_("à partir de %(amount)s", amount=format_currency(conditions["amount_from"], "EUR")))
    if conditions.get("amount_to"):
        said.append(_("jusqu’à %(amount)s", amount=format_currency(conditions["amount_to"], "EUR")))
    for key, words in (("family_ids", _("famille : %(list)s")), ("folder_ids", _("répertoire : %(list)s"))):
        if conditions.get(key):
            said.append(words % {"list": _either(named.get(each, _("supprimé")) for each in conditions[key])})
    return said


def fired_words(fired: Fired) -> str:
    """« Aurait été envoyée 12 fois le mois dernier, du 23 octobre au 22 novembre. »."""
    since, until = format_date(fired.since, "d MMMM"), format_date(fired.until, "d MMMM")
    if not fired.is_whole:
        return _("Aurait été envoyée plus de %(num)s fois le mois dernier : tout n’a pas été compté.", num=fired.times)
    if not fired.times:
        return _("N’aurait pas été envoyée le mois dernier, du %(since)s au %(until)s.", since=since, until=until)
    return ngettext(
        "Aurait été envoyée %(num)s fois le mois dernier, du %(since)s au %(until)s.",
        "Aurait été envoyée %(num)s fois le mois dernier, du %(since)s au %(until)s.",
        fired.times,
        since=since,
        until=until,
    )


def _either(words: Any) -> str:
    return f" {_('ou')} ".join(str(each) for each in words)
