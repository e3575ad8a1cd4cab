"""What the applicant reads of the decision: nothing before publicity, then everything with its papers."""

from datetime import timedelta

import pytest
from django.urls import reverse

from grants.applications.queries import timeline
from grants.awards import commands
from grants.awards.models import Award
from orgs.registry.models import MemberRole, Membership
from portal import clock
from portal.access import Role
from portal.notices.models import Notice
from tests.grants.makers_awards import NUMBER, award_of, make_draft_list, make_public
from tests.grants.makers_review import make_application, make_ranking, make_round, someone
from tests.makers import again

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return someone("officer", Role.BUREAU_OFFICER)


@pytest.fixture
def leader():
    return someone("leader", Role.BUREAU_LEADER)


@pytest.fixture
def round():
    return make_round(money={"LOTTERY": 60_000_00, "FISCAL": 30_000_00})


@pytest.fixture
def apps(round):
    found = [make_application(round, n) for n in (1, 2, 3)]
    make_ranking(round, found)
    return found


@pytest.fixture
def admin(apps):
    user = someone("applicant", Role.ORG_ADMIN)
    for app in apps:
        Membership.objects.create(organization=app.organization, user=user, role=MemberRole.ADMIN)
    return user


def told(app, user):
    return [(row["title"], row["state"]) for row in timeline(again(app), user)]


def test_before_the_list_is_published_it_waits_for_the_meeting(round, apps, officer, leader, admin):
    assert told(apps[0], admin) == [("集体研究", "now")]

    make_draft_list(round, apps, officer, leader)

    assert told(apps[0], admin) == [("集体研究", "now")]
    assert Award.objects.visible_to(admin).count() == 0


def test_during_publicity_each_knows_its_own_place(round, apps, officer, leader, admin):
    listed = make_public(round, apps, officer, leader)

    assert told(apps[0], admin) == [("列入拟立项名单", "done"), ("公示", "now")]
    assert told(apps[2], admin) == [("列为备选", "done")]
    assert timeline(again(apps[0]), admin)[0]["url"] == reverse("publicity:page", args=[listed.key])
    assert told(apps[0], someone("stranger", Role.ORG_ADMIN)) == [("集体研究", "now")]


def test_who_is_not_on_the_list_is_told_so_with_the_reason(round, apps, officer, leader, admin):
    given = [(apps[0], "PROPOSED", 40_000_00, ""), (apps[1], "PROPOSED", 40_000_00, ""),
             (apps[2], "NOT_PROPOSED", 0, "与街道已有的助餐服务重复")]  # fmt: skip
    make_public(round, apps, officer, leader, [commands.Item(*one) for one in given])

    rows = timeline(again(apps[2]), admin)

    assert [(row["title"], row["text"]) for row in rows] == [("没有列入拟立项名单", "与街道已有的助餐服务重复")]


def test_the_approved_download_their_notice_of_award(client, round, apps, officer, leader, admin):
    listed = make_public(round, apps, officer, leader)
    with clock.at(listed.ends_at + timedelta(hours=1)):
        commands.confirm(award_of(apps[0]), document_number=NUMBER, by=leader)
        commands.drop(award_of(apps[1]), reason="单位书面放弃", by=leader)

    rows = timeline(again(apps[0]), admin)
    assert [row["title"] for row in rows] == ["列入拟立项名单", "立项"]
    assert rows[1]["text"] == "资助 40,000.00 元，文号 镇民〔2026〕1号。"
    assert told(apps[1], admin) == [("列入拟立项名单", "done"), ("不予立项", "done")]
    assert [again(app).get_phase_display() for app in apps] == ["已立项", "不予立项", "评审结束"]

    page = reverse("applications:detail", args=[apps[0].key])
    assert Notice.objects.get(kind="awards.confirmed").url == page
    client.force_login(admin)
    assert "下载立项通知书" in client.get(page).content.decode()
    answer = client.get(rows[1]["url"])
    assert (answer.status_code, b"".join(answer.streaming_content)[:4]) == (200, b"%PDF")
    client.force_login(someone("stranger", Role.ORG_ADMIN))
    assert client.get(rows[1]["url"]).status_code == 404
