"""Makers of the site and of public awards."""

from __future__ import annotations

from typing import Any

from grants.awards.models import Award
from home.commands import build_site
from home.models import HomePage
from orgs.registry.models import Organization
from tests.makers import make_organization, make_region

STREET = "330211001"


def make_site() -> HomePage:
    return build_site("演示平台")


def make_award(number: int = 1, **values: Any) -> Award:
    """Return a confirmed historical award of a street."""
    fields: dict[str, Any] = {
        "code": f"V{number:03d}", "programme": "VENTURE", "organization_name": "镇海区演示单位", "year": 2017,
        "region": make_region(STREET, "招宝山街道"), "title": f"居家养老服务{number}", "amount": 3_850_000,
        "status": "APPROVED", "is_historic": True, "split_is_invented": True,
    }  # fmt: skip
    return Award.objects.create(**{**fields, **values})


def make_grantee(award: Award) -> Organization:
    """Return an organization that holds `award`."""
    organization = make_organization()
    Award.objects.filter(pk=award.pk).update(organization=organization, organization_name=organization.name)
    return organization
