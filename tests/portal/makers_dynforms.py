"""A form with one question of every type."""

from __future__ import annotations

from typing import Any

from portal.dynforms import rules
from portal.dynforms.blocks import QuestionsBlock
from portal.dynforms.commands import freeze
from portal.dynforms.models import FormVersion


def question(kind: str, label: str, ident: str, **values: Any) -> dict[str, Any]:
    base = {"label": label, "code": "", "help": "", "required": True, "when": {"question": "", "equals": ""}}
    return {"type": kind, "id": ident, "value": {**base, **values}}


def section(ident: str, title: str, *questions: dict[str, Any]) -> dict[str, Any]:
    return {"type": "section", "id": ident, "value": {"title": title, "help": "", "questions": list(questions)}}


def every_type() -> list[dict[str, Any]]:
    return [
        section(
            "s1",
            "需求",
            question("text", "服务对象", "who", max_length=20),
            question("long_text", "需求分析", "why", min_length=5, max_length=10),
            question("number", "人数", "many", minimum=1, maximum=100000, unit="人"),
            question("money", "其他资金", "other", required=False),
            question("date", "调查日期", "day"),
            question("choice", "方法", "how", choices="个案\n小组"),
            question("multi_choice", "群体", "groups", choices="老人\n儿童\n残疾人", max_choices=2),
            question("yes_no", "涉及未成年人", "minors", code="minors"),
        ),
        section(
            "s2",
            "保障",
            question("long_text", "保护方案", "guard", max_length=200, when={"question": "minors", "equals": "是"}),
            question("table", "团队", "team", columns="姓名\n工时#\n补贴¥", min_rows=2, max_rows=4),
            question("file", "调查表", "survey", required=False),
        ),
    ]


def stream(raw: list[dict[str, Any]]) -> Any:
    return QuestionsBlock().to_python(raw)


def make_form_version(raw: list[dict[str, Any]] | None = None, by: Any = None) -> FormVersion:
    return freeze("测试申报表", stream(raw or every_type()), by=by)


ANSWERS: rules.Answers = {
    "who": "独居老人", "why": "楼道没有扶手", "many": 120, "day": "2026-01-05", "how": "小组",
    "groups": ["老人", "残疾人"], "minors": False, "team": [["甲", "10", "100.00"], ["乙", "5", "50.00"]],
}  # fmt: skip
