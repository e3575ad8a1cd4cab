"""A real site begins with one command: its pages and the first administrator."""

import io

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.core.management.base import CommandError

from home.models import HomePage
from portal.accounts.models import User
from portal.regions.models import Region

CHOICES = {
    "title": "镇海区公益创投平台",
    "hostname": "portal.example.org",
    "region": "330211",
    "name": "王系统",
    "email": "wang@example.org",
}


def begin(**changes: str) -> str:
    said = io.StringIO()
    call_command("begin", **{**CHOICES, **changes}, stdout=said)
    return said.getvalue()


@pytest.fixture
def regions(db):
    call_command("load_regions", verbosity=0, stdout=io.StringIO())


def test_a_site_begins_with_its_pages_and_one_administrator_without_a_password(client, regions):
    said = begin()

    user = User.objects.get()
    page = client.get("/")
    assert "找回密码" in said
    assert (user.username, user.name, user.has_usable_password()) == ("wang", "王系统", False)
    assert [(one.role, one.region.code) for one in user.grants_now] == [("SYS_ADMIN", "330211")]
    assert authenticate(username="wang", password="") is None
    assert (page.status_code, HomePage.objects.get().title) == (200, "镇海区公益创投平台")
    assert [client.get(path).status_code for path in ("/calls/", "/news/", "/guide/")] == [200, 200, 200]


def test_a_site_begins_once(regions):
    begin()

    with pytest.raises(CommandError, match="已经有系统管理员"):
        begin(email="li@example.org")
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_an_unknown_region_leaves_nothing_behind():
    assert not Region.objects.filter(code="330299").exists()

    with pytest.raises(CommandError, match="区划表里没有 330299"):
        begin(region="330299")
    assert (User.objects.count(), HomePage.objects.count()) == (0, 0)
