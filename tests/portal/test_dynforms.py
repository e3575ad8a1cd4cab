from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from portal.dynforms import rules
from portal.dynforms.forms import form_class
from portal.dynforms.models import FormVersion
from portal.dynforms.queries import display
from portal.fields.models import AppendOnlyRow
from portal.lifecycle import NotYet
from tests.portal.makers_dynforms import ANSWERS, every_type, make_form_version, question, section, stream

pytestmark = pytest.mark.django_db


def filled(form_version, data, **kwargs):
    """Return the bound form of both sections."""
    return form_class(form_version)(data, **kwargs)


GOOD = {
    "q_who": "独居老人", "q_why": "楼道没有扶手", "q_many": "１２０", "q_day": "2026-01-05", "q_how": "小组",
    "q_groups": ["老人", "残疾人"], "q_minors": "no", "q_team-0-0": "甲", "q_team-0-1": "10", "q_team-0-2": "100",
    "q_team-1-0": "乙", "q_team-1-1": "5", "q_team-1-2": "50元",
}  # fmt: skip


def test_answers_are_json_keyed_by_question_id():
    form = filled(make_form_version(), GOOD, done=True)

    assert form.errors == {}
    assert form.answers() == {**ANSWERS, "guard": "", "other": None}


def test_the_same_questions_are_frozen_once_and_another_wording_again():
    first, second = make_form_version(), make_form_version()
    other = every_type()
    other[0]["value"]["questions"][0]["value"]["label"] = "谁受益"

    assert first == second
    assert make_form_version(other) != first
    assert first.sha256 == rules.digest(first.schema)


def test_a_frozen_form_cannot_be_changed_by_code_nor_by_sql():
    version = make_form_version()
    with pytest.raises(AppendOnlyRow):
        version.save()
    for sql in ("UPDATE dynforms_formversion SET title = 'x'", "DELETE FROM dynforms_formversion"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert FormVersion.objects.get().title == "测试申报表"


def test_a_draft_takes_what_there_is_but_done_asks_for_everything():
    version = make_form_version()

    assert filled(version, {"q_who": "老人"}).errors == {}
    done = filled(version, {"q_who": "老人", "q_why": "短"}, done=True)
    assert done.errors["q_why"] == ["需求分析至少 5 字，现在是 1 字"]
    assert done.errors["q_how"] == ["请选择方法"]
    assert done.errors["q_team"] == ["请填写团队"]
    assert "q_other" not in done.errors
    assert "q_guard" not in done.errors


def test_a_conditional_question_is_asked_only_when_its_condition_holds():
    version = make_form_version()

    asked = filled(version, {**GOOD, "q_minors": "yes"}, done=True)
    assert asked.errors["q_guard"] == ["请填写保护方案"]
    assert "guard" not in rules.asked_ids(version.schema, ANSWERS)
    assert "guard" in rules.asked_ids(version.schema, {**ANSWERS, "minors": True})


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("q_many", "一百", "人数应为整数，例如 1200"),
        ("q_many", "0", "人数不能小于 1"),
        ("q_other", "50,000.005", "金额最多写到分"),
        ("q_day", "2026-02-30", "没有这一天，请写成 2026-04-01 的样子"),
        ("q_team-0-1", "x", "第 1 行“工时”应为整数，例如 12"),
        ("q_team-0-1", "9" * 16, "第 1 行“工时”应为整数，例如 12"),
    ],
)
def test_unreadable_input_is_named_with_its_remedy(name, typed, sentence):
    form = filled(make_form_version(), {**GOOD, name: typed}, done=True)
    (told,) = form.errors[name.split("-")[0]]
    assert told.startswith(sentence)


def test_an_unreadable_value_does_not_overwrite_the_stored_answer():
    form = filled(make_form_version(), {**GOOD, "q_day": "昨天"}, answers={"day": "2025-12-31"})
    assert form.answers()["day"] == "2025-12-31"


def test_too_many_choices_are_refused():
    form = filled(make_form_version(), {**GOOD, "q_groups": ["老人", "儿童", "残疾人"]}, done=True)
    assert form.errors["q_groups"] == ["群体最多选 2 项"]


def test_an_old_answer_is_displayed_by_its_own_version():
    old = make_form_version()
    assert display(old, ANSWERS) == [
        ("服务对象", "独居老人"), ("需求分析", "楼道没有扶手"), ("人数", "120 人"), ("其他资金", "未填写"),
        ("调查日期", "2026年1月5日"), ("方法", "小组"), ("群体", "老人、残疾人"), ("涉及未成年人", "否"),
        ("团队", "甲 · 10 · 100.00\n乙 · 5 · 50.00"), ("调查表", "未填写"),
    ]  # fmt: skip


def test_what_forbids_freezing_is_told_all_at_once():
    broken = [
        section(
            "s",
            "一",
            question("choice", "甲", "a", choices="一个", code="same"),
            question("text", "乙", "b", code="same", when={"question": "nowhere", "equals": "是"}),
        )
    ]
    with pytest.raises(NotYet) as refused:
        make_form_version(broken)
    assert [reason.text for reason in refused.value.reasons] == [
        "“甲”至少要有两个不同的选项。",
        "“乙”的代码 same 与别的题重复，请换一个。",
        "“乙”的显示条件引用了后面的或不存在的题，请改为前面某题的代码。",
    ]
    with pytest.raises(NotYet, match="还没有题目"):
        make_form_version([section("s", "空")])


def test_the_builder_says_how_long_the_form_is():
    schema = rules.schema_of(stream(every_type()).get_prep_value())
    assert (rules.count(schema), rules.minutes(schema)) == (11, 20)
    assert rules.warnings(schema) == []
    long = [section("s", "长", *[question("text", f"题{n}", f"q{n}", max_length=9) for n in range(19)])]
    assert rules.warnings(rules.schema_of(long)) == [
        "“长”有 19 题，一页最好不超过 8 题。",
        "全表 19 题；2 万元以下的项目请用 18 题以内的简表。",
    ]


def test_initial_values_come_back_as_typed():
    form = form_class(make_form_version(), "s1")(answers={**ANSWERS, "other": 3850000})
    html = str(form)
    assert 'value="38,500.00"' in html
    assert form.initial["q_minors"] == "no"
    assert date.fromisoformat(form.initial["q_day"]) == date(2026, 1, 5)
