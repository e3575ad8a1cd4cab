"""Needs: moderated before they are public."""

import pytest
from django.urls import reverse

from grants.needs import commands, queries
from grants.needs.commands import NotYours
from grants.needs.models import Need
from grants.needs.states import Status
from portal.access import Role
from portal.lifecycle import MoveNotAllowed, NotYet
from portal.notices.models import Notice
from tests.makers import make_region, make_user

pytestmark = pytest.mark.django_db
RAW = "张三家门口13800000000的路灯坏了两个月"


@pytest.fixture
def need():
    return commands.post(
        by=make_user("resident"), region=make_region("330211001001"), title="路灯补亮", text=RAW, persons=300
    )


@pytest.fixture
def community():
    return make_user("community", Role.COMMUNITY, region="330211001001")


def test_only_the_edited_entry_becomes_public(client, need, community):
    assert RAW not in client.get(reverse("needs:list")).content.decode()
    done = commands.list_(need, by=community, title="后巷路灯补亮", text="后巷两盏路灯不亮，夜间出行不便。")
    page = client.get(reverse("needs:list")).content.decode()
    assert (done.status, "后巷路灯补亮" in page, RAW in page) == (Status.LISTED, True, False)
    assert Notice.objects.get().recipient.username == "resident"
    with pytest.raises(MoveNotAllowed):
        commands.list_(need, by=community, title="再列", text="再列一次")


def test_refusals(need, community):
    with pytest.raises(NotYet):
        commands.post(by=need.posted_by, region=need.region, title="灯", text="坏了")
    with pytest.raises(NotYet):
        commands.decline(need, by=community, reason="")
    far = make_user("far", Role.COMMUNITY, region="330212001001")
    with pytest.raises(NotYours):
        commands.decline(need, by=far, reason="不归我管理")
    assert Need.objects.visible_to(far).count() == 0
    assert [one.kind for one in queries.due(community)] == ["needs.list"]


def test_the_screens(client, need, community):
    client.force_login(need.posted_by)
    answers = {"region": need.region.pk, "title": "便民理发日", "text": "社区老人多，希望每月一次理发。"}
    assert client.get(reverse("needs:post")).status_code == 200
    assert client.post(reverse("needs:post"), answers).status_code == 302
    client.force_login(community)
    assert "路灯补亮" in client.get(reverse("staff_needs:index")).content.decode()
    assert client.post(reverse("staff_needs:decline", args=[need.pk]), {"reason": "已转供电部门"}).status_code == 302
    assert Need.objects.get(pk=need.pk).status == Status.DECLINED


def test_the_public_list_is_read_by_street(client, need, community):
    commands.list_(need, by=community, title="后巷路灯补亮", text="后巷两盏路灯不亮，夜间出行不便。")
    other = make_region("330211003").code

    def titles(street):
        return [one.title for one in client.get(reverse("needs:list"), {"street": street}).context["page_obj"]]

    assert (titles(""), titles("330211001")) == (["后巷路灯补亮"], ["后巷路灯补亮"])
    assert (titles(other), titles("0"), titles("330211001001")) == ([], [], [])
    assert "这个街道、镇还没有公开的需求。" in client.get(reverse("needs:list"), {"street": other}).content.decode()


def test_a_resident_follows_the_own_needs_at_the_desk(client, need, community):
    client.force_login(need.posted_by)
    assert need.number in client.get(reverse("desk:start")).content.decode()
    commands.decline(need, by=community, reason="已转供电部门办理")
    page = client.get(reverse("desk:start")).content.decode()
    assert ("不列入" in page, "已转供电部门办理" in page) == (True, True)
    client.force_login(make_user("neighbour"))
    assert need.number not in client.get(reverse("desk:start")).content.decode()
