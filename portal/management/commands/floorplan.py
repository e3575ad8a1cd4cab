"""`manage.py floorplan`: draw docs/architecture.md from the code. `--check` says whether it is fresh."""

from __future__ import annotations

import ast
import re
import tomllib
from argparse import ArgumentParser
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.lifecycle import Lifecycle, Move

TARGET = settings.BASE_DIR / "docs" / "architecture.md"
INTRODUCTION = """# Architecture

Drawn from the code by `manage.py floorplan`; do not edit.

1. **Floors follow the money.** What happens later in a grant's life stands higher and may know what came before, never the reverse.
2. **A screen stands on the floor of the highest thing it shows.**
3. **Every package uses one small, closed set of file names:** `wagtail_hooks | urls`, `staff | views | tasks`, `schemas`, `forms : commands`, `notices`, `policies`, `guards`, `queries`, `models`, `blocks`, `states`, `rules`; the left may import the right.
4. **Only commands write.** A screen parses, asks a policy, calls one command, says a message.
5. **Talk down by calling; talk up by leaving a mark below.**

The import contracts in `pyproject.toml` and `tests/test_house.py` hold these rules in CI.
"""


class Command(BaseCommand):
    help = "Draw the floor plan and the state tables from the code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail when docs/architecture.md is stale")

    def handle(self, *args: object, check: bool, **options: object) -> None:
        drawn = "\n".join(plan())
        if check:
            if TARGET.read_text() != drawn:
                raise CommandError("docs/architecture.md is stale: run manage.py floorplan.")
            return
        TARGET.write_text(drawn)
        self.stdout.write(f"written: {TARGET.relative_to(settings.BASE_DIR)}")


def plan() -> Iterator[str]:
    yield INTRODUCTION
    yield "## Floor plan\n\nTop to bottom; packages on one line do not know each other.\n"
    yield "```"
    yield from drawing()
    yield "```\n"
    yield "## Packages\n"
    yield "| package | what | models | commands |\n|---|---|---|---|"
    yield from (row(config) for config in ours() if row(config))
    yield "\n## States\n"
    for config in ours():
        yield from state_tables(config)


def drawing() -> Iterator[str]:
    contracts = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = {one["containers"][0]: one["layers"] for one in contracts if len(one.get("containers", [])) == 1}
    ground = [re.sub(r"[()]", "", layer) for layer in layers["portal"]]
    yield f"ROOF     {ground[0].replace(' : ', '  ')}"
    yield "STREET   home"
    for house in ("grants", "orgs"):
        for number, layer in enumerate(layers[house]):
            yield f"{house.upper() if not number else '':<9}{layer}"
    for number, layer in enumerate(ground[1:]):
        yield f"{'GROUND' if not number else '':<9}{layer.replace(' : ', ' | ')}"


def ours() -> list[AppConfig]:
    houses = {"portal", "orgs", "grants", "home"}
    return sorted(
        (one for one in apps.get_app_configs() if one.name.split(".")[0] in houses), key=lambda one: one.name
    )


def row(config: AppConfig) -> str:
    models = ", ".join(model.__name__ for model in config.get_models())
    commands = ", ".join(f"`{name}`" for name in functions(Path(config.path)))
    return f"| `{config.name}` | {config.verbose_name} | {models} | {commands} |" if models or commands else ""


def functions(folder: Path) -> list[str]:
    """Return the names of the public functions of the package's commands."""
    files = [folder / "commands.py", *sorted((folder / "commands").glob("*.py"))]
    trees = [ast.parse(path.read_text()) for path in files if path.exists()]
    found = [node.name for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [name for name in found if not name.startswith("_")]


def state_tables(config: AppConfig) -> Iterator[str]:
    if not (Path(config.path) / "states.py").exists():
        return
    for name, table in vars(import_module(f"{config.name}.states")).items():
        if isinstance(table, Lifecycle):
            yield f"### {config.name} · {name}\n"
            yield "| move | from | to | then acts | working days | guards |\n|---|---|---|---|---|---|"
            for one in table.starts:
                yield f"| – | – | {one.to} | {one.owner or '–'} | {clock_of(one)} | – |"
            for move, one in table.moves.items():
                sources = ", ".join(sorted(one.sources))
                guards = ", ".join(table.guards(move))
                yield f"| `{move}` | {sources} | {one.to} | {one.owner or '–'} | {clock_of(one)} | {guards or '–'} |"
            yield from (
                ["", "Nobody must act: " + "; ".join(f"{state} ({why})" for state, why in table.rests.items())]
                if table.rests
                else []
            )
            yield ""


def clock_of(one: Move) -> str:
    return str(one.days) if one.days else one.until or one.undated or "–"
