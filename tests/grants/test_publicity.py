from datetime import date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.urls import reverse

from grants.publicity import commands, forms, policies, queries
from grants.publicity.models import Objection, Publicity, PublicityRow
from grants.publicity.states import Objecting, S
from portal import clock
from portal.access import Role
from portal.lifecycle import MoveNotAllowed, NotYet
from portal.trail.models import Event
from tests.grants.makers_review import day, someone
from tests.makers import again, make_region

pytestmark = pytest.mark.django_db
FACTS = "2026年3月2日在后大街社区看到该项目的活动没有按计划开展，请核查。"


def row(n, **values):
    given = {
        "title": f"助行计划{n}",
        "organization": f"镇海区演示单位{n}",
        "region": "招宝山街道",
        "amount": n * 1000_00,
    }
    return commands.Row(
        position=n, subject_code=f"VEN-2026-{n:06d}", shares=[("福彩公益金", n * 1000_00)], **{**given, **values}
    )


def make_draft(rows=None, first="2026-06-17", **texts):
    """Return a draft of three rows whose first day is Wednesday 17 June 2026 （端午 is the 19th）."""
    given = {
        "title": "拟立项项目公示", "basis": "经评审和集体研究，现予公示。", "round_code": "R2026C", "contact_unit": "社会组织科",
        "contact_phone": "0574-80000012", "supervision_unit": "驻局纪检监察组", "supervision_phone": "0574-80000019",
        "address": "镇海区演示路1号", "days": 5,
    }  # fmt: skip
    with clock.at(day("2026-06-16")):
        return commands.draft(
            rows=rows or [row(1), row(2), row(3)], by=someone("officer", Role.BUREAU_OFFICER),
            region=make_region("330211"), starts_on=date.fromisoformat(first), **{**given, **texts},
        )  # fmt: skip


def make_running(**values):
    publicity = make_draft(**values)
    with clock.at(day("2026-06-16")):
        return commands.start(publicity, by=someone("head", Role.BUREAU_HEAD))


def object_to(publicity, on="2026-06-18", **values):
    with clock.at(day(on)):
        return commands.object_to(publicity, **{"kind": "UNTRUE", "facts": FACTS, **values})


def answered(objection, move):
    head = someone("head", Role.BUREAU_HEAD)
    commands.accept(objection, by=head)
    commands.investigate(objection, by=head)
    getattr(commands, move)(objection, findings="核查了签到表和照片，情况如下。", by=head)
    return commands.answer(objection, text="经核查，现将情况答复如下，感谢监督。", by=head)


def test_a_list_is_frozen_and_stands_five_working_days():
    publicity = make_running()

    assert publicity.status == S.RUNNING
    assert publicity.ends_on == date(2026, 6, 24)
    assert publicity.ends_at == datetime(2026, 6, 25, tzinfo=clock.ZONE)
    assert queries.is_unaltered(publicity)
    assert Event.objects.filter(action="publicity.start").count() == 1


def test_the_period_crosses_the_national_holiday():
    publicity = make_draft(first="2026-09-28")
    with clock.at(day("2026-09-27")):
        publicity = commands.start(publicity, by=someone("head", Role.BUREAU_HEAD))

    assert publicity.ends_on > date(2026, 10, 7)
    assert sum(one.number is not None for one in queries.calendar(publicity)) == 5


def test_the_maker_cannot_publish():
    publicity = make_draft()

    with clock.at(day("2026-06-16")), pytest.raises(NotYet, match="另一位"):
        commands.start(publicity, by=publicity.created_by)

    assert again(publicity).status == S.DRAFT


@pytest.mark.parametrize("secret", ["330211190001010013", "19900001234", "１９９ ０００ ０１２３４"])
def test_personal_numbers_stop_the_publication(secret):
    publicity = make_draft(rows=[row(1, title=f"联系{secret}")])

    with clock.at(day("2026-06-16")), pytest.raises(NotYet, match="不能公开"):
        commands.start(publicity, by=someone("head", Role.BUREAU_HEAD))


def test_all_faults_are_told_at_once():
    publicity = make_draft(first="2026-06-20", supervision_phone="0574-80000012", days=3)

    with clock.at(day("2026-06-16")), pytest.raises(NotYet) as told:
        commands.start(publicity, by=someone("head", Role.BUREAU_HEAD), secrecy_checked=False)

    assert {one.code for one in told.value.reasons} == {"phones", "day_off", "days", "secrecy"}


