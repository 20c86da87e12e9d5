"""Which kinds and which records are in reach of somebody, once what decides it has been read."""

from collections.abc import Sequence

from shared.people.models import Family
from shared.people.scopes import Scope
from shared.people.shipping import FAMILIES
from shared.records.declaring import Kind
from shared.records.kinds import KINDS
from shared.records.models import Record


def kinds_in(scope: Scope, families: Sequence[Family]) -> list[Kind]:
    """The kinds of which something may be in reach, in the order of their declaration; `families`: all of them."""
    reached = [family for family in families if scope.wide().reaches_family(family.id)]
    return [kind for kind in KINDS.values() if any(takes(kind, family) for family in reached)]


def takes(kind: Kind, family: Family) -> bool:
    """Whether a party of this family may have such a record; a family of the company's own may have any."""
    return family.key in kind.families or family.key not in FAMILIES


def reaches(scope: Scope, record: Record) -> bool:
    """Whether this very record, which was read before, is in reach: what `finding.reached` asks of the database."""
    return any(
        grant.folder_id is None
        and grant.family_id in (None, record.party.family_id)
        and (grant.activity_id is None or record.activity_id in (None, grant.activity_id))
        for grant in scope.grants
    )
