import re
from pathlib import Path

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