def test_a_published_row_is_never_changed():
    publicity = make_running()

    with pytest.raises(DatabaseError, match="published_row"), transaction.atomic():
        publicity.rows.update(amount=1)
    with pytest.raises(DatabaseError, match="published_row"), transaction.atomic():
        PublicityRow.objects.create(
            publicity=publicity, position=9, subject_code="X", title="", organization="", region="", amount=1
        )
    with pytest.raises(DatabaseError, match="published_list"), transaction.atomic():
        Publicity.objects.filter(pk=publicity.pk).update(title="另一个标题")
    with pytest.raises(MoveNotAllowed):
        commands.edit(publicity, by=publicity.created_by, title="另一个标题")


def test_the_period_is_over_by_the_clock_and_the_job_marks_it():
    publicity = make_running()

    with clock.at(publicity.ends_at - timedelta(seconds=1)):
        assert not queries.is_over(publicity)
        assert commands.end_due() == []
    with clock.at(publicity.ends_at):
        assert queries.is_over(publicity)
        assert commands.end_due() == [publicity]
    assert again(publicity).status == S.ENDED


def test_an_objection_blocks_its_row_until_the_answer():
    publicity = make_running()
    objection = object_to(publicity, row=publicity.rows.get(position=2))

    assert (objection.number, objection.is_tipoff) == ("YY-2026-0001", False)
    assert queries.blocked_codes(publicity) == {"VEN-2026-000002"}

    answered(objection, "dismiss")

    assert queries.blocked_codes(publicity) == set()
    assert [one.action for one in Event.objects.for_instance(again(objection)).order_by("pk")] == [
        "publicity.object",
        "publicity.accept",
        "publicity.investigate",
        "publicity.dismiss",
        "publicity.answer",
    ]


def test_an_upheld_objection_blocks_for_good():
    publicity = make_running()
    answered(object_to(publicity, row=publicity.rows.get(position=2)), "uphold")

    assert queries.blocked_codes(publicity) == {"VEN-2026-000002"} == queries.upheld_codes(publicity)


def test_only_an_accepted_procedural_objection_blocks_the_whole_list():
    publicity = make_running()
    other = object_to(publicity, kind="OTHER")
    commands.accept(other, by=someone("head", Role.BUREAU_HEAD))
    procedural = object_to(publicity, kind="PROCEDURE")
    assert queries.blocked_codes(publicity) == set()

    commands.accept(procedural, by=someone("head", Role.BUREAU_HEAD))

    assert len(queries.blocked_codes(publicity)) == 3


def test_a_refused_objection_frees_its_row_and_needs_a_reason():
    publicity = make_running()
    objection = object_to(publicity, row=publicity.rows.get(position=1))

    with pytest.raises(NotYet, match="理由"):
        commands.refuse(objection, reason="", by=someone("head", Role.BUREAU_HEAD))
    commands.refuse(objection, reason="反映的不是本批次项目。", by=someone("head", Role.BUREAU_HEAD))

    assert again(objection).status == Objecting.NOT_ACCEPTED
    assert queries.blocked_codes(publicity) == set()


def test_after_the_end_it_is_a_tip_off_and_blocks_nothing():
    publicity = make_running()

    late = object_to(publicity, on="2026-06-25", row=publicity.rows.get(position=1))

    assert late.is_tipoff
    assert queries.blocked_codes(publicity) == set()


def test_whoever_drew_up_the_list_does_not_handle_its_objections():
    publicity = make_running()
    objection = object_to(publicity)
    author = publicity.created_by

    with pytest.raises(MoveNotAllowed, match="回避"):
        commands.accept(objection, by=author)
    with pytest.raises(MoveNotAllowed, match="回避"):
        commands.refuse(objection, reason="反映的不是本批次项目。", by=author)

    assert [
        one for one in policies.objections.lifecycle.moves if policies.objections.allows(author, one, objection)
    ] == []
    assert again(objection).status == Objecting.RECEIVED


def test_whoever_refuses_an_objection_is_on_record():
    objection = object_to(make_running())
    head = someone("head", Role.BUREAU_HEAD)

    refused = commands.refuse(objection, reason="反映的不是本批次项目。", by=head)

    assert (refused.status, refused.handler, refused.reason) == (
        Objecting.NOT_ACCEPTED,
        head,
        "反映的不是本批次项目。",
    )


