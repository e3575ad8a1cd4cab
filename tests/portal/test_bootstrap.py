import io
import socket
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from portal import bootstrap


def missing(monkeypatch, *names):
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda name: None if name in names else object())


def stopped(capsys, act, *arguments):
    with pytest.raises(SystemExit) as stop:
        act(*arguments)
    assert stop.value.code == 1
    return capsys.readouterr().err.strip()


def test_nothing_is_installed_where_the_packages_are(monkeypatch):
    monkeypatch.setattr(bootstrap, "install", lambda *_: pytest.fail("installed"))
    assert bootstrap.prepare("test") is None


def test_a_missing_venv_module_is_one_plain_sentence(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    missing(monkeypatch, "django", "venv")

    assert stopped(capsys, bootstrap.prepare, "demo") == (
        "缺少 venv 模块：Debian、Ubuntu 请先运行 apt install python3-venv。"
    )


def test_a_folder_that_cannot_be_written_is_one_plain_sentence(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap.os, "access", lambda *_: False)
    missing(monkeypatch, "django")

    assert stopped(capsys, bootstrap.prepare, "demo") == f"文件夹不可写：{bootstrap.ROOT}。请换到有写权限的文件夹。"


def test_no_network_is_one_plain_sentence(monkeypatch, tmp_path, capsys):
    lock = tmp_path / "requirements.txt"
    lock.write_text("django==5.2.19")
    answer = SimpleNamespace(returncode=1, stderr="Failed to establish a new connection", stdout="")
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(bootstrap.subprocess, "run", lambda *_, **__: answer)

    assert stopped(capsys, bootstrap.install, "python", lock) == (
        "不能下载软件包：连不上软件包仓库，请检查网络或代理后再运行一次。"
    )


def test_half_an_environment_is_made_again(monkeypatch, tmp_path):
    calls = []
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(
        bootstrap.subprocess, "run", lambda command, **_: calls.append(command) or SimpleNamespace(returncode=0)
    )
    python = bootstrap.python_of_venv()
    python.parent.mkdir()
    python.touch()

    bootstrap.environment()
    assert calls == [[sys.executable, "-m", "venv", "--clear", str(tmp_path)]]
    record = tmp_path / "lib/python3.11/site-packages/pip-23.0.1.dist-info/RECORD"
    record.parent.mkdir(parents=True)
    record.touch()
    bootstrap.environment()
    assert len(calls) == 1


def test_the_lock_is_installed_once(monkeypatch, tmp_path):
    lock, calls = tmp_path / "requirements.txt", []
    lock.write_text("django==5.2.19")
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(
        bootstrap.subprocess, "run", lambda command, **_: calls.append(command) or SimpleNamespace(returncode=0)
    )

    for _ in range(2):
        assert bootstrap.install("python", lock) == "python"
    lock.write_text("django==5.2.20")
    bootstrap.install("python", lock)

    assert len(calls) == 2
    assert all("--require-hashes" in command and ":all:" in command for command in calls)


def test_other_commands_say_how_to_begin(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    missing(monkeypatch, "django")

    assert stopped(capsys, bootstrap.prepare, "migrate") == "还没有安装：请先运行 python3 manage.py demo。"


def test_bootstrap_needs_the_standard_library_only():
    done = subprocess.run(
        [sys.executable, "-S", "-c", "import portal.bootstrap"], cwd=bootstrap.ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_a_port_in_use_is_refused_before_anything_is_done(settings):
    settings.DEMO = True
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"端口 {port} 已被占用"):
            call_command("demo", port=port, stdout=io.StringIO())


def test_a_data_folder_that_cannot_be_made_is_refused(settings, tmp_path):
    (tmp_path / "file").touch()
    settings.DEMO, settings.DATA_DIR = True, tmp_path / "file" / "var"

    with pytest.raises(CommandError, match="文件夹不可写"):
        call_command("demo", no_serve=True, stdout=io.StringIO())
