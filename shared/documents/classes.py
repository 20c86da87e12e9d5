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

# Code de commerce L123-22 (10 years for what the accounts rest on), Code civil 2224 (5 years),
# Code du travail D3243-8 (payslips: 50 years, or until the employee is 75), L3245-1 (3 years for wages).
RETENTIONS = {
    "invoice": _("facture, 10 ans"),
    "quote": _("devis, 5 ans"),
    "contract": _("contrat, 5 ans après sa fin"),
    "employment": _("dossier du salarié, 5 ans après son départ"),
    "order": _("commande, 10 ans"),
    "certificate": _("attestation, 5 ans"),
    "payslip": _("bulletin, 50 ans"),
    "timesheet": _("pointage, 3 ans"),
    "medical": _("arrêt de travail, 3 ans"),
    "other": _("autre, 5 ans"),
}
