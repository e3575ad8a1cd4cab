"""The list of the meeting: drafted, reworded, published, and what the leader does with it."""

import pytest
from django.urls import reverse

from grants.applications.models import Application
from grants.awards import commands, queries
from grants.awards.models import Award, Resolution
from grants.awards.states import S
from grants.publicity import commands as publicity
from portal import clock
from portal.access import Role
from portal.lifecycle import MoveNotAllowed, NotYet
from portal.trail.models import Event
from tests.grants.makers_awards import NUMBER, award_of, make_draft_list, make_public
from tests.grants.makers_review import (
    day,
    someone,
)
from tests.makers import again

pytestmark = pytest.mark.django_db


def lines(listed):
    return [(one.kind, one.position, one.subject_code) for one in listed.rows.order_by("-kind", "position")]


def test_what_is_dropped_before_the_publicity_leaves_its_draft(round, apps, officer, leader):
    listed = make_draft_list(round, apps, officer, leader)
    assert "下列 2 个项目" in listed.basis
    with clock.at(day("2026-06-16")):
        commands.drop(award_of(apps[0]), reason="单位放弃项目。", by=leader)

    listed = again(listed)
    assert lines(listed) == [("RESERVE", 1, "VEN-2026-000003"), ("PROPOSED", 1, "VEN-2026-000002")]
    assert ("下列 1 个项目" in listed.basis, listed.envelope, listed.created_by) == (True, 90_000_00, officer)
    with clock.at(day("2026-06-16")):
        commands.promote(award_of(apps[2]), by=leader)
    assert lines(again(listed)) == [("PROPOSED", 1, "VEN-2026-000002"), ("PROPOSED", 2, "VEN-2026-000003")]
    assert "下列 2 个项目" in again(listed).basis
    assert Event.objects.filter(action="publicity.redraw").count() == 2


def test_a_published_list_keeps_its_rows_when_an_award_is_dropped(round, apps, officer, leader):
    listed = make_public(round, apps, officer, leader)
    before = lines(listed)

    commands.drop(award_of(apps[0]), reason="单位放弃项目。", by=leader)

    assert lines(listed) == before
    with pytest.raises(MoveNotAllowed):
        commands.rebuild(Resolution.objects.get(), by=officer)


def test_a_number_in_a_title_is_reworded_in_the_draft_and_the_list_goes_out(client, round, apps, officer, leader):
    Application.objects.filter(pk=apps[0].pk).update(title="助行计划19900001234")
    listed = make_draft_list(round, apps, officer, leader)
    other, head = someone("officer2", Role.BUREAU_OFFICER), someone("head", Role.BUREAU_HEAD)
    row = listed.rows.get(subject_code=apps[0].number)
    client.force_login(other)
    url = reverse("staff_publicity:reword", args=[listed.pk])
    given = {"row": row.pk, "title": "助行计划", "reason": "名称中含有手机号"}
    with clock.at(day("2026-06-16")):
        with pytest.raises(NotYet, match="手机号"):
            publicity.start(listed, by=head)
        assert "助行计划19900001234" in client.get(f"{url}?row={row.subject_code}").content.decode()
        assert client.post(url, {**given, "title": "电话19900001234"}).status_code == 422
        assert client.post(url, given).status_code == 302
        with pytest.raises(NotYet, match="拟稿人不能自己发布"):
            publicity.start(listed, by=other)
        commands.rebuild(Resolution.objects.get(), by=officer)
        listed = publicity.start(listed, by=head)

    assert listed.rows.get(subject_code=apps[0].number).title == "助行计划"
    event = Event.objects.get(action="publicity.reword")
    assert (event.reason, "19900001234" in str([event.before, event.after])) == ("名称中含有手机号", False)
    with clock.at(listed.ends_at):
        commands.confirm(award_of(apps[0]), document_number=NUMBER, by=leader)
    assert award_of(apps[0]).title == "助行计划"


def test_the_officer_rebuilds_a_draft_on_the_screen(client, round, apps, officer, leader):
    listed = make_draft_list(round, apps, officer, leader)
    Award.objects.filter(application=apps[1]).update(status=S.DROPPED, slot=None)
    client.force_login(officer)

    response = client.post(reverse("staff_resolutions:rebuild", args=[Resolution.objects.get().pk]))

    assert response.url == reverse("staff_publicity:inspect", args=[listed.pk])
    assert [code for _kind, _position, code in lines(listed)] == ["VEN-2026-000003", "VEN-2026-000001"]


def test_the_leaders_list_leaves_out_what_an_objection_blocks_and_drops_what_one_ended(round, apps, officer, leader):
    listed = make_public(round, apps, officer, leader)
    with clock.at(day("2026-06-18")):
        objection = publicity.object_to(
            listed,
            kind="UNTRUE",
            facts="单位承诺书上的签字不是本人所签，请核查真伪。",
            row=listed.rows.get(position=1, kind="PROPOSED"),
        )
    head = someone("head", Role.BUREAU_HEAD)
    publicity.accept(objection, by=head)
    publicity.investigate(objection, by=head)
    with clock.at(listed.ends_at):
        assert [one.title for one in queries.due(leader)] == [f"立项 · {apps[1].title}"]

    publicity.uphold(objection, findings="签字确实不是本人所签。", by=head)
    publicity.answer(objection, text="经核查，反映情况属实，取消资格。", by=head)
    with clock.at(listed.ends_at):
        assert [(one.title, one.url) for one in queries.due(leader)] == [
            (f"不予立项 · {apps[0].title}", reverse("staff_awards:drop", args=[award_of(apps[0]).pk])),
            (f"立项 · {apps[1].title}", reverse("staff_awards:confirm", args=[award_of(apps[1]).pk])),
        ]
