"""`manage.py demo`: database, static files, demo data, worker and server, until Ctrl-C."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, OperationalError, ProgrammingError, connections

from portal import demo
from portal.accounts.models import User
from portal.demo import calendar

HANGUP = getattr(signal, "SIGHUP", signal.SIGTERM)  # the terminal was closed; Windows has no such signal
START_SECONDS = 180
"""How long the server may take on a busy machine; a child that ends is told at once."""
PR_SET_PDEATHSIG = 1
MADE = ("anchors", "heads", "mail", "media", "private", "static")
"""Folders of DATA_DIR that a running portal fills."""


def follow_parent() -> None:
    """Run in a child: have Linux end it when the demo itself is killed and can no longer do so."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def empty(connection: Any) -> None:
    """Leave a database without a table, as a new one is."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    connection.close()
    if connection.vendor == "sqlite":
        for end in ("", "-wal", "-shm"):
            Path(f"{connection.settings_dict['NAME']}{end}").unlink(missing_ok=True)


class Command(BaseCommand):
    help = "Set up the portal with demo data and serve it."
    requires_system_checks: list = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-serve", action="store_true", help="prepare only")
        parser.add_argument("--reset", action="store_true", help="throw the demo's data away and start afresh")

    def handle(self, *args: object, port: int, no_serve: bool, reset: bool, **options: object) -> None:
        if not settings.DEMO:
            raise CommandError("demo 只在演示模式下运行（PORTAL_DEMO=1）。")
        if not no_serve:
            self.require_free(port)
        self.require_folder()
        self.require_database(reset)
        try:
            self.prepare(reset)
        except KeyboardInterrupt:
            raise CommandError("已停止。再运行一次 demo 就会装完。") from None
        if no_serve:
            self.log_ins()
            return
        self.serve(port)

    def prepare(self, reset: bool) -> None:
        """Bring database, static files and data to where the server can start. Half a load is thrown away."""
        if (reset and demo.is_ours()) or demo.is_half_loaded():
            self.step("reset", self.reset)
        self.step("database", self.migrate)
        self.step("static files", lambda: call_command("collectstatic", verbosity=0, interactive=False))
        self.step("demo data", lambda: demo.load(self.say))
        connections.close_all()

    def step(self, name: str, act: Callable[[], object]) -> None:
        started = time.monotonic()
        act()
        self.stdout.write(f"{name:<24}{time.monotonic() - started:6.1f} s")
        self.stdout.flush()

    def say(self, line: str) -> None:
        self.stdout.write(f"  {line}")
        self.stdout.flush()

    def require_free(self, port: int) -> None:
        if not 0 < port < 65536:
            raise CommandError(f"端口 {port} 不存在，请用 --port 给出 1 至 65535 之间的端口。")
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except PermissionError:
                raise CommandError(f"没有使用端口 {port} 的权限，请用 --port 换一个 1024 以上的端口。") from None
            except OSError:
                raise CommandError(f"端口 {port} 已被占用，请用 --port 换一个端口。") from None

    def require_folder(self) -> None:
        try:
            settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
            probe = settings.DATA_DIR / ".writable"
            probe.touch()
            probe.unlink()
        except OSError:
            raise CommandError(f"文件夹不可写：{settings.DATA_DIR}。请换到有写权限的文件夹。") from None

    def require_database(self, reset: bool) -> None:
        """Refuse a database that cannot be reached, one with other people's data, and another than was loaded."""
        connection = connections["default"]
        try:
            connection.ensure_connection()
        except DatabaseError as error:
            reason = str(error).strip().splitlines()[0]
            raise CommandError(f"连不上数据库，请检查环境变量 DATABASE_URL：{reason}") from None
        has_people = "accounts_user" in connection.introspection.table_names() and User.objects.exists()
        if has_people and not (demo.is_ours() and demo.has_demo_people()):
            raise CommandError("这个数据库里已有别的数据，不能装入演示数据。请换一个空的数据库（DATABASE_URL）。")
        if demo.stamp().exists() and not has_people and not reset:
            raise CommandError(
                f"{settings.DATA_DIR} 里的演示数据已经装好，这个数据库却是空的。请用回原来的 DATABASE_URL，"
                "或者用 DATA_DIR 另选一个文件夹；要在这个数据库里重新装入，请加 --reset。"
            )

    def reset(self) -> None:
        """Throw away what a demo makes, and nothing else that may lie in the folder."""
        demo.begun().touch()
        demo.stamp().unlink(missing_ok=True)
        empty(connections["default"])
        for folder in MADE:
            shutil.rmtree(settings.DATA_DIR / folder, ignore_errors=True)
        calendar.kept().unlink(missing_ok=True)
        demo.begun().unlink()

    def migrate(self) -> None:
        try:
            call_command("migrate", verbosity=0, interactive=False)
            call_command("createcachetable", verbosity=0)
        except (OperationalError, ProgrammingError) as error:  # no right to make tables, a full disk
            reason = str(error).strip().splitlines()[0]
            raise CommandError(f"数据库建不了表，请检查 DATABASE_URL 的权限和磁盘空间：{reason}") from None

    def serve(self, port: int) -> None:
        """Run server and worker as children; end both when either ends, or on SIGINT or SIGTERM."""
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        site = {**os.environ, "SITE_URL": f"http://127.0.0.1:{port}"}
        server = [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
            "--workers", "2", "--blocking-threads", "4", "--workers-kill-timeout", "5", "--no-ws",
            "--log-level", "warning", "portal.wsgi:application",
        ]  # fmt: skip
        children: list[subprocess.Popen] = []

        def stop(*_: object) -> None:
            raise KeyboardInterrupt

        for one in (signal.SIGTERM, HANGUP):
            signal.signal(one, stop)
        try:
            for command in (server, [*manage, "run_scheduled", "--loop"]):
                children.append(
                    subprocess.Popen(
                        command, cwd=settings.BASE_DIR, env=site, start_new_session=True,
                        preexec_fn=follow_parent if sys.platform == "linux" else None,
                    )
                )  # fmt: skip
            self.wait_until_up(port, children)
            self.stdout.write(f"ready: http://127.0.0.1:{port}/")
            self.log_ins()
            while all(child.poll() is None for child in children):
                time.sleep(0.5)
            raise CommandError("服务意外停止，请看上面的信息。")
        except KeyboardInterrupt:
            self.stdout.write("stopped")
        finally:
            self.end(children)

    @staticmethod
    def wait_until_up(port: int, children: list[subprocess.Popen]) -> None:
        for _ in range(START_SECONDS * 4):
            if any(child.poll() is not None for child in children):
                raise CommandError("服务没有启动，请看上面的信息。")
            try:
                urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
                return
            except (URLError, OSError):
                time.sleep(0.25)
        raise CommandError(f"服务在 {START_SECONDS} 秒内没有启动。")

    @staticmethod
    def end(children: list[subprocess.Popen]) -> None:
        """Ask each child to stop, then end whatever of its process group is left. Nothing interrupts this."""
        for one in (signal.SIGINT, signal.SIGTERM, HANGUP):
            signal.signal(one, signal.SIG_IGN)
        for child in children:
            child.terminate()
        for child in children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(timeout=10)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)

    def log_ins(self) -> None:
        self.stdout.write(f"演示账号，密码都是 {demo.PASSWORD}")
        for username, name, roles in demo.log_ins():
            self.stdout.write(f"  {username:<20}{name}（{roles}）")
        self.stdout.flush()
