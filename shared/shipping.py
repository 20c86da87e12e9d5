"""Everything that a fresh installation finds, and an upgrade brings up to date: one call at each start."""

from shared.access.staff_signing_in import administrator_of_environment
from shared.documents.shipping import ship_folders
from shared.notifications.shipping import ship_messages
from shared.people.shipping import ship_families
from shared.people.staffing import ship_roles
from shared.retention.laws import ship_retention


def ship() -> None:
    """Families, roles, texts, rules, folders, retention, and the environment's administrator. Twice changes nothing."""
    ship_families()
    ship_roles()
    ship_messages()
    ship_folders()
    ship_retention()
    administrator_of_environment()
