"""The screens behind the lines of the navigation: a tab or a button leads there, and the palette finds them by name."""

from typing import Any

from flask import current_app, url_for
from flask_babel import lazy_gettext as _

from shared.web.navigation import Item

TABLE: tuple[tuple[str, Any], ...] = (
    ("synchronising", _("Synchronisation du portail")),
    ("parties_import", _("Importer des tiers")),
    ("access_bulks", _("Actions groupées sur les accès")),
    ("comparison", _("Comparer avec le portail")),
    ("informing", _("Information des salariés")),
    ("signature_bulk", _("Demander à plusieurs tiers")),
    ("signature_circuits", _("Circuits de signature")),
    ("holds", _("Suspensions : désactiver les notifications d’une famille")),
    ("history_rehearsal", _("À blanc : ce qui partirait")),
    ("families", _("Familles de tiers")),
    ("folders_many", _("Modifier plusieurs répertoires")),
    ("rule_types", _("Types de notification")),
    ("rule_simulation", _("Simuler les notifications")),
    ("state_codes", _("Codes d’état")),
    ("role_list", _("Rôles")),
    ("retention_rules", _("Durées de conservation")),
    ("retention_holds", _("Gels")),
    ("retention_certificates", _("Certificats de suppression")),
    ("retention_payslips", _("Bulletins électroniques")),
    ("retention_erasures", _("Effacements")),
    ("retention_closing", _("Fermeture du service")),
    ("settings_transfer", _("FTP / Stockage")),
    ("settings_mail", _("Messagerie")),
    ("settings_sms", _("SMS")),
    ("settings_bounces", _("Retours")),
    ("settings_portal", _("Portail")),
    ("settings_signature", _("Signature")),
    ("settings_bank", _("Banque")),
    ("settings_activities", _("Activités")),
    ("settings_api", _("API")),
    ("settings_appearance", _("Apparence")),
)


def inner(permissions: frozenset[str]) -> list[Item]:
    """Those that whoever holds `permissions` may open, in the order of the table."""
    views = {endpoint: current_app.view_functions[f"backoffice.{endpoint}"] for endpoint, _label in TABLE}
    return [
        Item(str(label), url_for(f"backoffice.{endpoint}"), "list")
        for endpoint, label in TABLE
        if getattr(views[endpoint], "permission", "") in permissions
    ]
