"""linked cases: one story, several disputes

Revision ID: 0003_linked_cases
Revises: 0002_conversations
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_linked_cases"
down_revision = "0002_conversations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("link", sa.String(length=160), nullable=True))
        batch_op.create_index(batch_op.f("ix_cases_link"), ["link"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cases_link"))
        batch_op.drop_column("link")
