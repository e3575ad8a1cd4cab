"""The register of the demo: imported by the registrar, claimed by each 负责人, verified, with accounts."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from django.core.files.base import ContentFile

from orgs.registry import commands as registry
from orgs.registry.models import MemberRole, Organization
from portal import clock
from portal.accounts import commands as accounts
from portal.demo.base import Say, moment, person, region
from portal.demo.organizations import ORGANIZATIONS, DemoOrganization, groups
from portal.demo.people import open_account
from portal.documents.commands import pdf
from portal.regions.models import Level, Region

BANK = "演示银行镇海支行"
BRANCH = "313332082001"


@cache
def scan(title: str) -> bytes:
    """Return a one-page PDF that says it is invented."""
    return pdf("letter", {"title": f"{title}（演示）", "paragraphs": ["本页为演示文件，单位、人员和内容均为虚构。"]})


def paper(title: str, name: str = "") -> ContentFile:
    """Return a page of its own: the name stands in the file as a PDF comment, so that no two are the same file."""
    return ContentFile(scan(title) + f"\n% {name or title}\n".encode(), name=f"{name or title}.pdf")


def row(one: DemoOrganization) -> dict[str, str]:
    number = ORGANIZATIONS.index(one) + 1
    return {
        "name": one.name,
        "kind": one.kind,
        "uscc": one.uscc,
        "region": one.region,
        "support_class": one.support_class,
        "grade": one.grade.strip("-"),
        "service_field": one.field,
        "authority": "镇海区民政局（演示）",
        "valid_to": "2026-06-30" if one.story == "expired" else "2029-06-30",
        "founded_on": "2024-12-20" if one.story == "start-up" else "2018-06-01",
        "legal_rep_name": f"演示法人{number}",
        "address": f"镇海区演示路 {number} 号（演示）",
    }


def profile(one: DemoOrganization, number: int) -> dict[str, str]:
    """Return what an organization says of itself."""
    return {
        "purpose": f"扎根街道和社区，做好{one.field}服务，让需要帮助的居民就近得到帮助（演示）。",
        "scope": f"{one.field}服务的策划和实施；志愿者招募、培训和管理；承接政府委托的公益服务项目（演示）。",
        "contact_name": f"演示联系人{number}",
        "contact_phone": f"0574-80000{100 + number}",
        "contact_email": f"contact{number}@example.org",
    }


def load_register(say: Say) -> None:
    """Import the register: twenty organizations, 120 filed groups."""
    registrar = person("registrar")
    communities = list(Region.objects.filter(level=Level.COMMUNITY).order_by("code"))
    with clock.at(moment("2025-01-06 09:00")):
        registry.import_register([row(one) for one in ORGANIZATIONS], by=registrar)
        load_groups([one for one in communities if not one.is_village])
    say(f"名册 {Organization.objects.count()}")


def load_groups(communities: list[Region]) -> None:
    """File the groups at their streets, paid through the street's own organization as 代管单位."""
    custodians = {one.region: Organization.objects.get(uscc=one.uscc) for one in reversed(ORGANIZATIONS)}
    streets = {one.code: one for one in Region.objects.filter(level=Level.STREET)}
    officers = {one.code: person(f"street{n}") for n, one in enumerate(streets.values(), start=1)}
    names = [(one.name, one.code) for one in communities]
    for group in groups(names):
        street = group.region[:9]
        registry.file_group(
            name=group.name, region=region(group.region), support_class=group.support_class,
            custodian=custodians[street], by=officers[street],
            filed_on=date(2022, 1, 10) if group.expired else clock.today(),
        )  # fmt: skip


def load_claims(say: Say) -> None:
    """Each organization is claimed by its 负责人 with certificate and authorisation, and verified."""
    registrar, finance = person("registrar"), person("bureau-finance")
    for number, one in enumerate(ORGANIZATIONS, start=1):
        with clock.at(moment("2025-01-07 10:00")):
            admin = open_account(f"org{number}", f"演示负责人{number}")
            claim = registry.claim(one.uscc, paper("登记证书副本"), paper("授权委托书"), admin)
        with clock.at(moment("2025-01-08 10:00")):
            registry.verify(claim, by=registrar)
            organization = registry.edit_profile(organization_of(one), by=admin, **profile(one, number))
            account = registry.enter_account(
                organization, holder=one.name, number=f"0000{number:012d}", bank=BANK, branch_code=BRANCH, by=admin
            )
        with clock.at(moment("2025-01-09 10:00")):
            registry.verify_account(account, by=finance)
    with clock.at(moment("2025-01-09 11:00")):
        first = Organization.objects.get(uscc=ORGANIZATIONS[0].uscc)
        for username, name, role in (
            ("writer1", "演示经办人1", MemberRole.WRITER),
            ("accountant1", "演示会计1", MemberRole.ACCOUNTANT),
        ):
            registry.add_member(first, user=open_account(username, name), role=role, by=person("org1"))
    load_stories()
    load_listing()
    say("认领、核验和账户")


def load_stories() -> None:
    """One project leader works for two organizations; one account is stopped."""
    with clock.at(moment("2025-01-10 09:00")):
        second = Organization.objects.get(uscc=ORGANIZATIONS[1].uscc)
        registry.add_member(second, user=person("writer1"), role=MemberRole.WRITER, by=person("org2"))
        accounts.stop(
            open_account("locked", "演示停用账号"), by=person("sysadmin"), reason="人员离岗，停用账号（演示）"
        )


def load_listing() -> None:
    """One organization is on the abnormal list; its application fails E05."""
    listed = next(one for one in ORGANIZATIONS if one.story == "abnormal")
    with clock.at(moment("2026-01-10 09:00")):
        registry.list_organization(
            Organization.objects.get(uscc=listed.uscc), kind="ABNORMAL", decision="镇民列〔2026〕1号（演示）",
            reason="未按时报送年度工作报告（演示）", listed_on=(clock.now() - timedelta(days=1)).date(),
            by=person("registrar"),
        )  # fmt: skip


def organization_of(one: DemoOrganization) -> Organization:
    return Organization.objects.get(uscc=one.uscc)


def admin_of(one: DemoOrganization):  # noqa: ANN201
    return person(f"org{ORGANIZATIONS.index(one) + 1}")
