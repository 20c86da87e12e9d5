"""The four roles that an installation starts with: permissions as data, edited on screen afterwards."""

_SEE = (
    "backoffice:home:see",
    "backoffice:account:edit",
    "backoffice:parties:see",
    "backoffice:access:see",
    "backoffice:folders:see",
    "backoffice:documents:see",
    "backoffice:signatures:see",
    "backoffice:templates:see",
    "backoffice:history:see",
    "backoffice:todo:see",
    "backoffice:records:see",
)
_REFER = (
    "backoffice:parties:edit",
    "backoffice:access:edit",
    "backoffice:documents:file",
    "backoffice:documents:publish",
    "backoffice:signatures:ask",
    "backoffice:notices:send",
    "backoffice:todo:act",
    "backoffice:portal:impersonate",
    "backoffice:records:edit",
    "backoffice:rules:see",
)
_MANAGE = (
    "backoffice:signatures:sign",
    "backoffice:access:secret",
    "backoffice:folders:edit",
    "backoffice:templates:edit",
    "backoffice:history:act",
    "backoffice:payslips:distribute",
    "backoffice:portal:synchronise",
    "backoffice:settings:see",
    "backoffice:rules:edit",
    "backoffice:accounting:export",
)
_ADMINISTER = (
    "backoffice:retention:see",
    "backoffice:retention:act",
    "backoffice:settings:edit",
    "backoffice:staff:edit",
    "backoffice:journal:see",
    "backoffice:engines:see",
    "backoffice:api:edit",
    "backoffice:bank:verify",
)

ADMINISTRATOR = "administrator"

ALWAYS = ("backoffice:home:see", "backoffice:account:edit")  # with every role, whoever made it

# What concerns the company as a whole: a grant limited to a family, a folder or an activity does not hold it.
COMPANY_WIDE = frozenset(
    {
        "backoffice:settings:edit",
        "backoffice:staff:edit",
        "backoffice:api:edit",
        "backoffice:bank:verify",
        "backoffice:accounting:export",
        "backoffice:portal:synchronise",  # one press applies and sends for all families at once
    }
)

# All that a grant limited to a folder holds: its documents, those to whom they go, and what was said of them.
# Folders' settings, holds, families, accesses, cards and records are about more than one folder.
IN_A_FOLDER = frozenset(
    {
        *ALWAYS,
        "backoffice:parties:see",
        "backoffice:documents:see",
        "backoffice:documents:file",
        "backoffice:documents:publish",
        "backoffice:payslips:distribute",
        "backoffice:signatures:see",
        "backoffice:signatures:ask",
        "backoffice:signatures:sign",
        "backoffice:notices:send",
        "backoffice:history:see",
        "backoffice:history:act",
        "backoffice:portal:impersonate",
    }
)

# The settings of a family's folders hold for all the activities that share them.
ALL_ACTIVITIES = frozenset({"backoffice:folders:edit"})

# « 2FA obligatoire » as shipped. The administrator's stays so whatever is typed.
SECOND_FACTOR = frozenset({ADMINISTRATOR})

ROLES: dict[str, tuple[str, tuple[str, ...]]] = {
    ADMINISTRATOR: ("Administrateur", _SEE + _REFER + _MANAGE + _ADMINISTER),
    "manager": ("Gestionnaire", _SEE + _REFER + _MANAGE),
    "referent": ("Référent", _SEE + _REFER),
    "reader": ("Lecture seule", _SEE),
}
