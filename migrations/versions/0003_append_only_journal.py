"""The journal is append-only: the database refuses to change or remove a line, but for the purge of security lines."""

from alembic import op

revision = "0003_append_only_journal"
down_revision = "0002_back_office_complete"
branch_labels = None
depends_on = None

# The CNIL recommends 6 to 12 months for security logs: the database lets none go before six.
EVENT = """
CREATE FUNCTION event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('guichet.purging', true) = 'security' THEN
        IF OLD.chain = 'security' AND OLD.at < now() - interval '6 months' THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'the journal is append-only: % on event is refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$
"""
SEAL = """
CREATE FUNCTION event_seal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('guichet.purging', true) = 'security' THEN
        IF OLD.chain = 'security' THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'the journal is append-only: % on event_seal is refused', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$
"""


def upgrade() -> None:
    op.execute(EVENT)
    op.execute(SEAL)
    for table in ("event", "event_seal"):
        call = f"EXECUTE FUNCTION {table}_append_only()"
        op.execute(f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {call}")
        op.execute(f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {call}")


def downgrade() -> None:
    for table in ("event", "event_seal"):
        op.execute(f"DROP TRIGGER {table}_whole ON {table}")
        op.execute(f"DROP TRIGGER {table}_kept ON {table}")
        op.execute(f"DROP FUNCTION {table}_append_only()")
