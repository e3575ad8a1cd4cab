import re
from pathlib import Path

from portal.management import catalogs
from portal.management.commands.screens import SCREENS

ROOT = Path(__file__).resolve().parent.parent


def test_every_setting_of_the_environment_is_documented():
    code = "".join(path.read_text() for path in (ROOT / "portal").glob("*.py"))
    read = set(re.findall(r"\benv(?:_bool|_list|_int|_choice)?\(\s*\"([A-Z_]+)\"", code))
    documented = set(re.findall(r"`([A-Z_]{4,})`", (ROOT / "docs/configuration.md").read_text()))

    assert len(read) > 15
    assert read - documented == set()


def test_the_readme_names_the_two_commands():
    readme = (ROOT / "README.md").read_text()

    assert "python3 manage.py demo" in readme
    assert "python3 manage.py test" in readme


GUIDES = sorted((ROOT / "docs/guide").glob("*.md"))


def test_a_guide_shows_only_pictures_that_the_command_takes():
    shown = {name for path in GUIDES for name in re.findall(r"\.\./screens/([\w-]+?)-1440\.png", path.read_text())}

    assert len(shown) > 10
    assert shown - {one.name for one in SCREENS if "1440" in one.sizes} == set()
    assert len({one.name for one in SCREENS}) == len(SCREENS)


def test_a_guide_quotes_only_words_that_the_portal_says():
    said = {message.msgid for message in catalogs.extract(ROOT)} | {"简体中文", "English", "——", "长者模式"}
    scripts = (ROOT / "static/portal/english.js").read_text()
    quoted = {(path.name, word) for path in GUIDES for word in re.findall("“([^”]+)”", path.read_text())}

    assert len(quoted) > 60
    assert {(name, word) for name, word in quoted if word not in said and f'"{word}"' not in scripts} == set()
