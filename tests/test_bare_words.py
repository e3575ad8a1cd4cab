"""Every Chinese word that people read goes through gettext; what does not is named here, with why."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Container, Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
from django.conf import settings

from portal.management.catalogs import HOUSES, KINDS, SPEAKERS

BASE = Path(settings.BASE_DIR)
HAN = re.compile(r"[\u3400-\u9fff]")

KEPT = {
    "said on the console of a machine, before any reader chose a language": {
        "*/management/commands/*", "portal/bootstrap.py", "portal/environment.py",
    },
    "letters are kept in Chinese": {"grants/*/notices.py"},
    "invented data": {"portal/demo/*"},
    "the text of a paper, of a form or of a stored row": {
        "grants/agreements/rules.py:CLAUSES", "grants/agreements/rules.py:scaled",
        "grants/agreements/commands/agreement.py:add_parties", "grants/agreements/commands/agreement.py:paper_values",
        "grants/agreements/commands/agreement.py:preview", "grants/agreements/commands/project.py:closing_values", "grants/payments/staff/bank.py:StatementTemplate", "grants/applications/commands/submission.py:COMMITMENT",
        "grants/applications/commands/submission.py:issue_receipt", "grants/awards/commands/award.py:paper",
        "grants/awards/commands/history.py", "grants/awards/queries/answers.py:publicity_texts",
        "grants/awards/rules.py:suggest", "grants/awards/rules.py:budget_for",
        "grants/calls/commands/page.py:WORKFLOW", "grants/calls/commands/page.py:set_up_calls",
        "grants/calls/commands/page.py:draft_page", "grants/calls/rules/template.py",
        "grants/review/commands/panel.py:EMPLOYED", "grants/review/commands/panel.py:give",
        "portal/accounts/commands.py:end_expired", "portal/files/rules.py:clean_name",
        "home/commands.py:CHANNELS", "home/commands.py:WORKFLOW",
    },
    "what a new site, round or guide begins with, until somebody writes otherwise": {
        "portal/pages/models.py:PortalSettings", "grants/calls/models/round.py:Round", "home/models.py:GuidePage",
    },
    "compared with what people typed or what a file bears": {
        "grants/payments/commands/bank.py:*_WORDS", "grants/payments/commands/bank.py:GOOD",
        "grants/payments/commands/bank.py:BAD", "grants/payments/commands/bank.py:parse", "grants/payments/rules.py:COLUMNS",
        "grants/payments/rules.py:BATCH_COLUMNS", "grants/calls/rules/plan.py:NAMING",
        "grants/review/queries/desk.py:PRIVATE", "grants/spending/rules.py:FORBIDDEN", "orgs/registry/rules.py:COLUMNS", "orgs/registry/rules.py:FILLING",
        "orgs/registry/commands/register.py:read_row", "orgs/registry/models/organization.py:SupportClass",
        "portal/dynforms/rules.py:is_asked", "portal/dynforms/rules.py:_condition_faults", "portal/identifiers.py:check_phone", "portal/regions/rules.py:SUFFIXES",
        "portal/search/rules.py:HAN",
    },
    "amounts in capitals and dates as a Chinese page writes them": {
        "portal/money.py", "portal/components/rules.py:WEEKDAYS", "portal/components/templatetags/portal_tags.py:cn_date",
        "portal/components/templatetags/portal_tags.py:cn_day",
    },
    "names: of the languages, of the site, of a group of the menu, of a place": {
        "portal/settings.py", "grants/*/wagtail_hooks.py:", "grants/api/schemas.py:RegionOut",
    },
}  # fmt: skip


class Bare(ast.NodeVisitor):
    """Collect (line, text) of the Chinese strings outside gettext, docstrings and patterns."""

    def __init__(self, speakers: set[str]) -> None:
        self.speakers = speakers
        self.found: list[tuple[int, str]] = []

    def visit_Call(self, node: ast.Call) -> None:
        named = node.func.id if isinstance(node.func, ast.Name) else ""
        of_re = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "re"
        for part in [*node.args, *node.keywords]:
            if not (of_re or (named in self.speakers and isinstance(part, ast.Constant))):
                self.visit(part)
        self.visit(node.func)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and HAN.search(node.value):
            self.found.append((node.lineno, node.value))


def bare_in(text: str) -> Iterator[tuple[str, int, str]]:
    """Yield (name of the outermost function, class or constant, line, Chinese string outside gettext)."""
    tree = ast.parse(text)
    speakers = names_in(tree, KINDS)
    for statement in tree.body:
        reader = Bare(speakers)
        reader.visit(statement)
        for line, words in reader.found:
            yield name_of(statement), line, words


class Frozen(ast.NodeVisitor):
    """Collect the lines that translate at import, in a default or a class body: the words would stay as they were then."""

    def __init__(self, eager: set[str]) -> None:
        self.eager = eager
        self.lines: list[int] = []

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for part in [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]:
            self.visit(part)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        pass

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id in self.eager:
            self.lines.append(node.lineno)
        self.generic_visit(node)


def frozen_in(text: str) -> list[int]:
    tree = ast.parse(text)
    reader = Frozen(names_in(tree, {"gettext", "ngettext", "pgettext", "npgettext", "say"}))
    reader.visit(tree)
    return reader.lines


def names_in(tree: ast.Module, functions: Container[str]) -> set[str]:
    """Return the names under which a module knows these functions of gettext."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in SPEAKERS
        for alias in node.names
        if alias.name in functions
    }