def test_only_the_handler_knows_who_objects_and_looking_is_recorded():
    publicity = make_running()
    objection = object_to(publicity, is_named=True, name="测试居民", phone="0574-80001234", id_last4="0013")
    head, leader = someone("head", Role.BUREAU_HEAD), someone("leader", Role.BUREAU_LEADER)
    objection = commands.accept(objection, by=head)

    assert queries.identity(objection, leader).name == "测***"
    assert queries.identity(objection, head).name == "测试居民"
    with pytest.raises(MoveNotAllowed):
        commands.reveal(objection, by=leader)
    commands.reveal(objection, by=head)
    assert Event.objects.filter(action="publicity.reveal").count() == 1


def test_a_wording_correction_keeps_the_period_and_one_of_substance_starts_anew():
    publicity = make_running()
    officer, head = publicity.created_by, publicity.published_by
    with clock.at(day("2026-06-22")):
        wording = commands.correct(
            publicity, kind="WORDING", note="地址写错了门牌号", by=officer, address="镇海区演示路2号"
        )
        wording = commands.start(wording, by=head)
        assert (wording.starts_on, wording.ends_on, wording.version) == (publicity.starts_on, publicity.ends_on, 2)
        with pytest.raises(NotYet, match="实质更正"):
            commands.correct(wording, kind="WORDING", note="改金额就是实质更正", by=officer, rows=[row(1)])
        substance = commands.correct(
            wording, kind="SUBSTANCE", note="第 1 项金额更正", by=officer, rows=[row(1, amount=99_00)]
        )
        substance = commands.start(substance, by=head)

    assert substance.ends_on > publicity.ends_on
    assert again(publicity).status == S.ENDED
    assert queries.current(publicity) == substance


def test_an_objection_to_an_earlier_version_still_blocks():
    publicity = make_running()
    object_to(publicity, row=publicity.rows.get(position=1))
    with clock.at(day("2026-06-22")):
        newer = commands.start(
            commands.correct(publicity, kind="WORDING", note="更正一个错别字", by=publicity.created_by),
            by=publicity.published_by,
        )

    assert queries.blocked_codes(newer) == {"VEN-2026-000001"}


def test_anyone_objects_without_an_account_and_gets_a_receipt(client):
    cache.clear()
    publicity = make_running()
    url = reverse("publicity:object", args=[publicity.key])
    given = {"row": publicity.rows.get(position=2).pk, "kind": "UNTRUE", "facts": FACTS, "is_named": "0"}

    with clock.at(day("2026-06-18")):
        refused = client.post(url, {**given, "is_named": "1"})
        response = client.post(url, given, follow=True)

    assert refused.status_code == 422
    assert "实名反映请填写姓名" in refused.content.decode()
    assert "YY-2026-0001" in response.content.decode()
    assert "匿名" in response.content.decode()
    assert Objection.objects.get().row.position == 2


def test_the_button_pressed_twice_is_one_objection(client):
    cache.clear()
    publicity = make_running()
    url = reverse("publicity:object", args=[publicity.key])
    first, second = publicity.rows.order_by("position")[:2]
    given = {
        "row": first.pk, "kind": "UNTRUE", "facts": FACTS, "is_named": "1", "name": "演示居民", "phone": "19900000001",
        "id_last4": "0013",
    }  # fmt: skip

    with clock.at(day("2026-06-18")):
        addresses = [client.post(url, given)["Location"] for _ in range(2)]
        client.post(url, {**given, "row": second.pk})
        client.post(url, {**given, "name": "演示邻居"})

    assert addresses[0] == addresses[1]
    assert list(Objection.objects.order_by("pk").values_list("number", "row__position")) == [
        ("YY-2026-0001", 1), ("YY-2026-0002", 2), ("YY-2026-0003", 1),
    ]  # fmt: skip


def test_the_same_words_much_later_are_another_objection(client):
    cache.clear()
    publicity = make_running()
    url = reverse("publicity:object", args=[publicity.key])
    given = {"kind": "OTHER", "facts": FACTS, "is_named": "0"}

    for moment in ("2026-06-18", "2026-06-19"):
        with clock.at(day(moment)):
            client.post(url, given)

    assert Objection.objects.count() == 2


def test_one_address_cannot_flood_us_and_mistakes_do_not_count(client, settings):
    cache.clear()
    settings.OBJECTIONS_PER_HOUR = 2
    publicity = make_running()
    url = reverse("publicity:object", args=[publicity.key])
    given = {"kind": "OTHER", "facts": FACTS, "is_named": "0"}

    with clock.at(day("2026-06-18")):
        mistakes = [client.post(url, {**given, "facts": "太短"}).status_code for _ in range(3)]
        taken = [client.post(url, given).status_code for _ in range(2)]
        flood = client.post(url, given)
        neighbour = client.post(url, given, REMOTE_ADDR="192.0.2.7").status_code

    assert (mistakes, taken, neighbour) == ([422] * 3, [302] * 2, 302)
    assert (flood.status_code, "已提交 2 件" in flood.content.decode()) == (422, True)


