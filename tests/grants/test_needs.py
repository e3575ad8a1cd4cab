"""Needs: moderated before they are public."""

from datetime import date

import pytest
from django.urls import reverse

from grants.needs import commands, queries
from grants.needs.commands import NotYours
from grants.needs.models import Need
from grants.needs.states import Status
from portal.access import Role
from portal.lifecycle import MoveNotAllowed, NotYet
from portal.notices.models import Notice
from portal.regions.models import Region
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


def step(client, number, **answers):
    return client.post(f"{reverse('needs:post')}?elder=1&step={number}", answers)


def asked(client, number=""):
    page = client.get(reverse("needs:post"), {"elder": 1, "step": number})
    return page.context["step"], list(page.context["form"].fields)


class TestAQuestionAPage:
    """In elder mode."""

    @pytest.fixture
    def place(self, client):
        client.force_login(make_user("resident"))
        return make_region("330211001001")

    def test_four_questions_and_a_check_make_a_need(self, client, place):
        first = asked(client)
        steps = [
            step(client, 1, title="heart").url, step(client, 2, region=place.pk).url,
            step(client, 3, text="楼上老人一个人住，吃饭不方便。").url, step(client, 4, persons="").url,
        ]  # fmt: skip
        check = client.get(steps[-1])
        assert not Need.objects.exists()

        done = client.post(steps[-1])

        assert (first, steps) == ((1, ["title"]), [f"/needs/post/?step={n}" for n in (2, 3, 4, 5)])
        assert [(str(label), str(value), url) for label, value, url in check.context["rows"]] == [
            ("反映的事", "老人照料", "?step=1"), ("在什么地方", place.name, "?step=2"),
            ("什么情况", "楼上老人一个人住，吃饭不方便。", "?step=3"), ("多少人受益", "None", "?step=4"),
        ]  # fmt: skip
        need = Need.objects.get()
        assert (done.status_code, need.raw_title, need.raw_text, need.region, need.persons) == (
            302, "老人照料", "楼上老人一个人住，吃饭不方便。", place, None,
        )  # fmt: skip
        assert asked(client) == (1, ["title"])

    def test_nothing_typed_is_lost_and_nothing_is_jumped_over(self, client, place):
        assert [asked(client, number)[0] for number in ("3", "5", "x", "²")] == [1, 1, 1, 1]
        assert (step(client, 1, title="flood").status_code, step(client, 1).status_code) == (422, 422)
        step(client, 1, title="lamp")
        step(client, 2, region=place.pk)
        short = step(client, 3, text="灯坏了")
        assert (short.status_code, short.context["form"]["text"].value()) == (422, "灯坏了")

        assert asked(client, "1") == (1, ["title"])
        assert step(client, 1, title="stairs").url == "/needs/post/?step=3"
        assert asked(client) == (3, ["text"])

        plain = client.get(reverse("needs:post"), {"elder": 0}).context["form"]
        assert (plain["title"].value(), str(plain["region"].value())) == ("楼道和无障碍", str(place.pk))

    def test_what_was_typed_on_the_one_page_comes_along_and_back(self, client, place):
        text = "三号楼没有扶手，老人下楼要歇两次。"
        typed = {"title": "楼道加装扶手", "region": place.pk, "text": text, "persons": "60", "carry": "1"}

        switched = client.post(f"{reverse('needs:post')}?elder=1", typed)
        check = client.get(switched.url)

        assert (switched.status_code, switched.url) == (302, "/needs/post/?elder=1")
        assert [str(value) for _label, value, _url in check.context["rows"]] == [
            "楼道加装扶手",
            place.name,
            text,
            "60",
        ]
        chosen = client.get("/needs/post/?step=1")
        assert tuple(map(str, chosen.context["matters"][-1])) == ("edit", "楼道加装扶手", "您刚才写的")
        assert not Need.objects.exists()
        plain = client.get("/needs/post/?elder=0").context["form"]
        assert [str(plain[name].value()) for name in ("title", "region", "text", "persons")] == [
            "楼道加装扶手", str(place.pk), text, "60",
        ]  # fmt: skip
        client.get("/needs/post/?elder=1")
        client.post("/needs/post/?step=5")
        need = Need.objects.get()
        assert (need.raw_title, need.raw_text, need.persons) == ("楼道加装扶手", text, 60)

    def test_half_an_answer_comes_along_too(self, client, place):
        step(client, 1, title="lamp")
        step(client, 2, region=place.pk)

        client.post(f"{reverse('needs:post')}?step=3&elder=0", {"text": "灯坏", "carry": "1"})
        plain = client.get(reverse("needs:post")).context["form"]
        assert [plain[name].value() for name in ("title", "text")] == ["路灯和用电", "灯坏"]

        client.post(f"{reverse('needs:post')}?elder=1", {"title": "修", "text": "", "region": "", "carry": "1"})
        assert asked(client) == (1, ["title"])
        assert client.get(f"{reverse('needs:post')}?elder=0").context["form"]["title"].value() == "修"

    def test_nobody_keeps_anything_without_logging_in(self, client, place):
        client.logout()
        answer = client.post(f"{reverse('needs:post')}?elder=1", {"title": "楼道加装扶手", "carry": "1"})
        assert answer.status_code in (302, 401) and "needs.post" not in client.session

    def test_an_answer_that_no_longer_holds_is_asked_again(self, client, place):
        step(client, 1, title="lamp")
        step(client, 2, region=place.pk)
        step(client, 3, text="后大街的路灯坏了两个月，晚上看不见。")
        step(client, 4, persons="30")
        assert asked(client, "5")[0] == 5
        Region.objects.filter(pk=place.pk).update(valid_to=date(2020, 1, 1))

        assert asked(client, "5") == (2, ["region"])
        assert not Need.objects.exists()


def test_communities_are_chosen_by_street(client, need):
    client.force_login(need.posted_by)
    make_region("330211001002")
    choices = list(client.get(reverse("needs:post")).context["form"].fields["region"].choices)

    street = Region.objects.get(code="330211001")
    assert [(label, [str(name) for _, name in members]) for label, members in choices[1:]] == [
        (street.name, [one.name for one in street.get_children()])
    ]


def test_a_resident_follows_the_own_needs_at_the_desk(client, need, community):
    client.force_login(need.posted_by)
    assert need.number in client.get(reverse("desk:start")).content.decode()
    commands.decline(need, by=community, reason="已转供电部门办理")
    page = client.get(reverse("desk:start")).content.decode()
    assert ("不列入" in page, "已转供电部门办理" in page) == (True, True)
    client.force_login(make_user("neighbour"))
    assert need.number not in client.get(reverse("desk:start")).content.decode()
