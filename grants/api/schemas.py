"""The typed shapes of the API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from django.utils.translation import gettext_lazy as _
from ninja import Field, FilterSchema, Schema
from pydantic import model_validator
from pydantic_core import PydanticCustomError


class RegionOut(Schema):
    code: str = Field(description=_("行政区划代码"), examples=["330211001"])
    name: str = Field(examples=["招宝山街道"])


class AwardOut(Schema):
    """One public award (立项)."""

    code: str = Field(examples=["VEN-2026-000001"])
    programme: str = Field(description="VENTURE, MICRO, FACILITY, REWARD, PURCHASE", examples=["VENTURE"])
    organization: str = Field(description=_("实施单位"))
    title: str
    region: RegionOut
    year: int
    amount_fen: int = Field(description=_("资助金额，分"), examples=[3850000])
    amount_yuan: str = Field(description=_("资助金额，元"), examples=["38500.00"])
    split_is_invented: bool = Field(description=_("分项为演示推算，仅合计出自原文"))


class AwardPage(Schema):
    items: list[AwardOut]
    count: int = Field(description=_("符合条件的总数（分页之前）"))


class Problem(Schema):
    """What was wrong with one parameter."""

    field: str
    message: str


class Refusal(Schema):
    detail: list[Problem]


WHOLE_CODE = "^(" + "|".join(f"[0-9]{{{length}}}" for length in (2, 4, 6, 9, 12, 15)) + ")$"
"""A code of one of the six levels: a part of one would match by chance."""


def asked(names: Iterable[str], given: Any) -> dict[str, Any]:
    """Return what was asked for. An empty parameter, as forms send it, asks for nothing."""
    values = {name: getattr(given, name, None) for name in names}
    return {name: value for name, value in values.items() if value not in (None, "")}


class AwardFilter(FilterSchema):
    year_from: int | None = Field(None, ge=1900, le=2999, description=_("起始年度（含）"))
    year_to: int | None = Field(None, ge=1900, le=2999, description=_("截止年度（含）"))
    programme: str | None = Field(None, pattern=r"^[A-Za-z_]{1,12}$", description=_("项目类型编码，例如 VENTURE"))
    region: str | None = Field(
        None, pattern=WHOLE_CODE, description=_("行政区划代码；包括所有下级，例如 330211 或 330211001")
    )

    @model_validator(mode="before")
    @classmethod
    def plain(cls, given: Any) -> Any:
        """A code may be typed in small letters."""
        values = asked(cls.model_fields, given)
        if isinstance(values.get("programme"), str):
            values["programme"] = values["programme"].upper()
        return values

    @model_validator(mode="after")
    def years_in_order(self) -> Self:
        if self.year_from and self.year_to and self.year_from > self.year_to:
            raise PydanticCustomError("years_crossed", "year_to")
        return self

    def narrow(self, awards):
        """Return `awards` that fit; a region's code begins the codes of everything below it."""
        wanted = {
            "year__gte": self.year_from,
            "year__lte": self.year_to,
            "programme": self.programme,
            "region__code__startswith": self.region,
        }
        return awards.filter(**{name: value for name, value in wanted.items() if value is not None})


class Paging(Schema):
    limit: int = Field(50, ge=1, le=1000, description=_("每页条数，最多 1000"))
    offset: int = Field(0, ge=0, le=10**9, description=_("跳过的条数"))

    @model_validator(mode="before")
    @classmethod
    def plain(cls, given: Any) -> dict[str, Any]:
        return asked(cls.model_fields, given)
