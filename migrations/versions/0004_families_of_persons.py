"""The employees of a standing installation are persons: said of their family, no longer guessed from its key."""

from alembic import op

revision = "0004_families_of_persons"
down_revision = "0003_append_only_journal"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE family SET of_people = true WHERE key = 'employees'")


def downgrade() -> None:
    """The column goes with the migration that made it."""
