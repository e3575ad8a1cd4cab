"""The words of the house: Chinese sentences carry Chinese punctuation."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

BASE = Path(settings.BASE_DIR)
HOUSES = ("portal", "orgs", "grants", "home")
HAN = re.compile(r"[\u3400-\u9fff]")
# Not words: placeholders, tags, addresses, query strings.
HIDDEN = re.compile(r"%\(\w+\)[a-z]|<[^>]*>|[a-z0-9]+://\S+|/\S*\?q=|\{[^{}]*\}")
HOLE = "\ue000"


def half_width(words: str) -> list[str]:
    """Return each half-width mark in a Chinese sentence, with its neighbours. 12:30, 1,000 and A-Z, a stay."""
    if not HAN.search(words):
        return []
    words = HIDDEN.sub(HOLE, words)
    return [
        words[max(0, at.start() - 8) : at.end() + 8].replace(HOLE, "…")
        for at in re.finditer(r"[,;:?!()]", words)
        if at.group() in "()" or not all(side and side.isascii() for side in _sides(words, at))
    ]


def _sides(words: str, at: re.Match) -> tuple[str, str]:
    return words[: at.start()].rstrip(" ")[-1:], words[at.end() :].lstrip(" ")[:1]


class Sentences(ast.NodeVisitor):
    """Collect the strings of a module that people may read: no docstrings, no patterns."""

    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []

    def visit_Call(self, node: ast.Call) -> None:
        of_re = isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)
        if not (of_re and node.func.value.id == "re"):
            self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        parts = [part.value if isinstance(part, ast.Constant) else HOLE for part in node.values]
        self.found.append((node.lineno, "".join(map(str, parts))))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.found.append((node.lineno, node.value))


def in_python() -> list[str]:
    wrong = []
    for path in sorted(one for house in HOUSES for one in (BASE / house).rglob("*.py")):
        if "migrations" in path.parts:
            continue
        reader = Sentences()
        reader.visit(ast.parse(path.read_text()))
        wrong += [f"{path.relative_to(BASE)}:{line} {bit}" for line, text in reader.found for bit in half_width(text)]
    return wrong


def in_templates() -> list[str]:
    wrong = []
    for path in sorted((BASE / "templates").rglob("*.html")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            sentences = re.findall(r'(?:translate|trans|_\() ?"([^"]*)"', line)
            sentences.append(re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", HOLE, line))
            wrong += [f"{path.relative_to(BASE)}:{number} {bit}" for text in sentences for bit in half_width(text)]
    return wrong


@pytest.mark.parametrize(
    ("words", "marks"),
    [
        ("请退回,谢谢。", 1), ("金额(元)", 2), ("原因:%(reason)s", 1), ("开放时间 9:00–17:30，共 1,200 人次。", 0),
        ("Draft: first, then (again)", 0), ("<a href='/?q=1'>第 3 项</a>", 0),
    ],
)  # fmt: skip
def test_half_width_marks_are_found_in_chinese_sentences_only(words, marks):
    assert len(half_width(words)) == marks


@pytest.mark.parametrize("read", [in_python, in_templates])
def test_chinese_sentences_carry_full_width_punctuation(read):
    assert read() == []
