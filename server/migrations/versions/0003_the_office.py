"""
What the office keeps beside its records: reads, notices, further offices of supervisors

Revision 0003 after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.drop_index("ix_fact_agency_subject")
        batch_op.create_index(
            "ix_fact_agency_subject_kind_at", ["agency", "subject", "kind", "at"], unique=False
        )
        batch_op.create_index("ix_fact_agency_kind_key", ["agency", "kind", "key"], unique=False)

    op.create_table(
        "person_office",
        sa.Column("agency", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("person", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("office", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("agency", "person", "office", name=op.f("pk_person_office")),
    )
    with op.batch_alter_table("person_office", schema=None) as batch_op:
        batch_op.create_index("ix_person_office_agency_office", ["agency", "office"], unique=False)

    op.create_table(
        "read",
        sa.Column("agency", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("person", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("subject", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("what", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("record", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("via", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("purpose", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("why", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("agency", "at_ms", "id", name=op.f("pk_read")),
    )
    with op.batch_alter_table("read", schema=None) as batch_op:
        batch_op.create_index(
            "ix_read_agency_person_at_ms", ["agency", "person", "at_ms", "id"], unique=False
        )
        batch_op.create_index(
            "ix_read_agency_subject_at_ms", ["agency", "subject", "at_ms", "id"], unique=False
        )

    op.create_table(
        "notice",
        sa.Column("agency", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("about", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("subject", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("basis", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("step", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("person", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("channel", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("outcome", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("agency", "at_ms", "id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index("ix_notice_agency_about_basis", ["agency", "about", "basis"], unique=False)


def downgrade() -> None:
    op.drop_table("notice")
    op.drop_table("read")
    op.drop_table("person_office")
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.drop_index("ix_fact_agency_kind_key")
        batch_op.drop_index("ix_fact_agency_subject_kind_at")
        batch_op.create_index("ix_fact_agency_subject", ["agency", "subject"], unique=False)
