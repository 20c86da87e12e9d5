"""What kinds of documents there are, and how long each is kept. A folder names one of each."""

from flask_babel import lazy_gettext as _

NO_SIGNATURE = ("payslip",)  # Code du travail, art. L3243-4: a payslip is received without any formality
NEEDS_GRANT = ("payslip", "medical")  # not even an administrator reads them without a grant that names the folder

LEVELS = {"simple": _("simple"), "reinforced": _("renforcée, par un code")}  # never « qualifiée »

CLASSES = {
    "invoice": _("facture"),
    "quote": _("devis"),
    "contract": _("contrat"),
    "order": _("commande"),
    "certificate": _("attestation"),
    "supplier_invoice": _("facture de fournisseur"),
    "remittance": _("avis de paiement"),
    "payslip": _("bulletin de paie"),
    "timesheet": _("pointage"),
    "medical": _("arrêt de travail"),
    "other": _("autre document"),
}

# How long each is kept is data (`retention.laws`, which staff may lengthen): said beside the word, never in it.
RETENTIONS = {
    "invoice": _("facture"),
    "quote": _("devis"),
    "contract": _("contrat"),
    "employment": _("dossier du salarié"),
    "order": _("commande"),
    "certificate": _("attestation"),
    "payslip": _("bulletin"),
    "timesheet": _("pointage"),
    "medical": _("arrêt de travail"),
    "other": _("autre"),
}
