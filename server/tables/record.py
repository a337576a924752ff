"""Records: the state of each as the bytes that a pull sends, a cache of what the log says."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base


class RecordRow(Base):
    """The state of one record."""

    __tablename__ = "record"

    agency: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str]
    """The subject that first wrote it, for good."""

    position: Mapped[int]
    """Where it last changed."""

    moved: Mapped[str | None]
    """The positions below that at which units of it last changed, rising, with commas; none where there are none."""

    box: Mapped[bytes]
    """`sync.write_state`, sealed for the subject."""

    __table_args__ = (
        Index("ix_record_agency_subject_position", "agency", "subject", "position"),
        Index("ix_record_agency_subject_type_id", "agency", "subject", "type", "id"),
    )
