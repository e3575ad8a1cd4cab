"""The registry's screens: who enters, what they see, what changed."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from PIL import Image

from orgs.registry.models import BankAccount, Claim, Membership, Organization
from orgs.registry.rules import COLUMNS
from portal.access import Role
from portal.accounts.models import User
from tests.makers import again, make_organization, make_region, make_user
from tests.orgs.makers_registry import SECOND_CODE, make_account, make_claim, make_entry

pytestmark = pytest.mark.django_db


def photo(name="证书.png"):
    content = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue(), "image/png")


def test_a_newcomer_claims_and_the_registrar_verifies(client):
    entry, person, registrar = make_entry(), make_user("person"), make_user("registrar", Role.REGISTRAR)
    client.force_login(person)
    assert "您还没有加入任何单位" in client.get(reverse("registry:mine")).content.decode()

    wrong = client.post(reverse("registry:claim"), {"uscc": "5233", "certificate": photo(), "authorisation": photo()})
    right = client.post(
        reverse("registry:claim"), {"uscc": SECOND_CODE.lower(), "certificate": photo(), "authorisation": photo()}
    )
    made = Claim.objects.get()
    state = client.get(right.url).content.decode()
    client.force_login(registrar)
    page = client.get(reverse("staff_claims:inspect", args=[made.pk])).content.decode()
    paper = client.get(made.certificate.get_absolute_url())
    done = client.post(reverse("staff_claims:verify", args=[made.pk]))

    assert (wrong.status_code, "应为 18 位" in wrong.content.decode()) == (422, True)
    assert (right.status_code, "登记窗口正在核对" in state) == (302, True)
    assert ("核验通过" in page, SECOND_CODE in page, paper.status_code, done.status_code) == (True, True, 200, 302)
    assert (again(entry).standing, Membership.objects.get().user) == ("VERIFIED", person)


def test_a_member_keeps_profile_members_and_account(client):
    admin = make_user("admin")
    organization = make_organization(admin=admin)
    client.force_login(admin)
    key = organization.key

    client.post(reverse("registry:profile", args=[key]), {"purpose": "助老", "contact_phone": "+86 19900001234"})
    client.post(reverse("registry:invite", args=[key]), {"email": "guest@example.org", "role": "WRITER"})
    refused = client.post(
        reverse("registry:enter_account", args=[key]),
        {"holder": "测试甲", "number": "00001234", "bank": "甲", "branch_code": "102332000017"},
    )
    client.post(
        reverse("registry:enter_account", args=[key]),
        {"holder": organization.name, "number": "0000 5678", "bank": "甲支行", "branch_code": "102332000017"},
    )
    page = client.get(reverse("registry:organization", args=[key])).content.decode()

    assert (again(organization).purpose, again(organization).contact_phone) == ("助老", "19900001234")
    assert (refused.status_code, "个人账户不能收款" in refused.content.decode()) == (422, True)
    assert BankAccount.objects.get().number == "00005678"
    assert "已邀请 guest@example.org（经办人）" in page
    assert ("****5678" in page, "00005678" in page) == (True, False)


def test_a_reader_of_an_organization_may_look_and_not_write(client):
    reader = make_user("reader")
    organization = make_organization(admin=make_user("admin"))
    Membership.objects.create(organization=organization, user=reader, role="READER")
    make_account(organization)
    client.force_login(reader)

    page = client.get(reverse("registry:organization", args=[organization.key])).content.decode()
    doors = [client.get(reverse(f"registry:{name}", args=[organization.key])).status_code for name in WRITING]

    assert (organization.name in page, "邀请成员" in page, "收款账户" in page) == (True, False, False)
    assert doors == [403, 403, 403]
    client.force_login(make_user("stranger"))
    assert [client.get(reverse(f"registry:{name}", args=[organization.key])).status_code for name in WRITING] == [
        404
    ] * 3
    assert client.get(reverse("registry:organization", args=[organization.key])).status_code == 404


WRITING = ("profile", "invite", "enter_account")


def test_a_rival_claim_shows_why_it_cannot_be_verified_yet(client):
    sitting = make_user("sitting")
    rival = make_claim(make_organization(admin=sitting), make_user("rival"))
    client.force_login(make_user("registrar", Role.REGISTRAR))

    sheet = client.get(reverse("staff_claims:verify", args=[rival.pk]))
    posted = client.post(reverse("staff_claims:verify", args=[rival.pk]))

    for page in (sheet, posted):
        assert "该组织已有负责人 sitting" in page.content.decode()
    assert (sheet.status_code, posted.status_code, again(rival).status) == (200, 422, "SUBMITTED")
    inspect = client.get(reverse("staff_claims:inspect", args=[rival.pk])).content.decode()
    assert "现在还不能办理" in inspect


def test_two_mirrored_districts_never_see_each_other(client):
    """The same rows in 330211 and 330212; each registrar meets the own one and a 404 for the other."""
    rows = {}
    for district in ("330211", "330212"):
        organization = make_entry(f"52{district}MJ0DEM0000", f"{district}001", name=f"演示组织{district}")
        claim = make_claim(organization, make_user(f"claimant{district}"))
        rows[district] = (organization, claim, make_account(organization))
        make_user(f"staff{district}", Role.REGISTRAR, Role.BUREAU_FINANCE, region=district)
    for own, foreign in (("330211", "330212"), ("330212", "330211")):
        client.force_login(User.objects.get(username=f"staff{own}"))
        for name, place in (("staff_organizations", 0), ("staff_claims", 1), ("staff_bank_accounts", 2)):
            for query in ("", "?q=演示", "?export=csv", "?export=xlsx"):
                page = client.get(reverse(f"{name}:index") + query)
                if query != "?export=xlsx":
                    text = page.content.decode()
                    assert (f"演示组织{own}" in text, f"演示组织{foreign}" in text) == (True, False), (name, query)
            for door in ("inspect", "history"):
                seen = [
                    client.get(reverse(f"{name}:{door}", args=[rows[one][place].pk])).status_code
                    for one in (own, foreign)
                ]
                assert seen == [200, 404], (name, door)
        moves = [("staff_claims:verify", 1), ("staff_claims:refuse", 1), ("staff_bank_accounts:verify", 2)]
        for url, place in moves:
            assert client.post(reverse(url, args=[rows[foreign][place].pk])).status_code == 404


@pytest.mark.parametrize("name", ["staff_organizations", "staff_claims", "staff_bank_accounts"])
def test_a_list_costs_the_same_with_one_and_with_thirty_rows(client, name):
    client.force_login(make_user("staff", Role.REGISTRAR, Role.BUREAU_FINANCE))
    url, costs = reverse(f"{name}:index"), []
    for rows in (1, 30):
        for number in range(Organization.objects.count(), rows):
            organization = make_entry(f"52330211MJ0{number:06}X", name=f"演示组织{number}号")
            make_claim(organization, make_user(f"claimant{number}"))
            make_account(organization)
        client.get(url)
        with CaptureQueriesContext(connection) as counted:
            assert client.get(url).status_code == 200
        costs.append(len(counted))

    assert costs[0] == costs[1] <= 16


def test_an_import_is_tried_first_and_then_done(client):
    make_region("330211001")
    client.force_login(make_user("registrar", Role.REGISTRAR))
    head = "名称,类型,统一社会信用代码,区划代码,归类,评估等级,服务领域,成立日期,有效期至,法定代表人,登记机关,住所"
    row = f"镇海区演示碶头服务中心,社会服务机构,{SECOND_CODE},330211001,公益慈善,,为老,2015-06-01,,测试甲,,"

    def send(**values):
        table = SimpleUploadedFile("名册.csv", f"{head}\n{row}\n".encode("gb18030"))
        return client.post(reverse("registry_import"), {"table": table, **values})

    trial = send(is_trial="on")
    count = Organization.objects.count()
    done = send()

    assert (trial.status_code, "可新增 1 家" in trial.content.decode(), count) == (200, True, 0)
    assert (done.status_code, Organization.objects.get().name) == (302, "镇海区演示碶头服务中心")


def test_the_template_of_the_import_is_offered_and_is_what_the_import_reads(client):
    make_region("330211001")
    client.force_login(make_user("registrar", Role.REGISTRAR))
    url = reverse("registry_import_template")
    assert url in client.get(reverse("registry_import")).content.decode()

    book = load_workbook(io.BytesIO(client.get(url).content))
    assert [one.value for one in book.worksheets[0][1]] == list(COLUMNS)
    assert [row[0].value for row in book.worksheets[1].iter_rows(min_row=2, max_row=13)] == list(COLUMNS)
    book.worksheets[0].append(["镇海区演示碶头服务中心", "社会服务机构", SECOND_CODE, "330211001"])
    filled = io.BytesIO()
    book.save(filled)
    table = SimpleUploadedFile("名册.xlsx", filled.getvalue())

    assert client.post(reverse("registry_import"), {"table": table}).status_code == 302
    assert Organization.objects.get().name == "镇海区演示碶头服务中心"


def test_only_the_named_roles_enter_the_staff_forms(client):
    client.force_login(make_user("leader", Role.BUREAU_LEADER))
    for name, role in (
        ("registry_import", "登记窗口"),
        ("registry_import_template", "登记窗口"),
        ("registry_file_group", "街道（镇）公共服务办"),
    ):
        page = client.get(reverse(name))
        assert (page.status_code, role in page.content.decode()) == (403, True)
