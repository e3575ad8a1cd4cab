import re
from pathlib import Path

from django.core.management import get_commands

from portal.management import catalogs
from portal.management.commands.screens import SCREENS

ROOT = Path(__file__).resolve().parent.parent


def test_the_table_of_settings_is_what_the_code_reads():
    code = "".join(path.read_text() for path in (ROOT / "portal").glob("*.py"))
    read = set(re.findall(r"\benv(?:_\w+)?\(\s*\"([A-Z_]+)\"", code))
    names = re.findall(r"^\| (`.*?`) \|", (ROOT / "docs/configuration.md").read_text(), re.M)
    documented = [name for cell in names for name in re.findall(r"`([A-Z_]+)`", cell)]

    assert len(read) > 30
    assert (read - set(documented), set(documented) - read) == (set(), set())
    assert len(documented) == len(set(documented))


def test_the_documents_name_only_commands_that_exist():
    known = set(get_commands())
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "docs/guide").glob("*.md")]
    named = {(page.name, word) for page in pages for word in re.findall(r"manage\.py ([a-z_]+)", page.read_text())}

    assert len(named) > 12
    assert {(page, word) for page, word in named if word not in known} == set()


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
