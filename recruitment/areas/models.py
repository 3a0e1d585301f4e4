"""The catalogue of areas as tables, so that rows can refer to them."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recruitment.database import Base


class County(Base):
    """A county-level area; its flags decide age ceiling and education floor of a position there."""

    __tablename__ = "county"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    prefecture_code: Mapped[str] = mapped_column(index=True)
    prefecture: Mapped[str]
    autonomous: Mapped[bool]
    tibetan: Mapped[bool]

    @property
    def full_name(self) -> str:
        return self.prefecture + self.name


class Township(Base):
    """A township, town or subdistrict: where positions are."""

    __tablename__ = "township"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"), index=True)

    # Read together: a place is always named with those around it.
    county: Mapped[County] = relationship(lazy="joined", innerjoin=True)


class Community(Base):
    """A village or community: where cadres serve."""

    __tablename__ = "community"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    township_code: Mapped[str] = mapped_column(ForeignKey("township.code"), index=True)

    township: Mapped[Township] = relationship(lazy="joined", innerjoin=True)

    @property
    def full_name(self) -> str:
        return self.township.county.full_name + self.township.name + self.name
