"""great lists: what a grid of thousands asks for stands where it reads; what a person may do besides seeing."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010_great_lists"
down_revision = "0009_sent_messages"
branch_labels = None
depends_on = None

UNSYNCHRONISED = (
    "live_at IS NULL AND withdrawn_at IS NULL AND (held_because IS NULL OR held_because = 'synchronisation')"
)


def upgrade() -> None:
    op.create_index("ix_party_code", "party", ["code_folded"], postgresql_ops={"code_folded": "text_pattern_ops"})
    words = sa.text("array_to_tsvector(string_to_array(name_folded, ' '))")
    op.create_index("ix_party_name_words", "party", [words], postgresql_using="gin")
    told = ["address_folded", "bounced_at", "bounces"]
    op.create_index("ix_email_cell_slot", "email_cell", ["slot", "party_id"], postgresql_include=told)
    op.create_index("ix_account_frozen", "account", ["id"], postgresql_where="frozen_at IS NOT NULL")

    for table in ("access", "seat"):
        acts = sa.Column("acts", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{sign,deposit,pay}")
        op.add_column(table, acts)

    op.create_unique_constraint("uq_contact_id_is_main", "contact", ["id", "is_main"])
    op.add_column("access", sa.Column("is_main", sa.Boolean()))
    op.execute("UPDATE access SET is_main = contact.is_main FROM contact WHERE contact.id = access.contact_id")
    op.alter_column("access", "is_main", nullable=False)
    op.drop_constraint("fk_access_contact_id", "access", type_="foreignkey")
    _follow("fk_access_contact_id_is_main", "access", "contact", ["contact_id", "is_main"], ["id", "is_main"])
    op.create_index("uq_access_main", "access", ["party_id"], unique=True, postgresql_where="is_main")

    op.create_unique_constraint("uq_document_id_folder_id", "document", ["id", "folder_id"])
    op.add_column("publication", sa.Column("folder_id", sa.Uuid()))
    op.execute(
        "UPDATE publication SET folder_id = document.folder_id FROM document WHERE document.id = publication.document_id"
    )
    op.alter_column("publication", "folder_id", nullable=False)
    op.drop_constraint("fk_publication_document_id", "publication", type_="foreignkey")
    columns = ["document_id", "folder_id"]
    _follow("fk_publication_document_id_folder_id", "publication", "document", columns, ["id", "folder_id"])
    op.create_index("ix_publication_unsynchronised", "publication", ["folder_id"], postgresql_where=UNSYNCHRONISED)


def downgrade() -> None:
    op.drop_constraint("fk_publication_document_id_folder_id", "publication", type_="foreignkey")
    op.create_foreign_key("fk_publication_document_id", "publication", "document", ["document_id"], ["id"])
    op.drop_column("publication", "folder_id")
    op.drop_constraint("uq_document_id_folder_id", "document", type_="unique")

    op.drop_constraint("fk_access_contact_id_is_main", "access", type_="foreignkey")
    op.create_foreign_key("fk_access_contact_id", "access", "contact", ["contact_id"], ["id"])
    op.drop_column("access", "is_main")
    for table in ("seat", "access"):
        op.drop_column(table, "acts")
    op.drop_constraint("uq_contact_id_is_main", "contact", type_="unique")

    op.drop_index("ix_email_cell_slot", table_name="email_cell")
    op.drop_index("ix_account_frozen", table_name="account")
    op.drop_index("ix_party_name_words", table_name="party")
    op.drop_index("ix_party_code", table_name="party")


def _follow(name: str, table: str, followed: str, columns: list[str], remote: list[str]) -> None:
    """The last of these columns then says what the row that it belongs to says, whatever becomes of that."""
    op.create_foreign_key(name, table, followed, columns, remote, onupdate="CASCADE")
