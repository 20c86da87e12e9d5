"""Who may do what: one enumeration, one decorator, roles as data (`people.models.Role`)."""

import enum
from collections.abc import Callable
from typing import Any


class Permission(enum.StrEnum):
    """`face:noun:action`. A role is a list of these."""

    PORTAL_READ = "portal:documents:read"
    PORTAL_ACCOUNT = "portal:account:edit"
    PORTAL_SIGN = "portal:signatures:sign"

    HOME = "backoffice:home:see"
    PARTIES_SEE = "backoffice:parties:see"
    PARTIES_EDIT = "backoffice:parties:edit"
    ACCESS_SEE = "backoffice:access:see"
    ACCESS_EDIT = "backoffice:access:edit"
    ACCESS_SECRET = "backoffice:access:secret"
    FOLDERS_SEE = "backoffice:folders:see"
    FOLDERS_EDIT = "backoffice:folders:edit"
    DOCUMENTS_SEE = "backoffice:documents:see"
    DOCUMENTS_FILE = "backoffice:documents:file"
    DOCUMENTS_PUBLISH = "backoffice:documents:publish"
    SIGNATURES_SEE = "backoffice:signatures:see"
    SIGNATURES_ASK = "backoffice:signatures:ask"
    SIGNATURES_SIGN = "backoffice:signatures:sign"
    RECORDS_SEE = "backoffice:records:see"
    RECORDS_EDIT = "backoffice:records:edit"
    BANK_VERIFY = "backoffice:bank:verify"
    ACCOUNTING = "backoffice:accounting:export"
    RULES_SEE = "backoffice:rules:see"
    RULES_EDIT = "backoffice:rules:edit"
    API_EDIT = "backoffice:api:edit"
    PAYSLIPS = "backoffice:payslips:distribute"
    NOTICES_SEND = "backoffice:notices:send"
    TEMPLATES_SEE = "backoffice:templates:see"
    TEMPLATES_EDIT = "backoffice:templates:edit"
    HISTORY_SEE = "backoffice:history:see"
    HISTORY_ACT = "backoffice:history:act"
    TO_DO_SEE = "backoffice:todo:see"
    TO_DO_ACT = "backoffice:todo:act"
    SYNCHRONISE = "backoffice:portal:synchronise"
    PORTAL_CLIENT = "backoffice:portal:impersonate"
    SETTINGS_SEE = "backoffice:settings:see"
    SETTINGS_EDIT = "backoffice:settings:edit"
    STAFF_EDIT = "backoffice:staff:edit"
    JOURNAL_SEE = "backoffice:journal:see"
    RETENTION_SEE = "backoffice:retention:see"
    RETENTION_ACT = "backoffice:retention:act"
    ENGINES_SEE = "backoffice:engines:see"
    OWN_ACCOUNT = "backoffice:account:edit"


PORTAL = frozenset({Permission.PORTAL_READ, Permission.PORTAL_ACCOUNT, Permission.PORTAL_SIGN})

View = Callable[..., Any]


def requires(permission: Permission) -> Callable[[View], View]:
    """Name the permission of a view; the gate of its blueprint checks it before the view runs."""

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def before_enrolling(view: View) -> View:
    """Say that a view opens to staff whose role asks for a second factor that they have not taken yet."""
    view.before_enrolling = True  # type: ignore[attr-defined]
    return view


def public(why: str) -> Callable[[View], View]:
    """Say that a view is for everybody, and why."""

    def mark(view: View) -> View:
        view.public = why  # type: ignore[attr-defined]
        return view

    return mark


def leaves_borrowed(view: View) -> View:
    """Say that staff who look as the customer may post to this view: it takes them back to their own counter."""
    view.leaves_borrowed = True  # type: ignore[attr-defined]
    return view
