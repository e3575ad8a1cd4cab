import pytest
from django.db import connection

from portal import checks


def ids(messages):
    return [one.id for one in messages]


def test_the_built_in_secret_is_refused_outside_demo_and_tests(settings):
    settings.TESTING = False
    assert ids(checks.no_default_secret(None)) == ["portal.E001"]
    settings.DEMO = True
    assert checks.no_default_secret(None) == []
    settings.DEMO, settings.SECRET_KEY = False, "another" * 8
    assert checks.no_default_secret(None) == []


def test_debug_is_refused_with_real_hosts(settings):
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = ["localhost"]
    assert checks.no_debug_on_real_hosts(None) == []
    settings.ALLOWED_HOSTS = ["localhost", "portal.example.org"]
    assert ids(checks.no_debug_on_real_hosts(None)) == ["portal.E002"]


@pytest.mark.parametrize(
    ("location", "found"),
    [
        ("redis://127.0.0.1:6379/0", []),
        ("redis://:secret@cache.example.org/0", []),
        ("redis://cache.example.org/0", ["portal.E003"]),
    ],
)
def test_a_redis_of_another_machine_needs_a_password(settings, location, found):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": location}}
    assert ids(checks.no_open_redis(None)) == found


@pytest.mark.django_db
def test_the_database_of_the_suite_is_a_safe_one():
    assert checks.safe_database(None, databases=["default"]) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own settings")
def test_a_database_that_can_lose_a_commit_is_refused():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL")
    try:
        assert ids(checks.safe_database(None, databases=["default"])) == ["portal.E011"]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=FULL")
