"""days in France: what the law keeps ends with the French day, whatever the zone of the server or of a session."""

import sqlalchemy as sa
from alembic import op

revision = "0011_days_in_france"
down_revision = "0010_great_lists"
branch_labels = None
depends_on = None

ZONE = "Europe/Paris"
ASKING = ("document_kept()", "version_kept()")  # compare with `current_date`


def upgrade() -> None:
    op.create_index(
        "ix_notification_fixed_address",
        "notification",
        [sa.literal_column("lower(fixed_address)").label("lowered")],
        postgresql_ops={"lowered": "text_pattern_ops"},
        postgresql_where="address IS NULL AND fixed_address IS NOT NULL",
    )
    _keep_from(f"(filed AT TIME ZONE '{ZONE}')")
    for function in ASKING:
        op.execute(f"ALTER FUNCTION {function} SET timezone TO '{ZONE}'")


def downgrade() -> None:
    op.drop_index("ix_notification_fixed_address", table_name="notification")
    _keep_from("filed")
    for function in ASKING:
        op.execute(f"ALTER FUNCTION {function} RESET timezone")


def _keep_from(filed: str) -> None:
    """Code du travail, D3243-8 and L3243-4, as 0006 says it; no setting of its own, so that lists may inline it."""
    op.execute(f"""
CREATE OR REPLACE FUNCTION payslip_kept_until(filed timestamptz, owner uuid) RETURNS date LANGUAGE sql STABLE AS $$
    SELECT greatest(
        ({filed} + interval '5 years')::date,
        least(
            ({filed} + interval '50 years')::date,
            (SELECT (birth_date + interval '75 years')::date FROM party WHERE id = owner)
        )
    )
$$
""")
