"""`manage.py begin`: plant a new site's pages and open the account of its first administrator."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from home.commands import build_site
from portal.access import Role
from portal.accounts import commands as accounts
from portal.accounts.models import RoleGrant
from portal.lifecycle import Refused
from portal.regions.models import Region


class Command(BaseCommand):
    help = "Begin a real site: first page, notices, channels, and the first system administrator. Run it once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--title", required=True, help="name of the site, as on its first page")
        parser.add_argument("--hostname", required=True, help="host name of the site")
        parser.add_argument("--region", required=True, help="code of the bureau's own region, e.g. 330211")
        parser.add_argument("--name", required=True, help="name of the first system administrator")
        parser.add_argument("--email", required=True, help="address to which the password link can be sent")

    @transaction.atomic
    def handle(
        self, *args: object, title: str, hostname: str, region: str, name: str, email: str, **_: object
    ) -> None:
        if RoleGrant.objects.filter(role=Role.SYS_ADMIN).exists():
            raise CommandError("已经有系统管理员，不再开立第一个。账号由系统管理员在管理端开立。")
        place = Region.objects.filter(code=region).first()
        if place is None:
            raise CommandError(f"区划表里没有 {region}。请先运行 manage.py load_regions 导入区划。")
        build_site(title, hostname)
        try:
            user = accounts.create_user(username=email.partition("@")[0], name=name, email=email, by=None)
            accounts.grant(user, role=Role.SYS_ADMIN, region=place, by=None)
        except Refused as refusal:
            raise CommandError(refusal.for_user()) from refusal
        self.stdout.write(f"已开立系统管理员 {user.username}。请打开登录页点“找回密码”，按邮件设置密码。")
