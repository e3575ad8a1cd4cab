"""After the meeting: what the applicant reads, and what the leader has to do."""

from datetime import timedelta

import pytest
from django.urls import reverse

from grants.applications.queries import timeline
from grants.awards import commands, queries
from grants.awards.models import Award
from grants.publicity import commands as publicity
from orgs.registry.models import MemberRole, Membership
from portal import clock
from portal.access import Role
from portal.notices.models import Notice
from tests.grants.makers_awards import NUMBER, award_of, make_draft_list, make_public
from tests.grants.makers_review import day, someone
from tests.makers import again

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(apps):
    user = someone("applicant", Role.ORG_ADMIN)
    for app in apps:
        Membership.objects.create(organization=app.organization, user=user, role=MemberRole.ADMIN)
    return user


REVIEWED = ("评审结束", "done")


def told(app, user):
    """What follows the review on the application's line."""
    first, *rest = [(row["title"], row["state"]) for row in timeline(again(app), user)]
    assert first == REVIEWED
    return rest


def last(app, user):
    return timeline(again(app), user)[1:]


def test_before_the_list_is_published_it_waits_for_the_meeting(round, apps, officer, leader, admin):
    assert told(apps[0], admin) == [("集体研究", "now")]

    make_draft_list(round, apps, officer, leader)

    assert told(apps[0], admin) == [("集体研究", "now")]
    assert Award.objects.visible_to(admin).count() == 0
    assert {again(app).get_phase_display() for app in apps} == {"评审结束"}


def test_during_publicity_each_knows_its_own_place(round, apps, officer, leader, admin):
    listed = make_public(round, apps, officer, leader)

    assert told(apps[0], admin) == [("列入拟立项名单", "done"), ("公示", "now")]
    assert told(apps[2], admin) == [("列为备选", "done")]
    assert last(apps[0], admin)[0]["url"] == reverse("publicity:page", args=[listed.key])
    assert told(apps[0], someone("stranger", Role.ORG_ADMIN)) == [("集体研究", "now")]
    assert [again(app).get_phase_display() for app in apps] == ["拟立项", "拟立项", "列为备选"]


def test_who_is_not_on_the_list_is_told_so_with_the_reason(round, apps, officer, leader, admin):
    given = [(apps[0], "PROPOSED", 40_000_00, ""), (apps[1], "PROPOSED", 40_000_00, ""),
             (apps[2], "NOT_PROPOSED", 0, "与街道已有的助餐服务重复")]  # fmt: skip
    listed = make_public(round, apps, officer, leader, [commands.Item(*one) for one in given])

    assert again(apps[2]).get_phase_display() == "没有列入拟立项"
    with clock.at(listed.ends_at - timedelta(hours=1)):
        rows = last(apps[2], admin)

    assert [(row["title"], row["text"], row["state"]) for row in rows] == [
        ("没有列入拟立项名单", "与街道已有的助餐服务重复。对结果有异议的，可以在公示期内提出。", "ended"),
        ("下一步", "申报书和回执保留在这里，可以参考它申报其他通知。", ""),
    ]
    with clock.at(listed.ends_at + timedelta(days=1)):
        assert last(apps[2], admin)[0]["text"].startswith("与街道已有的助餐服务重复。公示已于 ")


def test_the_approved_download_their_notice_of_award(client, round, apps, officer, leader, admin):
    listed = make_public(round, apps, officer, leader)
    with clock.at(listed.ends_at + timedelta(hours=1)):
        commands.confirm(award_of(apps[0]), document_number=NUMBER, by=leader)
        commands.drop(award_of(apps[1]), reason="单位书面放弃", by=leader)

    rows = last(apps[0], admin)
    assert [row["title"] for row in rows] == ["列入拟立项名单", "立项"]
    assert rows[1]["text"] == "资助 40,000.00 元，文号 镇民〔2026〕1号。"
    assert told(apps[1], admin) == [("列入拟立项名单", "done"), ("不予立项", "ended")]
    assert [again(app).get_phase_display() for app in apps] == ["已立项", "不予立项", "列为备选"]

    page = reverse("applications:detail", args=[apps[0].key])
    assert Notice.objects.get(kind="awards.confirmed").url == page
    client.force_login(admin)
    assert "下载立项通知书" in client.get(page).content.decode()
    answer = client.get(rows[1]["url"])
    assert (answer.status_code, b"".join(answer.streaming_content)[:4]) == (200, b"%PDF")
    client.force_login(someone("stranger", Role.ORG_ADMIN))
    assert client.get(rows[1]["url"]).status_code == 404


def work(leader):
    return [(one.title, one.url) for one in queries.due(leader)]


def test_the_leader_is_asked_only_for_what_can_be_done(round, apps, officer, leader):
    listed = make_public(round, apps, officer, leader)
    first, second, reserve = (award_of(app) for app in apps)
    with clock.at(day("2026-06-18")):
        objection = publicity.object_to(
            listed, kind="UNTRUE", facts="该单位的活动照片与去年另一个项目相同，请核查。",
            row=listed.rows.get(position=2, kind="PROPOSED"),
        )  # fmt: skip
    with clock.at(listed.ends_at + timedelta(hours=1)):
        assert work(leader) == [(f"立项 · {first}", reverse("staff_awards:confirm", args=[first.pk]))]

        head = someone("head", Role.BUREAU_HEAD)
        publicity.accept(objection, by=head)
        publicity.investigate(objection, by=head)
        publicity.uphold(objection, findings="照片确系去年另一项目的。", by=head)
        publicity.answer(objection, text="经核查，情况属实，不予立项。", by=head)
        assert (f"不予立项 · {second}", reverse("staff_awards:drop", args=[second.pk])) in work(leader)

        commands.drop(second, reason="异议成立，不予立项", by=leader)
        assert work(leader) == [
            (f"立项 · {first}", reverse("staff_awards:confirm", args=[first.pk])),
            (f"递补 · {reserve}", reverse("staff_awards:promote", args=[reserve.pk])),
        ]

        commands.promote(reserve, by=leader)
        assert [title for title, _url in work(leader)] == [f"立项 · {first}", f"立项 · {reserve}"]


def test_a_reserve_is_offered_only_when_the_money_covers_it(round, apps, officer, leader):
    make_public(round, apps, officer, leader)
    Award.objects.filter(pk=award_of(apps[2]).pk).update(amount=99_999_00)
    commands.drop(award_of(apps[1]), reason="单位书面放弃", by=leader)

    assert [title for title, _url in work(leader) if title.startswith("递补")] == []


def test_the_award_page_names_the_categories(client, round, apps, officer, leader):
    listed = make_public(round, apps, officer, leader)
    with clock.at(listed.ends_at + timedelta(hours=1)):
        commands.confirm(award_of(apps[0]), document_number=NUMBER, by=leader)
    client.force_login(officer)

    page = client.get(reverse("staff_awards:inspect", args=[award_of(apps[0]).pk])).content.decode()

    assert "活动经费" in page and "<td>B1</td>" not in page
