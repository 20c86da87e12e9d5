"""What part of the company a member of staff works on: applied inside every read, never after it."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, or_, true

from shared.documents.models import Folder
from shared.people.models import Grant, Party, Staff
from shared.people.roles import ALL_ACTIVITIES, COMPANY_WIDE, IN_A_FOLDER

NOBODY = uuid.UUID(int=0)  # the family of a folder that is not known: no party has it


@dataclass(frozen=True)
class Scope:
    """The grants of one person that carry one permission; no grant sees nothing.

    `parties()` and `documents()` are conditions for `select(...).where(...)`.
    """

    grants: tuple[Grant, ...]

    def parties(self) -> ColumnElement[bool]:
        """The parties in reach; wants `Party` in the query. A grant limited to a folder reaches those of its family."""
        families = dict.fromkeys(_family(grant) for grant in self.grants)
        return _any([true() if each is None else Party.family_id == each for each in families])

    def folders(self) -> ColumnElement[bool]:
        """The folders in reach; wants `Folder` in the query.

        A folder that needs a grant (payslips) is reached by a grant that names it, administrators included.
        """
        return _any([_folder(g) for g in self.grants])

    documents = folders  # a document is reached through its folder; wants `Folder` joined

    def reaches_family(self, family_id: uuid.UUID) -> bool:
        """Whether anything of this family is in reach."""
        return any(_family(grant) in (None, family_id) for grant in self.grants)

    def wide(self) -> "Scope":
        """Without the grants limited to one folder, which reach documents and the parties they go to, nothing else."""
        return Scope(tuple(grant for grant in self.grants if grant.folder_id is None))

    def is_by_folder(self) -> bool:
        """Whether some family is reached through its folders alone."""
        wide = self.wide()
        return any(not wide.reaches_family(_family(grant) or NOBODY) for grant in self.grants if grant.folder_id)

    def is_everywhere(self) -> bool:
        """Whether nothing narrows what is in reach."""
        return any(g.family_id is g.folder_id is g.activity_id is None for g in self.grants)

    def covers_family(self, family_id: uuid.UUID) -> bool:
        """Whether no folder nor activity narrows what is in reach of this family."""
        return any(g.family_id in (None, family_id) for g in self.wide().grants if g.activity_id is None)

    def reaches(self, folder: Folder) -> bool:
        """Whether this folder's documents are in reach."""
        return any(_covers(g, folder) for g in self.grants)


def scope_of(staff: Staff, permission: str) -> Scope:
    """The scope in which `staff` holds `permission`; a disabled person has none."""
    if staff.disabled_at is not None:
        return Scope(())
    return Scope(tuple(g for g in staff.grants if permission in _given(g)))


def holds(staff: Staff, permission: str) -> bool:
    """Whether `staff` holds `permission` anywhere."""
    return bool(scope_of(staff, permission).grants)


def permissions_of(staff: Staff) -> frozenset[str]:
    """Everything that `staff` holds somewhere; a disabled person holds nothing."""
    if staff.disabled_at is not None:
        return frozenset()
    return frozenset(permission for grant in staff.grants for permission in _given(grant))


def _given(grant: Grant) -> Collection[str]:
    """What its role permits there: what concerns the company as a whole, only where the grant holds everywhere.

    In one folder, only what can be done to its documents.
    """
    if grant.folder_id is not None:
        return IN_A_FOLDER.intersection(grant.role.permissions)
    if grant.family_id is grant.activity_id is None:
        return grant.role.permissions
    beyond = COMPANY_WIDE if grant.activity_id is None else COMPANY_WIDE | ALL_ACTIVITIES
    return [permission for permission in grant.role.permissions if permission not in beyond]


def _family(grant: Grant) -> uuid.UUID | None:
    """The family in which it holds; None is all of them."""
    if grant.folder_id is None:
        return grant.family_id
    return grant.family_id or grant.folder_family_id or NOBODY


def _folder(grant: Grant) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = []
    if grant.family_id is not None:
        parts.append(Folder.family_id == grant.family_id)
    if grant.activity_id is not None:
        parts.append(or_(Folder.activity_id.is_(None), Folder.activity_id == grant.activity_id))
    if grant.folder_id is not None:
        parts.append(Folder.id == grant.folder_id)
    else:
        parts.append(Folder.needs_grant.is_(False))
    return and_(*parts)


def _covers(grant: Grant, folder: Folder) -> bool:
    return (
        grant.family_id in (None, folder.family_id)
        and (grant.activity_id is None or folder.activity_id in (None, grant.activity_id))
        and (folder.id == grant.folder_id if grant.folder_id is not None else not folder.needs_grant)
    )


def _any(conditions: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    return or_(*conditions) if conditions else false()
