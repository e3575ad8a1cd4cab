"""`manage.py demo`: what it refuses, and what it throws away. Its data: tests/test_demo.py."""

import io
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from portal import bootstrap, demo
from portal.accounts.models import User
from portal.management.commands import demo as command
from tests.makers import make_user


@pytest.mark.parametrize("port", [-5, 0, 65536, 70000])
def test_a_port_that_does_not_exist_is_refused(settings, port):
    settings.DEMO = True
    with pytest.raises(CommandError, match=f"端口 {port} 不存在"):
        call_command("demo", port=port, stdout=io.StringIO())


@pytest.mark.django_db
def test_a_demo_never_goes_into_a_database_with_other_peoples_data(settings, tmp_path):
    make_user("somebody")
    settings.DEMO, settings.DATA_DIR = True, tmp_path
    for options in ({}, {"reset": True}):
        with pytest.raises(CommandError, match="已有别的数据，不能装入演示数据"):
            call_command("demo", no_serve=True, stdout=io.StringIO(), **options)
    assert User.objects.filter(username="somebody").exists()


@pytest.mark.django_db
def test_a_demos_folder_is_no_leave_to_empty_another_database(settings, tmp_path):
    make_user("somebody")
    settings.DEMO, settings.DATA_DIR = True, tmp_path
    demo.stamp().touch()
    with pytest.raises(CommandError, match="已有别的数据，不能装入演示数据"):
        call_command("demo", no_serve=True, reset=True, stdout=io.StringIO())
    assert User.objects.filter(username="somebody").exists()


def run_demo(folder, *arguments, **environment):
    """Run `manage.py demo --no-serve` as a process of its own."""
    command = [sys.executable, str(bootstrap.ROOT / "manage.py"), "demo", "--no-serve", *arguments]
    site = {**os.environ, "PORTAL_DEMO": "1", "PORTAL_TESTING": "0", "DATA_DIR": str(folder), **environment}
    site.pop("DATABASE_URL", None) if "DATABASE_URL" not in environment else None
    return subprocess.run(command, capture_output=True, text=True, env=site, cwd=bootstrap.ROOT)


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"DATABASE_URL": "mysql://u:p@h/x"}, "环境变量 DATABASE_URL 不能使用：应为 sqlite:///path 或 postgresql://"),
        ({"DATABASE_URL": "postgresql://u:p@127.0.0.1:1/x"}, "连不上数据库，请检查环境变量 DATABASE_URL："),
        ({"DATABASE_URL": "sqlite:////no/such/folder/x"}, "连不上数据库，请检查环境变量 DATABASE_URL："),
        (
            {"CACHE_URL": "memcached://x"},
            "环境变量 CACHE_URL 不能使用：应为 db://table、redis://host:port/0 或 locmem://",
        ),
        (
            {"STORAGE_URL": "http://foo"},
            "环境变量 STORAGE_URL 不能使用：应为 file:///folder（绝对路径）或 s3://bucket/prefix",
        ),
        ({"STORAGE_URL": "file://foo"}, "环境变量 STORAGE_URL 不能使用"),
        ({"TASKS_BACKEND": "foo"}, "环境变量 TASKS_BACKEND 不能使用：应为 database 或 immediate"),
        ({"EMAIL_PORT": "abc"}, "环境变量 EMAIL_PORT 不能使用：应为 不小于零的整数"),
        ({"DEBUG": "maybe"}, "环境变量 DEBUG 不能使用：应为 1 或 0"),
        ({"DATABASE_URL": "postgresql://u:p@[::1/x"}, "环境变量 DATABASE_URL 不能使用：应为 写法正确"),
        ({"CACHE_URL": "redis://127.0.0.1:99999/0"}, "环境变量 CACHE_URL 不能使用：应为 写法正确"),
        ({"STORAGE_URL": "s3://[x"}, "环境变量 STORAGE_URL 不能使用：应为 写法正确"),
        ({"CLAMAV_PORT": "70000"}, "环境变量 CLAMAV_PORT 不能使用：应为 1 至 65535 之间的端口"),
        ({"NOTICE_CHANNELS": "email,fax"}, "环境变量 NOTICE_CHANNELS 不能使用：应为 email、sms、wecom、dingtalk"),
        ({"SITE_URL": "portal.example.org"}, "环境变量 SITE_URL 不能使用：应为 https://主机名"),
    ],
)
def test_a_setting_that_means_nothing_stops_the_start_with_one_sentence(tmp_path, environment, sentence):
    done = run_demo(tmp_path, **environment)

    assert done.returncode == 1
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


@pytest.mark.django_db
def test_a_loaded_folder_is_not_served_over_an_empty_database(settings, tmp_path):
    settings.DEMO, settings.DATA_DIR = True, tmp_path
    demo.stamp().touch()
    with pytest.raises(CommandError, match="已经装好，这个数据库却是空的。请用回原来的 DATABASE_URL"):
        call_command("demo", no_serve=True, stdout=io.StringIO())
    assert not User.objects.exists()


def test_a_folder_may_have_any_name(tmp_path):
    folder = tmp_path / "创益 C#%41?"
    code = "from django.conf import settings as s; print(s.DATABASES['default']['NAME']); print(s.STORAGES['private']['OPTIONS']['location'])"
    site = {**os.environ, "PORTAL_DEMO": "1", "DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "portal.settings"}
    for name in ("DATABASE_URL", "STORAGE_URL"):
        site.pop(name, None)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=site, cwd=bootstrap.ROOT)
    assert done.stdout.splitlines() == [f"{folder}/portal.sqlite3", f"{folder}/private"], done.stderr


def test_half_a_load_is_known_by_its_mark(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    assert (demo.is_half_loaded(), demo.is_ours()) == (False, False)
    demo.begun().touch()
    assert (demo.is_half_loaded(), demo.is_ours()) == (True, True)
    demo.begun().rename(demo.stamp())
    assert (demo.is_half_loaded(), demo.is_ours()) == (False, True)


def test_what_is_thrown_away_is_the_demos_own(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    database = SimpleNamespace(
        vendor="sqlite", settings_dict={"NAME": str(tmp_path / "portal.sqlite3")}, close=lambda: None
    )
    monkeypatch.setattr(command, "connections", {"default": database})
    for name in ("portal.sqlite3", "portal.sqlite3-wal", "demo-loaded", "notes.txt"):
        (tmp_path / name).touch()
    (tmp_path / "mail").mkdir()

    command.Command().reset()

    assert [one.name for one in tmp_path.iterdir()] == ["notes.txt"]