def test_behind_a_proxy_each_visitor_has_an_own_limit(client, settings):
    cache.clear()
    settings.OBJECTIONS_PER_HOUR, settings.TRUSTED_PROXIES = 1, 1
    publicity = make_running()
    url = reverse("publicity:object", args=[publicity.key])
    given = {"kind": "OTHER", "facts": FACTS, "is_named": "0"}

    with clock.at(day("2026-06-18")):
        codes = [
            client.post(url, given, HTTP_X_FORWARDED_FOR=heard).status_code
            for heard in ("192.0.2.1", "192.0.2.2", "192.0.2.99, 192.0.2.1")
        ]

    assert codes == [302, 302, 422]


@pytest.mark.parametrize("count", [1, 30])
def test_the_public_page_asks_the_same_number_of_queries(client, count, django_assert_max_num_queries):
    publicity = make_running(rows=[row(n) for n in range(1, count + 1)])

    with clock.at(day("2026-06-18")):
        client.get(reverse("publicity:page", args=[publicity.key]))
        with django_assert_max_num_queries(10):
            response = client.get(reverse("publicity:page", args=[publicity.key]))

    assert response.status_code == 200
    assert "还剩" in response.content.decode()


@pytest.mark.parametrize(
    "values, fields",
    [
        ({"days": "0"}, ["days"]),
        ({"days": "4"}, ["days"]),
        ({"days": "99999"}, ["days"]),
        ({"starts_on": "9999-12-31"}, ["starts_on"]),
        ({"starts_on": "2026-06-15"}, ["starts_on"]),
    ],
)
def test_a_period_out_of_bounds_is_refused_at_its_field(values, fields):
    publicity = make_draft()
    given = {name: str(getattr(publicity, name)) for name in forms.TextsForm.Meta.fields}

    with clock.at(day("2026-06-16")):
        assert forms.TextsForm(given, instance=publicity).is_valid()
        form = forms.TextsForm({**given, **values}, instance=again(publicity))
        assert list(form.errors) == fields
    assert "约束" not in str(form.errors)


def test_a_period_out_of_bounds_is_refused_by_the_commands_too():
    publicity = make_draft(days=99999 % 32767, first="9999-12-30")

    with clock.at(day("2026-06-16")), pytest.raises(NotYet) as told:
        commands.start(publicity, by=someone("head", Role.BUREAU_HEAD))

    assert [one.code for one in told.value.reasons] == ["far", "days"]


@pytest.mark.parametrize("phone, kept", [("12345", None), ("0574 80001234", "0574-80001234")])
def test_the_telephone_of_a_named_objection_is_checked(phone, kept):
    publicity = make_running()
    given = {"is_named": True, "name": "测试居民", "phone": phone}

    if kept is None:
        with pytest.raises(NotYet, match="电话应为"):
            object_to(publicity, **given)
    else:
        assert object_to(publicity, **given).phone == kept


def test_a_draft_is_not_public(client):
    publicity = make_draft()

    with clock.at(day("2026-06-18")):
        assert client.get(reverse("publicity:page", args=[publicity.key])).status_code == 404
        assert publicity.title not in client.get(reverse("publicity:list")).content.decode()


@pytest.mark.parametrize(("today", "left"), [("2026-06-18", 4), ("2026-06-20", 3), ("2026-06-24", 1)])
def test_the_list_and_its_page_count_the_same_days_left(client, today, left):
    """17 to 24 June; 19 June is a holiday. Today counts."""
    publicity = make_running()
    with clock.at(day(today)):
        page = client.get(reverse("publicity:page", args=[publicity.key])).context["listing"].days_left
        listed = client.get(reverse("publicity:list")).content.decode()

    assert page == left
    assert f"6月24日截止，还剩 {left} 个工作日" in listed


def test_a_named_objection_is_told_everything_that_is_missing_at_once(client):
    publicity = make_running()
    with clock.at(day("2026-06-18")):
        answer = client.post(reverse("publicity:object", args=[publicity.key]), {"facts": "太短", "is_named": "1"})

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"kind", "facts", "name", "phone"}
    assert "姓名或单位名称<span" not in answer.content.decode()
