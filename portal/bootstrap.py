"""From a bare Python to a running portal: `manage.py demo` and `manage.py test`.

Standard library only: this runs before anything is installed. Inside an environment that has
Django already it installs nothing. The system's own Python is never touched.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCKS = {"demo": "requirements.txt", "test": "requirements-dev.txt"}
NEEDED = {"test": ("django", "pytest_django", "hypothesis")}
FLAGS = {"demo": "PORTAL_DEMO", "test": "PORTAL_TESTING", "bench": "PORTAL_DEMO"}


class Stop(SystemExit):
    """One plain sentence and exit status 1."""

    def __init__(self, sentence: str):
        print(sentence, file=sys.stderr)
        super().__init__(1)


def prepare(command: str) -> None:
    """Make sure that `command` runs where its packages are; return there, or re-run inside `.venv`.

    Only `demo` and `test` install; any other command needs the environment they have made.
    """
    if sys.version_info < (3, 11):  # noqa: UP036  this runs on whatever Python there is
        raise Stop(f"需要 Python 3.11 或更新的版本，现在是 {sys.version.split()[0]}。")
    if command in FLAGS:
        os.environ.setdefault(FLAGS[command], "1")
    if all(map(importlib.util.find_spec, NEEDED.get(command, ("django",)))):
        return
    if Path(sys.prefix).resolve() == VENV.resolve():
        raise Stop("环境不完整：请再运行一次 python3 manage.py demo；还是不行，请先删除 .venv 文件夹。")
    if command in LOCKS:
        rerun(install(environment(), ROOT / LOCKS[command]))
    if not python_of_venv().exists():
        raise Stop("还没有安装：请先运行 python3 manage.py demo。")
    rerun(python_of_venv())


def python_of_venv() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def has_pip() -> bool:
    """Say whether `.venv` was made to its end: pip comes last, and its RECORD last of all."""
    return any(VENV.glob("[Ll]ib*/**/site-packages/pip-*.dist-info/RECORD"))


def environment() -> Path:
    """Return the Python of `.venv`, making it where missing or half made."""
    python = python_of_venv()
    if python.exists() and has_pip():
        return python
    if not importlib.util.find_spec("venv") or not importlib.util.find_spec("ensurepip"):
        raise Stop("缺少 venv 模块：Debian、Ubuntu 请先运行 apt install python3-venv。")
    if not os.access(ROOT, os.W_OK):
        raise Stop(f"文件夹不可写：{ROOT}。请换到有写权限的文件夹。")
    started = time.monotonic()
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True)
    if made.returncode:
        raise Stop(f"不能建立 .venv：{(made.stderr or made.stdout).strip().splitlines()[-1]}")
    say("environment", started)
    return python


def install(python: Path, lock: Path) -> Path:
    """Install the locked, hashed wheels, again only when the lock has changed; return `python`."""
    stamp = VENV / f".{lock.name}.sha256"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    started = time.monotonic()
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run(
        [*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(lock)], capture_output=True, text=True
    )
    if done.returncode:
        raise Stop(why_not_installed(done.stderr or done.stdout))
    stamp.write_text(wanted)
    say("packages", started)
    return python


def why_not_installed(output: str) -> str:
    text = output.lower()
    if any(word in text for word in ("connection", "resolve", "network", "timed out", "proxy", "unreachable")):
        return "不能下载软件包：连不上软件包仓库，请检查网络或代理后再运行一次。"
    last = (output.strip().splitlines() or ["没有说明原因"])[-1]
    return f"软件包没有装好：{last}"


def rerun(python: Path) -> None:
    arguments = [str(python), str(ROOT / "manage.py"), *sys.argv[1:]]
    if os.name == "nt":
        sys.exit(subprocess.call(arguments))
    sys.stdout.flush()
    os.execv(arguments[0], arguments)


def say(step: str, started: float) -> None:
    print(f"{step:<24}{time.monotonic() - started:6.1f} s", flush=True)
