"""What import contracts cannot show: the house rules of docs/architecture.md, read from the code."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

from portal.lifecycle import Lifecycle, MoveNotAllowed

ROOT = Path(__file__).resolve().parent.parent
HOUSES = ("portal", "orgs", "grants", "home")
PYTHON = sorted(
    path
    for house in HOUSES
    for path in (ROOT / house).rglob("*.py")
    if "migrations" not in path.relative_to(ROOT).parts
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCREENS = {"views", "staff", "wagtail_hooks", "urls", "schemas"}
WRITES = {
    "save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create",
    "asave", "acreate", "aupdate", "adelete",
}  # fmt: skip


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def vocabulary(path: Path) -> str:
    """Return the file name of our vocabulary that `path` belongs to: views for reviews/views/score.py."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    depth = 1 if parts[0] == "home" else 2
    return parts[depth] if len(parts) > depth else parts[-1]


def floors() -> dict[str, int]:
    """Return package -> height, from the import contracts. The roof is highest."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    heights: dict[str, int] = {"home": 300}
    for base, container in ((0, "portal"), (100, "orgs"), (200, "grants")):
        layers = next(one["layers"] for one in contracts if one.get("containers") == [container])
        for height, layer in enumerate(reversed(layers)):
            for name in re.split(r"[|:]", layer):
                heights[f"{container}.{name.strip().strip('()')}"] = base + height
    return heights


def lifecycles() -> list[tuple[str, Lifecycle]]:
    found = []
    for config in apps.get_app_configs():
        if config.name.split(".")[0] in HOUSES and (Path(config.path) / "states.py").exists():
            module = import_module(f"{config.name}.states")
            found += [
                (f"{config.name}.{name}", one) for name, one in vars(module).items() if isinstance(one, Lifecycle)
            ]
    return found


@pytest.mark.parametrize("path", PYTHON + TESTS, ids=names(PYTHON + TESTS))
def test_no_file_is_over_500_lines(path):
    assert len(path.read_text().splitlines()) <= 500


def test_no_foreign_key_points_to_a_higher_floor():
    height = floors()
    upward = []
    for model in apps.get_models():
        home = model._meta.app_config.name
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if not target or field.auto_created or isinstance(target, str) or home not in height:
                continue
            other = target._meta.app_config.name
            if target._meta.label != "accounts.User" and other in height and height[other] > height[home]:
                upward.append(f"{model._meta.label}.{field.name} -> {target._meta.label}")
    assert upward == []


def test_screens_do_not_write():
    written = [
        f"{path.relative_to(ROOT)}:{call.lineno} .{call.func.attr}()"
        for path in PYTHON
        if vocabulary(path) in SCREENS
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in WRITES
    ]
    assert written == []


RULED = [path for path in PYTHON if vocabulary(path) != "commands"]


@pytest.mark.parametrize("path", RULED, ids=names(RULED))
def test_only_commands_assign_a_status(path):
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        )
        found += [t.lineno for t in targets if isinstance(t, ast.Attribute) and t.attr in {"status", "standing"}]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
            found += [node.lineno for word in node.keywords if word.arg in {"status", "standing"}]
    assert found == []


@pytest.mark.parametrize(("name", "table"), lifecycles(), ids=[name for name, _ in lifecycles()])
def test_every_move_outside_the_table_is_refused(name, table):
    states = {state for one in table.moves.values() for state in (*one.sources, one.to)}
    for state in states:
        for move in table.moves:
            if state in table.moves[move].sources:
                assert table.target(move, state) == table.moves[move].to
            else:
                with pytest.raises(MoveNotAllowed):
                    table.target(move, state)


@pytest.mark.parametrize(("name", "table"), lifecycles(), ids=[name for name, _ in lifecycles()])
def test_every_state_has_an_owner_and_a_date_or_says_why_not(name, table):
    """A state is somebody's turn by a day, or rests for a reason, or is the end; and rows can get into it."""
    wrong = []
    for state in {*table.states, *(one for move in table.moves.values() for one in move.sources)}:
        turns = [one for one in table.into(state) if one.owner]
        if not table.into(state):
            wrong.append(f"{state}: no row gets into it")
        if turns and len(turns) != len(table.into(state)):
            wrong.append(f"{state}: not every arrow into it names the owner")
        if any([one.days is not None, bool(one.until), bool(one.undated)].count(True) != 1 for one in turns):
            wrong.append(f"{state}: an owner without a date, or with two")
        if not turns and bool(table.names_from(state)) != (state in table.rests):
            wrong.append(f"{state}: nobody must act and nothing says why, or it is the end and says so")
        if turns and state in table.rests:
            wrong.append(f"{state}: rests and has an owner")
    assert wrong == []


@pytest.mark.parametrize("path", TEMPLATES, ids=names(TEMPLATES))
def test_templates_carry_no_inline_style_or_script(path):
    text = path.read_text()
    assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=\"|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script\b[^>]*>", text) if 'type="application/json"' not in tag)
    assert "|safe" not in text


def test_no_file_has_a_name_that_means_nothing():
    vague = {"utils", "util", "helpers", "helper", "services", "service", "common", "misc"}
    assert [path for path in PYTHON if path.stem in vague] == []
