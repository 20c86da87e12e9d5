"""What each permission lets somebody do, in the words of the screen where roles are made."""

from typing import Any

from flask_babel import lazy_gettext as _

GROUPS: tuple[tuple[Any, tuple[tuple[str, Any], ...]], ...] = (
    (
        _("Tiers et accès"),
        (
            ("backoffice:parties:see", _("Voir les tiers")),
            ("backoffice:parties:edit", _("Créer et modifier les tiers")),
            ("backoffice:access:see", _("Voir les droits d’accès au portail")),
            ("backoffice:access:edit", _("Ouvrir, modifier et fermer les accès")),
            ("backoffice:access:secret", _("Afficher un mot de passe initial")),
            ("backoffice:portal:synchronise", _("Synchroniser le portail, pour toutes les familles à la fois")),
            ("backoffice:portal:impersonate", _("Regarder le portail comme un tiers, sans rien y faire")),
        ),
    ),
    (
        _("Documents"),
        (
            ("backoffice:documents:see", _("Voir les documents")),
            ("backoffice:documents:file", _("Déposer, classer et déplacer des documents")),
            ("backoffice:documents:publish", _("Mettre à disposition et retirer du portail")),
            ("backoffice:payslips:distribute", _("Distribuer les bulletins, dans les répertoires nommés")),
            ("backoffice:folders:see", _("Voir la configuration de la GED")),
            ("backoffice:folders:edit", _("Modifier la configuration de la GED")),
        ),
    ),
    (
        _("Signatures"),
        (
            ("backoffice:signatures:see", _("Voir les demandes de signature et leurs preuves")),
            ("backoffice:signatures:ask", _("Demander, relancer et annuler une signature")),
            ("backoffice:signatures:sign", _("Signer pour la société")),
        ),
    ),
    (
        _("Pièces"),
        (
            ("backoffice:records:see", _("Voir les devis, factures, commandes et autres pièces")),
            ("backoffice:records:edit", _("Saisir les pièces et les faire avancer")),
            ("backoffice:bank:verify", _("Vérifier le compte bancaire que voient les clients")),
            ("backoffice:accounting:export", _("Exporter les écritures comptables")),
        ),
    ),
    (
        _("Messages"),
        (
            ("backoffice:rules:see", _("Voir les règles de notification et leurs simulations")),
            ("backoffice:rules:edit", _("Modifier les règles de notification")),
            ("backoffice:notices:send", _("Envoyer et renvoyer des notifications")),
            ("backoffice:templates:see", _("Voir les modèles")),
            ("backoffice:templates:edit", _("Modifier les modèles")),
            ("backoffice:history:see", _("Voir l’historique des notifications")),
            ("backoffice:history:act", _("Annuler et trancher dans l’historique")),
            ("backoffice:todo:see", _("Voir ce qui est à traiter")),
            ("backoffice:todo:act", _("Traiter ce qui est à traiter")),
        ),
    ),
    (
        _("Installation"),
        (
            ("backoffice:settings:see", _("Voir les paramètres")),
            ("backoffice:settings:edit", _("Modifier les paramètres")),
            ("backoffice:api:edit", _("Gérer les jetons de l’API et les webhooks")),
            ("backoffice:journal:see", _("Lire et vérifier le journal")),
            ("backoffice:engines:see", _("Voir l’état des moteurs")),
            ("backoffice:retention:see", _("Voir ce qui arrive à son terme, les gels et les certificats")),
            ("backoffice:retention:act", _("Geler, supprimer à terme, effacer, annoncer la fermeture du service")),
            ("backoffice:staff:edit", _("Gérer les gestionnaires, les rôles et les habilitations")),
        ),
    ),
    (
        _("Avec tout rôle"),
        (
            ("backoffice:home:see", _("Ouvrir l’accueil")),
            ("backoffice:account:edit", _("Gérer son propre compte")),
        ),
    ),
)
WORDS: dict[str, Any] = {permission: words for _group, lines in GROUPS for permission, words in lines}