def name_of(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
        return getattr(target, "id", "")
    return getattr(statement, "name", "")


def places() -> dict[str, list[str]]:
    """Return "file:name" -> the bare strings there, of all four houses."""
    found: dict[str, list[str]] = {}
    for path in sorted(one for house in HOUSES for one in (BASE / house).rglob("*.py")):
        if "migrations" not in path.parts:
            for name, line, words in bare_in(path.read_text()):
                found.setdefault(f"{path.relative_to(BASE)}:{name}", []).append(f"{line} {words[:40]}")
    return found


def is_kept(place: str, kept: str) -> bool:
    return fnmatch(place, kept) or fnmatch(place.partition(":")[0], kept)


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ('from django.utils.translation import gettext as _\nWORDS = _("立项")\n', []),
        ('from portal.words import say as _\ndef f(): return _("余 %(n)s") % {"n": g("项")}\n', [("f", 2, "项")]),
        (
            '"""立项"""\nimport re\nHAN = re.compile("[一-鿿]")\nF = f"第 {1} 期"\n',
            [("F", 4, "第 "), ("F", 4, " 期")],
        ),
        ('def f():\n    """立项"""\n    raise Refused("已立项")\n', [("f", 3, "已立项")]),
    ],
)
def test_the_finder_sees_words_outside_gettext_only(text, bare):
    assert list(bare_in(text)) == bare


def test_every_chinese_string_of_the_code_goes_through_gettext():
    kept = set().union(*KEPT.values())
    found = places()

    assert {place: words for place, words in found.items() if not any(is_kept(place, one) for one in kept)} == {}
    assert {one for one in kept if not any(is_kept(place, one) for place in found)} == set()


def test_a_word_is_not_translated_before_anybody_reads_it():
    text = "from portal.words import say as _\ndef f(a=_('项')):\n    return _('元')\nclass A:\n    b = _('分')\n"
    files = [one for house in HOUSES for one in (BASE / house).rglob("*.py") if "migrations" not in one.parts]

    assert frozen_in(text) == [2, 5]
    assert {str(path.relative_to(BASE)): lines for path in files if (lines := frozen_in(path.read_text()))} == {}


def test_every_chinese_word_of_a_template_goes_through_gettext():
    bare = {}
    for path in sorted((BASE / "templates").rglob("*.html")):
        text = re.sub(r"\{#.*?#\}|\{% comment.*?endcomment %\}", "", path.read_text(), flags=re.S)
        text = re.sub(r"\{% blocktrans(?:late)?\b.*?endblocktrans(?:late)? %\}", "", text, flags=re.S)
        text = re.sub(r"""((?:\{% ?trans(?:late)?\s+|_\())("[^"]*"|'[^']*')""", r"\1", text)
        if left := [line.strip() for line in text.splitlines() if HAN.search(line)]:
            bare[str(path.relative_to(BASE))] = left

    assert bare == {}


def test_every_chinese_word_of_a_script_has_its_english():
    """Left over: the answers of a form, and what people type for an amount."""
    folder = BASE / "static" / "portal"
    english = json.loads((folder / "english.js").read_text().partition("portalWords = ")[2].rstrip(";\n"))
    bare = {}
    for path in sorted(folder.rglob("*.js")):
        text = re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", path.read_text(), flags=re.S)
        text = re.sub(r'"([^"\n]*)"', lambda found: "" if found[1] in english else found[0], text)
        if path.name != "english.js" and (left := re.findall(r"[\u3400-\u9fff]+", text)):
            bare[path.name] = left

    assert bare == {"meeting.js": ["元", "万"], "wizard.js": ["是", "否"]}
