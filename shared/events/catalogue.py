"""Every event the product records: what it means, on which chain it stands, which facts it must carry.

Recording an unknown name, or without its facts, is an error of the programmer and raises.
"""

from dataclasses import dataclass

from shared.events.models import Chain


@dataclass(frozen=True)
class Kind:
    """One line of the catalogue; `label` is what the journal shows."""

    label: str
    facts: tuple[str, ...] = ()
    chain: Chain = Chain.EVIDENCE


SECURITY = Chain.SECURITY

CATALOGUE: dict[str, Kind] = {
    "company.changed": Kind("Identité de la société modifiée", ("fields",)),
    "setting.changed": Kind("Paramètre modifié", ("key",)),
    "staff.created": Kind("Gestionnaire créé", ("role",)),
    "staff.password_changed": Kind("Mot de passe de gestionnaire modifié", chain=SECURITY),
    "staff.sessions_ended": Kind("Appareils de gestionnaire déconnectés", ("count",), SECURITY),
    "staff.signed_in": Kind("Connexion au back-office", chain=SECURITY),
    "staff.signed_out": Kind("Déconnexion du back-office", chain=SECURITY),
    "staff.login_refused": Kind("Connexion au back-office refusée", chain=SECURITY),
    "staff.denied": Kind("Action refusée", ("permission", "path"), SECURITY),
    "party.created": Kind("Tiers créé"),
    "party.changed": Kind("Fiche modifiée", ("fields",)),
    "party.address_changed": Kind("Adresse e-mail modifiée", ("slot",)),
    "consent.changed": Kind("Dématérialisation modifiée", ("document_class", "state")),
    "access.created": Kind("Accès créé"),
    "access.changed": Kind("Accès modifié", ("fields",)),
    "access.initial_drawn": Kind("Mot de passe initial tiré au sort"),
    "access.initial_typed": Kind("Mot de passe initial saisi"),
    "access.initial_shown": Kind("Mot de passe initial affiché", chain=SECURITY),
    "access.initial_handed_over": Kind("Mot de passe initial remis", ("how",)),
    "access.applied": Kind("Accès synchronisé", ("revision",)),
    "access.opened": Kind("Accès ouvert au portail"),
    "access.renotified": Kind("Accès communiqué à nouveau"),
    "access.withdrawn": Kind("Accès retiré"),
    "account.activated": Kind("Accès activé"),
    "account.signed_in": Kind("Connexion au portail", chain=SECURITY),
    "account.signed_out": Kind("Déconnexion du portail", chain=SECURITY),
    "account.login_refused": Kind("Connexion au portail refusée", chain=SECURITY),
    "account.reset_requested": Kind("Réinitialisation du mot de passe demandée"),
    "account.password_changed": Kind("Mot de passe modifié", ("device",)),
    "account.sessions_ended": Kind("Appareils déconnectés", ("count",), SECURITY),
    "portal.denied": Kind("Lecture refusée", ("path",), SECURITY),
    "folder.changed": Kind("Configuration de la GED modifiée", ("change",)),
    "folder.created": Kind("Répertoire créé", ("path",)),
    "folder.deleted": Kind("Répertoire vide supprimé", ("path",)),
    "folder.exception_changed": Kind("Exception d’un tiers modifiée", ("folder", "cells")),
    "family.created": Kind("Famille de tiers créée", ("key",)),
    "family.changed": Kind("Famille de tiers modifiée", ("key", "fields")),
    "folder.change_undone": Kind("Modification de la GED annulée", ("change",)),
    "document.filed": Kind("Document classé", ("folder",)),
    "document.published": Kind("Document mis à disposition"),
    "document.restored": Kind("Document remis à disposition"),
    "document.held": Kind("Mise à disposition retenue", ("because",)),
    "document.withdrawn": Kind("Document retiré du portail", ("because",)),
    "document.moved": Kind("Document déplacé", ("before", "after")),
    "document.opened": Kind("Document ouvert"),
    "document.downloaded": Kind("Document téléchargé"),
    "document.mended": Kind("Document retrouvé intact", ("sha256",)),
    "document.damaged": Kind("Document perdu ou altéré", ("sha256",)),
    "arrival.held": Kind("Fichier à rattacher", ("filename",)),
    "arrival.set_aside": Kind("Fichier écarté", ("filename",)),
    "notice.forced": Kind("Notification forcée", ("documents",)),
    "notification.resent": Kind("Notification renvoyée"),
    "notification.cancelled": Kind("Notification annulée"),
    "notification.bounced": Kind("Notification rejetée", ("status",)),
    "notification.settled": Kind("Notification vérifiée", ("outcome",)),
    "template.saved": Kind("Modèle enregistré", ("template",)),
    "template.restored": Kind("Modèle rétabli", ("template",)),
    "synchronisation.asked": Kind("Synchronisation demandée"),
}
