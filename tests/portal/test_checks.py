import pytest
from django.db import connection

from portal import checks, environment
from portal.environment import cache, database, private_storage


def ids(messages):
    return [one.id for one in messages]


def test_the_built_in_secret_is_refused_outside_demo_and_tests(settings):
    settings.TESTING = False
    assert ids(checks.no_default_secret(None)) == ["portal.E001"]
    settings.DEMO = True
    assert checks.no_default_secret(None) == []
    settings.DEMO, settings.SECRET_KEY = False, "another" * 8
    assert checks.no_default_secret(None) == []


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        (["a:Y2h1YW5neWktZGVtby1vbmx5LWZpZWxkLWtleS0wMDE="], ["portal.E004"]),
        (["k:abc"], ["portal.E005"]),
        ([], ["portal.E005"]),
        (["k:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="], []),
    ],
)
def test_field_keys_are_own_and_usable(settings, keys, found):
    settings.TESTING, settings.FIELD_INDEX_KEY, settings.FIELD_KEYS = False, "another" * 8, keys
    assert ids(checks.no_default_field_keys(None) + checks.usable_field_keys(None)) == found


@pytest.mark.parametrize(("folder", "found"), [("private", []), ("media/x", ["portal.E006"]), ("", ["portal.E006"])])
def test_private_files_are_never_in_a_served_folder(settings, tmp_path, folder, found):
    settings.MEDIA_ROOT, settings.STATIC_ROOT = tmp_path / "media", tmp_path / "static"
    settings.STORAGES = {**settings.STORAGES, "private": private_storage(f"file://{tmp_path / folder}")}
    assert ids(checks.private_files_are_not_served(None)) == found


def test_a_cache_of_one_process_is_refused_on_a_real_site(settings):
    assert checks.shared_cache(None) == []
    settings.TESTING = False
    assert ids(checks.shared_cache(None)) == ["portal.E007"]
    settings.CACHES = {"default": cache("db://portal_cache")}
    assert checks.shared_cache(None) == []


def test_a_mail_backend_that_is_not_there_is_refused(settings):
    assert checks.usable_mail_backend(None) == []
    settings.EMAIL_BACKEND = "django.core.mail.backends.smpt.EmailBackend"
    assert ids(checks.usable_mail_backend(None)) == ["portal.E008"]


def test_options_of_the_database_are_passed_on():
    found = database("postgresql://u:p%40ss@db.example.org:5433/portal?sslmode=verify-full&sslrootcert=%2Fca.pem")
    assert (found["HOST"], found["PORT"], found["PASSWORD"]) == ("db.example.org", "5433", "p@ss")
    assert found["OPTIONS"] == {"sslmode": "verify-full", "sslrootcert": "/ca.pem"}
    assert database("postgresql:///portal?host=/run/pg")["HOST"] == "/run/pg"


@pytest.mark.parametrize(
    ("module", "name", "read", "url"),
    [
        ("psycopg", "DATABASE_URL", database, "postgresql://u@h/x"),
        ("redis", "CACHE_URL", cache, "redis://h/0"),
        ("storages", "STORAGE_URL", private_storage, "s3://bucket"),
    ],
)
def test_a_choice_whose_package_is_missing_says_how_to_get_it(monkeypatch, module, name, read, url):
    monkeypatch.setattr(environment, "find_spec", lambda asked: None if asked == module else object())
    with pytest.raises(SystemExit, match=f"环境变量 {name} 选择的服务需要另装软件包：.*requirements-prod.txt"):
        read(url)


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
