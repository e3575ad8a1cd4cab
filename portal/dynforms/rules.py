"""Schemas and answers as plain values. A frozen schema is all that is ever needed to read its answers.

schema: {"sections": [{"id", "title", "help", "questions": [question]}]}
question: {"id", "type", "label", "code", "help", "required", "when": {"question": id, "equals": [text]} | None, …}
answers: question id -> JSON value: text, int (number; fen for money), ISO date, list of texts (multi_choice),
bool (yes_no), list of rows of texts (table), {"key", "name", "size", "sha256"} (file).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from portal.words import say as _

Schema = Mapping[str, Any]
Question = Mapping[str, Any]
Answers = Mapping[str, Any]

SHORT_FORM = 18
"""A 简表 has at most so many questions(domain.md § 0.14)."""
SECTION_SIZE = 8

SECONDS = {
    "text": 30, "long_text": 300, "number": 30, "money": 30, "date": 20, "choice": 20, "multi_choice": 30,
    "yes_no": 10, "file": 180, "table": 240,
}  # fmt: skip


def schema_of(raw: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Turn a QuestionsBlock stream (its JSON) into a schema. Conditions then name ids, not codes."""
    codes = {
        block["value"]["code"]: block["id"]
        for section in raw
        for block in section["value"]["questions"]
        if block["value"].get("code")
    }
    return {
        "sections": [
            {
                "id": section["id"],
                "title": section["value"]["title"],
                "help": section["value"].get("help") or "",
                "questions": [_question(block, codes) for block in section["value"]["questions"]],
            }
            for section in raw
        ]
    }


def _question(block: Mapping[str, Any], codes: Mapping[str, str]) -> dict[str, Any]:
    value = {name: part for name, part in block["value"].items() if part not in (None, "")}
    when = value.pop("when", None) or {}
    asked = when.get("question")
    question = {
        "help": "", "code": "", "required": True, **value, "id": block["id"], "type": block["type"],
        "when": {"question": codes.get(asked, asked), "equals": _parts(when.get("equals") or "", "|")} if asked else None,
    }  # fmt: skip
    if "choices" in question:
        question["choices"] = _parts(question["choices"], "\n")
    if "columns" in question:
        question["columns"] = [_column(line) for line in _parts(question["columns"], "\n")]
    return question


def _parts(text: str, mark: str) -> list[str]:
    return [part.strip() for part in text.split(mark) if part.strip()]


def _column(line: str) -> dict[str, str]:
    kinds = {"#": "number", "\u00a5": "money", "\uffe5": "money"}
    if line[-1] in kinds:
        return {"label": line[:-1].strip(), "type": kinds[line[-1]]}
    return {"label": line, "type": "text"}


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical JSON text of `value`."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def questions(schema: Schema) -> Iterator[Question]:
    for section in schema["sections"]:
        yield from section["questions"]


def count(schema: Schema) -> int:
    return sum(1 for _question in questions(schema))


def minutes(schema: Schema) -> int:
    """Estimate how long the form takes, in whole minutes, at least 1."""
    return max(1, round(sum(SECONDS[question["type"]] for question in questions(schema)) / 60))


def faults(schema: Schema) -> list[str]:
    """Return what forbids freezing the form, each as a sentence."""
    found: list[str] = []
    if not count(schema):
        return [_("申报表还没有题目，请至少写一题。")]
    seen: dict[str, Question] = {}
    codes: set[str] = set()
    for question in questions(schema):
        name = f"“{question['label']}”"
        if question["code"] and question["code"] in codes:
            found.append(
                _("%(name)s的代码 %(code)s 与别的题重复，请换一个。") % {"name": name, "code": question["code"]}
            )
        codes.add(question["code"])
        if question["type"] in ("choice", "multi_choice") and len(set(question.get("choices", []))) < 2:
            found.append(_("%(name)s至少要有两个不同的选项。") % {"name": name})
        if question["type"] == "table" and not question.get("columns"):
            found.append(_("%(name)s没有列，请写出列名。") % {"name": name})
        if question.get("min_length", 0) > question.get("max_length", 0) > 0:
            found.append(_("%(name)s的最少字数大于最多字数，请调整。") % {"name": name})
        found += _condition_faults(question, seen, name)
        seen[question["id"]] = question
    return found


def _condition_faults(question: Question, seen: Mapping[str, Question], name: str) -> list[str]:
    when = question["when"]
    if not when:
        return []
    if when["question"] not in seen:
        return [_("%(name)s的显示条件引用了后面的或不存在的题，请改为前面某题的代码。") % {"name": name}]
    other = seen[when["question"]]
    known = ["是", "否"] if other["type"] == "yes_no" else other.get("choices")
    if known is None:
        return [_("%(name)s的显示条件只能引用单选、多选或是否题。") % {"name": name}]
    unknown = [one for one in when["equals"] if one not in known]
    if unknown or not when["equals"]:
        return [
            _("%(name)s的显示条件中，“%(value)s”不是“%(label)s”的选项。")
            % {"name": name, "value": "、".join(unknown) or _("空白"), "label": other["label"]}
        ]
    return []


