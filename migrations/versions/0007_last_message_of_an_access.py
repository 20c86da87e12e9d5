"""Which message told of an access last: the database keeps it, so that no list has to look for it line by line."""

from alembic import op

revision = "0007_last_message_of_an_access"
down_revision = "0006_what_the_law_keeps"
branch_labels = None
depends_on = None

# As `shared/access/grid_columns.py` names them.
EVENTS = "('access.opened', 'access.renotified', 'notification.resent')"
# The access is held, so that of two messages written at once each knows of the other.
FUNCTION = """
CREATE FUNCTION notification_tells_access() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM access WHERE id = NEW.access_id FOR NO KEY UPDATE;
    UPDATE notification SET tells_access = false
        WHERE access_id = NEW.access_id AND tells_access AND (created_at, id) < (NEW.created_at, NEW.id);
    NEW.tells_access := NOT EXISTS (SELECT FROM notification WHERE access_id = NEW.access_id AND tells_access);
    RETURN NEW;
END $$
"""
TRIGGER = f"""
CREATE TRIGGER notification_tells_access BEFORE INSERT ON notification FOR EACH ROW
    WHEN (NEW.access_id IS NOT NULL AND NEW.event IN {EVENTS})
    EXECUTE FUNCTION notification_tells_access()
"""
STANDING = f"""
UPDATE notification SET tells_access = true WHERE id IN (
    SELECT DISTINCT ON (access_id) id FROM notification
    WHERE access_id IS NOT NULL AND event IN {EVENTS}
    ORDER BY access_id, created_at DESC, id DESC
)
"""


def upgrade() -> None:
    op.execute(FUNCTION)
    op.execute(TRIGGER)
    op.execute(STANDING)


def downgrade() -> None:
    op.execute("DROP TRIGGER notification_tells_access ON notification")
    op.execute("DROP FUNCTION notification_tells_access()")
    op.execute("UPDATE notification SET tells_access = false WHERE tells_access")
