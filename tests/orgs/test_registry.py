"""The registry's commands: result, refusals, trail, notices."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from orgs.registry import commands, queries
from orgs.registry.models import BankAccount, Claim, Invitation, Membership, Organization
from portal import clock
from portal.access import Role
from portal.identifiers import Invalid
from portal.lifecycle import MoveNotAllowed, NotYet
from portal.notices.models import Notice
from portal.trail.models import Event
from tests.makers import again, make_organization, make_region, make_user
from tests.orgs.makers_registry import SECOND_CODE, make_account, make_claim, make_entry, make_paper

pytestmark = pytest.mark.django_db
FOREIGN = "91350100M000100Y43"
ROW = {
    "名称": "镇海区演示汐光为老服务中心",
    "类型": "社会服务机构",
    "统一社会信用代码": SECOND_CODE.lower(),
    "区划代码": "330211001",
    "归类": "公益慈善",
    "评估等级": "3A",
    "服务领域": "为老",
    "成立日期": "2015-06-01",
    "法定代表人": "测试甲",
    "登记机关": "宁波市镇海区民政局",
}


@pytest.fixture
def registrar():
    return make_user("registrar", Role.REGISTRAR)


def acts(subject):
    return list(Event.objects.for_instance(subject).order_by("pk").values_list("action", flat=True))


def notices(user):
    return list(Notice.objects.filter(recipient=user).order_by("pk").values_list("kind", flat=True))


def claim(user, code=SECOND_CODE, **values):
    return commands.claim(code, make_paper(user), make_paper(user), user, **values)


# Import


def test_the_register_is_imported_once_and_updated_later(registrar):
    make_region("330211001")

    first = commands.import_register([ROW], by=registrar)
    same = commands.import_register([ROW], by=registrar)
    later = commands.import_register([{**ROW, "评估等级": "4A"}], by=registrar)

    entry = Organization.objects.get()
    assert [(one.added, one.changed, one.unchanged) for one in (first, same, later)] == [
        (1, 0, 0),
        (0, 0, 1),
        (0, 1, 0),
    ]
    assert (entry.uscc, entry.kind, entry.standing, entry.grade) == (
        SECOND_CODE,
        "SERVICE_INSTITUTION",
        "IMPORTED",
        "4A",
    )
    assert acts(entry) == ["registry.import", "registry.update"]


def test_one_wrong_row_refuses_the_whole_table_and_a_dry_run_names_each_fault(registrar):
    make_region("330211001")
    wrong = [
        ROW,
        {**ROW, "名称": "甲", "类型": "协会", "统一社会信用代码": ""},
        {**ROW, "统一社会信用代码": "52330211MJ0DEM016B", "区划代码": "镇海", "成立日期": "去年"},
    ]

    trial = commands.import_register(wrong, by=registrar, dry_run=True)

    assert trial.added == 1
    assert [number for number, _ in trial.errors] == [3, 3, 3, 4, 4, 4]
    with pytest.raises(commands.ImportRefused, match="第 4 行：区划代码不在现行区划表中"):
        commands.import_register(wrong, by=registrar)
    assert Organization.objects.count() == 0


def test_the_bureaus_table_is_read_alike_in_english(registrar):
    make_region("330211001")

    with translation.override("en"):
        commands.import_register([ROW], by=registrar)

    assert Organization.objects.get().kind == "SERVICE_INSTITUTION"


def test_a_filed_group_has_no_code_and_is_paid_through_its_custodian(registrar):
    committee = commands.add_payee(
        name="演示后大街社区居民委员会", kind="RESIDENTS_COMMITTEE", region=make_region("330211001004"), by=registrar
    )
    group = commands.file_group(
        name="后大街演示邻里互助队", region=make_region("330211001004"), custodian=committee, by=registrar,
        support_class="互助志愿", filed_on=date(2024, 2, 29),
    )  # fmt: skip
    account = make_account(committee)

    assert (group.uscc, group.standing, group.valid_to) == (None, "VERIFIED", date(2027, 2, 28))
    assert queries.usable_account(group) == account
    assert (group.get_standing_display(), group.standing_tone) == ("已核验", "")
    group.valid_to = clock.today() - timedelta(days=1)
    assert (group.get_standing_display(), group.standing_tone) == ("备案已过期", "danger")
    with pytest.raises(commands.AccountRefused, match="代管单位"):
        commands.enter_account(
            group, holder=group.name, number="00001234", bank="甲", branch_code="102332000017", by=registrar
        )
    with pytest.raises(commands.ImportRefused, match="已有同名"):
        commands.file_group(
            name="后大街演示邻里互助队 ", region=make_region("330211001004"), custodian=committee, by=registrar
        )
    with pytest.raises(Invalid, match="没有法人资格"):
        commands.add_payee(
            name="演示备案队伍", kind="FILED_GROUP", region=make_region("330211001"), by=registrar, uscc=SECOND_CODE
        )


# Claim


def test_a_claim_is_verified_and_makes_the_administrator(registrar):
    entry, person = make_entry(), make_user("person")

    made = claim(person)
    assert again(entry).standing == "CLAIMED"
    commands.verify(made, by=registrar)

    entry = again(entry)
    assert (entry.standing, entry.certificate, again(made).status) == ("VERIFIED", made.certificate, "VERIFIED")
    assert [(one.user, one.role) for one in Membership.objects.active()] == [(person, "ADMIN")]
    assert acts(entry) == ["registry.claim", "registry.verify"]
    assert (notices(registrar), notices(person)) == (["registry.claim_submitted"], ["registry.claim_verified"])
    with pytest.raises(MoveNotAllowed):
        commands.verify(made, by=registrar)


def test_a_rival_claim_goes_to_the_registrar_and_waits_until_the_sitting_one_is_ended(registrar):
    first, second = make_user("first"), make_user("second")
    entry = make_entry()
    commands.verify(claim(first), by=registrar)

    rival = claim(second)

    assert again(entry).standing == "VERIFIED"
    assert notices(first)[-1] == "registry.rival_claim"
    with pytest.raises(NotYet, match="该组织已有负责人 first"):
        commands.verify(rival, by=registrar)
    commands.end_member(Membership.objects.get(user=first), by=registrar, reason="冒认")
    commands.verify(rival, by=registrar)
    assert [one.user for one in Membership.objects.active()] == [second]


def test_a_refused_claim_says_why_and_frees_the_entry(registrar):
    entry, person = make_entry(), make_user("person")
    made = claim(person)

    with pytest.raises(commands.ClaimRefused, match="请写明"):
        commands.refuse(made, by=registrar, reason=" ")
    commands.refuse(made, by=registrar, reason="委托书没有盖章")

    assert (again(entry).standing, again(made).status, again(made).reason) == (
        "IMPORTED",
        "REFUSED",
        "委托书没有盖章",
    )
    assert notices(person) == ["registry.claim_refused"]
    assert claim(person).status == "SUBMITTED"


def test_nobody_decides_the_own_claim_and_only_the_claimant_withdraws_it(registrar):
    entry = make_entry()
    own = claim(registrar)

    with pytest.raises(commands.ClaimRefused, match="自己提交的认领"):
        commands.verify(own, by=registrar)
    with pytest.raises(commands.ClaimRefused, match="认领人本人"):
        commands.withdraw(own, by=make_user("other"))
    commands.withdraw(own, by=registrar)
    assert (again(own).status, again(entry).standing) == ("WITHDRAWN", "IMPORTED")


def test_a_code_of_another_region_asks_and_a_missing_one_of_ours_is_sent_to_the_counter():
    street, person = make_region("330211001"), make_user("person")

    with pytest.raises(commands.OtherRegion, match="登记地是 350100，不在本区"):
        claim(person, FOREIGN)
    with pytest.raises(commands.ClaimRefused, match="本区登记名册中没有这个代码"):
        claim(person, SECOND_CODE)
    made = claim(person, FOREIGN, name="福州演示服务中心", region=street, is_other_region=True)

    assert (made.organization.kind, made.organization.standing, made.is_other_region) == (
        "OTHER_LEGAL",
        "CLAIMED",
        True,
    )


@pytest.mark.parametrize(
    ("code", "sentence"),
    [("52330211MJ0DEM0246", "校验位不符"), ("5233O211MJ0DEM0245", "第 5 位是字母 O"), ("1", "应为 18 位")],
)
def test_a_wrong_code_claims_nothing(code, sentence):
    make_entry()
    with pytest.raises(Invalid, match=sentence):
        claim(make_user("person"), code)
    assert Claim.objects.count() == 0


def test_the_same_person_cannot_claim_twice():
    make_entry()
    person = make_user("person")
    claim(person)
    with pytest.raises(commands.ClaimRefused, match="已提交过认领"):
        claim(person)


# Members


def test_an_invitation_is_taken_once_by_the_invited_address_in_time():
    admin, guest = make_user("admin"), make_user("guest")
    organization = make_organization(admin=admin)

    offer = commands.invite(organization, email="Guest@example.org", role="WRITER", by=admin)
    assert notices(guest) == ["registry.invited"]
    with pytest.raises(commands.MemberRefused, match="另一个邮箱"):
        commands.accept_invitation(offer, by=make_user("thief"))
    commands.accept_invitation(offer, by=guest)
    with pytest.raises(commands.MemberRefused, match="已失效"):
        commands.accept_invitation(offer, by=guest)

    late = commands.invite(organization, email="late@example.org", role="READER", by=admin)
    with clock.at(clock.now() + timedelta(hours=73)), pytest.raises(commands.MemberRefused, match="已失效"):
        commands.accept_invitation(late, by=make_user("late"))
    assert sorted(Membership.objects.active().values_list("user__username", "role")) == [
        ("admin", "ADMIN"),
        ("guest", "WRITER"),
    ]


def test_the_last_administrator_cannot_leave():
    admin = make_user("admin")
    organization = make_organization(admin=admin)
    with pytest.raises(commands.MemberRefused, match="唯一的负责人"):
        commands.end_member(Membership.objects.get(), by=admin)
    commands.add_member(organization, user=make_user("second"), role="ADMIN", by=None)
    commands.end_member(Membership.objects.get(user=admin), by=admin)
    assert not Organization.objects.of_member(admin).exists()
    added = Event.objects.filter(action="registry.add_member").latest("pk")
    assert added.message == "成员加入：负责人"


# Accounts

ACCOUNT = {"number": "0000 1234 5678", "bank": "演示银行镇海支行", "branch_code": "102332000017"}


def test_an_account_is_entered_by_one_and_verified_by_another():
    admin, finance = make_user("admin"), make_user("finance", Role.BUREAU_FINANCE)
    organization = make_organization("镇海区演示（甬澜）中心", admin=admin)

    made = commands.enter_account(organization, holder="镇海区演示(甬澜) 中心", by=admin, **ACCOUNT)
    with pytest.raises(commands.AccountRefused, match="录入人不能核对"):
        commands.verify_account(made, by=admin)
    commands.verify_account(made, by=finance)

    made = again(made)
    assert (made.number, made.is_change, made.is_usable) == ("000012345678", False, True)
    assert acts(organization) == ["registry.enter_account", "registry.verify_account"]
    assert notices(finance) == ["registry.account_waits"]
    assert notices(admin) == ["registry.account_entered", "registry.account_verified"]


def test_a_changed_account_needs_a_call_back_and_cools_down_for_72_hours():
    admin, finance = make_user("admin"), make_user("finance", Role.BUREAU_FINANCE)
    organization = make_organization(admin=admin)
    old = make_account(organization)

    new = commands.enter_account(organization, holder=organization.name, by=admin, **ACCOUNT)
    assert queries.usable_account(organization) == old
    with pytest.raises(commands.AccountRefused, match="回访"):
        commands.verify_account(new, by=finance)
    new = commands.verify_account(new, by=finance, call_back="11月22日 0574-80001234 测试甲接听")

    assert new.usable_from - new.verified_at == timedelta(hours=72)
    assert queries.usable_account(organization) is None
    with clock.at(new.usable_from):
        assert queries.usable_account(organization) == new
    assert again(old).replaced_at is not None


@pytest.mark.parametrize("column", ["number", "number_index", "holder", "bank", "branch_code"])
def test_the_database_refuses_to_change_what_an_account_says(column):
    admin = make_user("admin")
    organization = make_organization(admin=admin)
    account = commands.enter_account(organization, holder=organization.name, by=admin, **ACCOUNT)

    with (
        pytest.raises(IntegrityError, match="bank_account_version_is_never_changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE registry_bankaccount SET {column} = '8' WHERE id = %s", [account.pk])  # noqa: S608

    assert again(account).number == account.number


@pytest.mark.parametrize("holder", ["测试甲", "镇海区演示甬澜社会工作服务中 心一", ""])
def test_a_foreign_or_personal_account_is_refused(holder):
    admin = make_user("admin")
    with pytest.raises(commands.AccountRefused, match="须与单位名称一致"):
        commands.enter_account(make_organization(admin=admin), holder=holder, by=admin, **ACCOUNT)
    assert BankAccount.objects.count() == 0


# Record


def test_an_organization_with_an_obligation_cannot_be_removed(registrar):
    organization = make_organization()
    commands.place_obligation(organization, code="agreements.P1", reason="项目 P1 未结项", by=None)
    commands.place_obligation(organization, code="agreements.P1", reason="项目 P1 未结项", by=None)

    with pytest.raises(NotYet, match="项目 P1 未结项"):
        commands.remove(organization, by=registrar, reason="注销登记")
    commands.lift_obligation(organization, code="agreements.P1", by=None)
    assert commands.remove(organization, by=registrar, reason="注销登记").standing == "REMOVED"
    assert not Organization.objects.public().exists()


def test_a_listing_is_public_and_stands_once(registrar):
    organization = make_organization()
    values = {
        "kind": "ABNORMAL",
        "decision": "镇民〔2026〕1号",
        "reason": "未按期年检",
        "listed_on": date(2026, 1, 5),
    }
    listing = commands.list_organization(organization, by=registrar, **values)

    assert queries.directory().get().is_abnormal is True
    with pytest.raises(commands.ListingRefused, match="已在活动异常名录中"):
        commands.list_organization(organization, by=registrar, **values)
    commands.delist(listing, removal="镇民〔2026〕9号", removed_on=date(2026, 6, 1), by=registrar)
    assert queries.directory().get().is_abnormal is False


def test_the_directory_finds_by_name_code_place_and_kind():
    near, far = make_organization(), make_entry(region="330211002")
    assert list(queries.directory("甬澜")) == [near]
    assert list(queries.directory(SECOND_CODE)) == [far]
    assert list(queries.directory(region=make_region("330211002"))) == [far]
    assert list(queries.directory(kind="FOUNDATION")) == []


def test_each_person_sees_what_waits(registrar, django_assert_max_num_queries):
    entry = make_entry()
    finance = make_user("finance", Role.BUREAU_FINANCE)
    foreign = make_user("foreign", Role.REGISTRAR, Role.BUREAU_FINANCE, region="330212")
    make_account(make_organization(), verified=False)
    make_claim(entry)

    with django_assert_max_num_queries(3):
        assert [one.kind for one in queries.due(registrar)] == ["registry.verify"]
    assert [one.kind for one in queries.due(finance)] == ["registry.verify_account"]
    assert queries.due(foreign) == []
    assert Invitation.objects.count() == 0


def test_a_second_account_waits_for_the_first_or_takes_it_back():
    admin = make_user("admin")
    organization = make_organization(admin=admin)
    first = commands.enter_account(organization, holder=organization.name, by=admin, **ACCOUNT)
    other = {**ACCOUNT, "number": "0000 9999"}

    with pytest.raises(commands.AccountRefused, match=f"已有一个账户在等待核对：{first.bank} \\*\\*\\*\\*"):
        commands.enter_account(organization, holder=organization.name, by=admin, **other)
    assert list(BankAccount.objects.filter(replaced_at=None)) == [first]

    second = commands.enter_account(organization, holder=organization.name, by=admin, replaces=True, **other)
    assert list(BankAccount.objects.filter(replaced_at=None)) == [second]