def warnings(schema: Schema) -> list[str]:
    """Return what makes the form heavy. It may be frozen all the same."""
    found = [
        _("“%(title)s”有 %(count)s 题，一页最好不超过 %(most)s 题。")
        % {"title": section["title"], "count": len(section["questions"]), "most": SECTION_SIZE}
        for section in schema["sections"]
        if len(section["questions"]) > SECTION_SIZE
    ]
    if count(schema) > SHORT_FORM:
        found.append(
            _("全表 %(count)s 题；2 万元以下的项目请用 %(most)s 题以内的简表。")
            % {"count": count(schema), "most": SHORT_FORM}
        )
    return found


def is_asked(question: Question, answers: Answers, asked: set[str]) -> bool:
    """Say whether the condition of `question` holds; asked: ids of the questions before it that are asked."""
    when = question["when"]
    if not when:
        return True
    if when["question"] not in asked:
        return False
    given = answers.get(when["question"])
    words = (
        [{True: "是", False: "否"}[given]]
        if isinstance(given, bool)
        else given
        if isinstance(given, list)
        else [given]
    )
    return any(word in when["equals"] for word in words)


def asked_ids(schema: Schema, answers: Answers) -> set[str]:
    """Return the ids of all questions that these answers make visible."""
    asked: set[str] = set()
    for question in questions(schema):
        if is_asked(question, answers, asked):
            asked.add(question["id"])
    return asked


def is_empty(value: Any) -> bool:
    return value is None or value == "" or value == [] or value == {}


def problems(schema: Schema, answers: Answers, section: str = "") -> list[tuple[str, str]]:
    """Return (question id, sentence) for every asked question that is not answered as it must be.

    Reads only; used when a section is called done and again at submission.
    """
    asked = asked_ids(schema, answers)
    found = []
    for one in schema["sections"]:
        for question in one["questions"] if section in ("", one["id"]) else []:
            if question["id"] in asked and (text := _problem(question, answers.get(question["id"]))):
                found.append((question["id"], text))
    return found


def _problem(question: Question, value: Any) -> str:
    label, kind = question["label"], question["type"]
    if is_empty(value):
        verb = {
            "choice": _("选择"),
            "multi_choice": _("选择"),
            "yes_no": _("选择"),
            "file": _("上传"),
            "date": _("填写"),
        }.get(kind, _("填写"))
        return _("请%(verb)s%(label)s") % {"verb": verb, "label": label} if question["required"] else ""
    if kind in ("text", "long_text"):
        return length_problem(question, value)
    if kind == "number":
        return range_problem(question, value)
    if kind == "multi_choice" and len(value) > question.get("max_choices", len(value)):
        return _("%(label)s最多选 %(most)s 项") % {"label": label, "most": question["max_choices"]}
    if kind == "table" and len(value) < question.get("min_rows", 0):
        return _("%(label)s至少要填 %(least)s 行，现在有 %(now)s 行") % {
            "label": label,
            "least": question["min_rows"],
            "now": len(value),
        }
    return ""


def length_problem(question: Question, value: str) -> str:
    if len(value) < question.get("min_length", 0):
        return _("%(label)s至少 %(least)s 字，现在是 %(now)s 字") % {
            "label": question["label"],
            "least": question["min_length"],
            "now": len(value),
        }
    if len(value) > question.get("max_length", len(value)):
        return _("%(label)s最多 %(most)s 字，现在是 %(now)s 字") % {
            "label": question["label"],
            "most": question["max_length"],
            "now": len(value),
        }
    return ""


def range_problem(question: Question, value: int) -> str:
    low, high = question.get("minimum"), question.get("maximum")
    if low is not None and value < low:
        return _("%(label)s不能小于 %(low)s") % {"label": question["label"], "low": low}
    if high is not None and value > high:
        return _("%(label)s不能大于 %(high)s") % {"label": question["label"], "high": high}
    return ""


def words(question: Question, value: Any) -> str:
    """Write one stored answer for people."""
    kind = question["type"]
    if is_empty(value):
        return _("未填写")
    if kind == "money":
        return _("%(yuan)s 元") % {"yuan": f"{value // 100:,}.{value % 100:02d}"}
    if kind == "number":
        return f"{value:,} {question.get('unit', '')}".strip()
    if kind == "yes_no":
        return _("是") if value else _("否")
    if kind == "date":
        day = date.fromisoformat(value)
        return _("%(year)s年%(month)s月%(day)s日") % {"year": day.year, "month": day.month, "day": day.day}
    if kind == "multi_choice":
        return "、".join(value)
    if kind == "file":
        return value["name"]
    if kind == "table":
        return "\n".join(" · ".join(str(cell) for cell in row) for row in value)
    return str(value)
