"""Roles, sign-in, second factor, and who administers them."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.urls import reverse

from portal import clock
from portal.access import STAFF, Role
from portal.accounts import commands
from portal.accounts.models import RoleGrant, User
from portal.accounts.rules import INCOMPATIBLE, SECOND_FACTOR, why_incompatible
from portal.trail.models import Event
from tests.makers import again, make_region, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return make_user("admin", Role.SYS_ADMIN)


@pytest.fixture(autouse=True)
def _no_tries_yet():
    cache.clear()


# Grants


def test_a_grant_puts_the_person_into_the_group_and_the_scope(admin):
    person = make_user("person")

    made = commands.grant(person, role=Role.STREET, region=make_region("330211001"), by=admin)

    person = again(person)
    assert [group.name for group in person.groups.all()] == ["STREET"]
    assert person.has_perm("wagtailadmin.access_admin")
    assert (person.has_role("STREET"), person.has_role("FINANCE")) == (True, False)
    assert Event.objects.for_instance(person).get().after == {
        "role": "STREET", "region": "330211001", "starts_on": str(made.starts_on), "ends_on": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("held", "role"),
    [
        ("BUREAU_OFFICER", "BUREAU_FINANCE"),
        ("BUREAU_OFFICER", "CASHIER"),
        ("BUREAU_FINANCE", "CASHIER"),
        ("EXPERT", "EVALUATOR"),
        ("EXPERT", "AUDITOR"),
        ("EXPERT", "OPERATOR"),
        ("PANEL_SECRETARY", "EXPERT"),
        ("EVALUATOR", "AUDITOR"),
        ("SYS_ADMIN", "SEC_ADMIN"),
        ("SEC_ADMIN", "AUD_ADMIN"),
        ("AUD_ADMIN", "SYS_ADMIN"),
        ("SYS_ADMIN", "BUREAU_OFFICER"),
    ],
)
def test_incompatible_roles_are_refused_in_both_orders(admin, held, role):
    region = make_region()
    for number, (first, second) in enumerate([(held, role), (role, held)]):
        person = make_user(f"person{number}", first)
        with pytest.raises(commands.Incompatible, match="不能授予"):
            commands.grant(person, role=second, region=region, by=admin)
        assert [one.role for one in RoleGrant.objects.filter(user=person)] == [first]


def test_compatible_roles_are_held_together():
    assert why_incompatible("BUREAU_OFFICER", ["REGISTRAR", "STREET"]) == ""
    assert why_incompatible("EXPERT", ["EXPERT_FIN"]) == ""
    assert {role for one, other, _ in INCOMPATIBLE for role in one | other} <= set(Role.values)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"region": None}, "请选择管辖区域"),
        ({"role": "KING"}, "请选择角色"),
        ({"starts_on": date(2026, 5, 2), "ends_on": date(2026, 5, 1)}, "结束日期早于开始日期"),
        ({"region": "330212"}, "不在您的管辖范围"),
    ],
)
def test_an_unsound_grant_is_refused(admin, values, sentence):
    if values.get("region"):
        values = {**values, "region": make_region(values["region"])}
    with pytest.raises(commands.GrantRefused, match=sentence):
        commands.grant(make_user("person"), **{"role": "STREET", "region": make_region(), "by": admin, **values})


def test_nobody_grants_or_ends_the_own_role(admin):
    with pytest.raises(commands.GrantRefused, match="不能给自己"):
        commands.grant(admin, role="STREET", region=make_region(), by=admin)
    with pytest.raises(commands.GrantRefused, match="不能结束自己"):
        commands.end_grant(RoleGrant.objects.get(user=admin), by=admin)


def test_the_night_ends_what_has_expired_and_begins_what_starts(admin):
    person, region, today = make_user("person"), make_region(), clock.today()
    commands.grant(person, role="STREET", region=region, by=admin, ends_on=today)
    commands.grant(person, role="COMMUNITY", region=region, by=admin, starts_on=today + timedelta(days=1))
    assert [group.name for group in again(person).groups.all()] == ["STREET"]

    with clock.at(clock.now() + timedelta(days=1)):
        assert again(person).has_role("STREET") is False
        assert commands.end_expired() == 1
        assert [group.name for group in again(person).groups.all()] == ["COMMUNITY"]
    assert commands.grant(person, role="STREET", region=region, by=admin).ended_at is None


def test_every_role_has_its_group_and_staff_enter_the_admin():
    entering = Group.objects.filter(permissions__codename="access_admin", name__in=Role.values)

    assert set(Group.objects.filter(name__in=Role.values).values_list("name", flat=True)) == set(Role.values)
    assert set(entering.values_list("name", flat=True)) == set(STAFF)


# Screens of the administrator


def test_the_administrator_opens_an_account_and_grants_a_role(client, admin):
    client.force_login(admin)
    form = {"username": "new.one", "name": "演示新人", "email": "new@example.org", "phone": "+86 19900001111"}

    made = client.post(reverse("accounts_create"), form)
    person = User.objects.get(username="new.one")
    empty = client.post(reverse("staff_users:grant", args=[person.pk]), {"role": "STREET"})
    granted = client.post(
        reverse("staff_users:grant", args=[person.pk]), {"role": "STREET", "region": make_region().pk}
    )

    assert (made.status_code, person.phone, person.has_usable_password()) == (302, "19900001111", False)
    assert (empty.status_code, "不限区域的角色不能授予" in empty.content.decode()) == (422, True)
    assert (granted.status_code, again(person).has_role("STREET")) == (302, True)
    page = client.get(reverse("staff_users:inspect", args=[person.pk])).content.decode()
    assert "街道（镇）公共服务办" in page


def test_an_administrator_of_another_district_meets_nobody_of_ours(client, admin):
    ours = make_user("ours", Role.STREET)
    client.force_login(make_user("theirs", Role.SYS_ADMIN, region="330212"))

    assert "ours" not in client.get(reverse("staff_users:index")).content.decode()
    assert client.get(reverse("staff_users:inspect", args=[ours.pk])).status_code == 404
    assert client.post(reverse("staff_users:grant", args=[ours.pk]), {"role": "EXPERT"}).status_code == 404
    assert (
        client.post(reverse("staff_grants:end", args=[ours.role_grants.get().pk]), {"reason": "x"}).status_code == 404
    )


def test_a_stopped_account_is_out_at_once(client, admin):
    person = make_user("person", Role.STREET)
    client.force_login(person)
    assert client.get(reverse("wagtailadmin_home")).status_code == 200

    commands.stop(person, by=admin, reason="离职")

    assert client.get(reverse("wagtailadmin_home")).status_code == 302
    assert again(person).has_role("STREET") is False


# Sign-in


def sign_in(client, username, password, **headers):
    return client.post(reverse("account_login"), {"login": username, "password": password}, **headers)


def test_five_failures_lock_for_a_quarter_of_an_hour_and_say_how_many_are_left(client):
    make_user("person")
    for left in (4, 3, 2, 1):
        page = sign_in(client, "person", "wrong").content.decode()
        assert f"账号或密码不对。还可以再试 {left} 次，之后锁定 15 分钟。" in page
    assert "已锁定 15 分钟" in sign_in(client, "person", "wrong").content.decode()
    locked = sign_in(client, "person", "correct-horse-9")
    assert (locked.status_code, "已锁定 15 分钟" in locked.content.decode()) == (200, True)
    assert sign_in(client, "other", "wrong").status_code == 200


def test_the_lock_is_of_the_account_whichever_of_its_names_is_typed(client):
    person = make_user("person")
    for typed in ("person", "PERSON", person.email, person.email, "person"):
        sign_in(client, typed, "wrong")

    for typed in ("person", person.email):
        assert "已锁定 15 分钟" in sign_in(client, typed, "correct-horse-9").content.decode()


def test_the_right_password_is_refused_during_the_lock_and_taken_after_it(client):
    make_user("person")
    start = clock.now()
    with time_machine.travel(start, tick=False):
        for _ in range(5):
            sign_in(client, "person", "wrong")
    with time_machine.travel(start + timedelta(minutes=14, seconds=59), tick=False):
        assert "已锁定 15 分钟" in sign_in(client, "person", "correct-horse-9").content.decode()
    with time_machine.travel(start + timedelta(minutes=15, seconds=1), tick=False):
        assert sign_in(client, "person", "correct-horse-9").status_code == 302


def test_an_office_behind_one_address_signs_in(client):
    make_user("person")
    assert {sign_in(client, "person", "correct-horse-9").status_code for _ in range(40)} == {302}


def test_too_many_requests_are_told_in_our_words_with_a_time_to_wait(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "1/m/ip"}
    sign_in(client, "person", "wrong")
    answer = sign_in(client, "person", "wrong")
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert "请等 60 秒再试。" in answer.content.decode()


def sign_up(client, **values):
    given = {"email": "new@example.org", "name": "新人", "password1": "Bridge-2026-x", "password2": "Bridge-2026-x"}
    return client.post(reverse("account_signup"), given | values)


def test_a_poor_password_is_refused_in_chinese(client):
    page = sign_up(client, password1="12345", password2="12345").content.decode()
    assert "密码太短，至少要 10 个字符。" in page
    assert "密码不能全是数字，请加上字母或符号。" in page
    assert "This password" not in page


def test_sign_up_does_not_tell_that_an_address_is_registered(client, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    known = make_user("known")
    answers = [sign_up(client, email=one) for one in (known.email, "other@example.org")]
    assert [(one.status_code, one["Location"]) for one in answers] == [
        (302, reverse("account_email_verification_sent"))
    ] * 2
    assert 'name="username"' not in client.get(reverse("account_signup")).content.decode()


def test_known_and_unknown_accounts_get_the_same_answer(client):
    make_user("known")
    pages = [sign_in(client, name, "wrong").content.decode() for name in ("known", "unknown")]
    texts = [
        page[page.index("<h1>") : page.index("</form>")].replace(name, "")
        for page, name in zip(pages, ("known", "unknown"), strict=True)
    ]

    assert without_tokens(texts[0]) == without_tokens(texts[1])


def without_tokens(text):
    return re.sub(r'value="[^"]*"', "", text.replace("un", ""))


def test_a_forged_header_does_not_open_another_bucket(client):
    make_user("person")
    for number in range(5):
        sign_in(client, "person", "wrong", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}")
    assert "已锁定" in sign_in(client, "person", "correct-horse-9", HTTP_X_FORWARDED_FOR="10.0.9.9").content.decode()


def test_signing_in_works_by_name_and_by_address_and_changes_the_session(client):
    make_user("person")
    client.get(reverse("account_login"))
    before = client.session.session_key

    assert sign_in(client, "person@example.org", "correct-horse-9").url == "/desk/"
    assert client.session.session_key != before


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/cms/login/", "/accounts/login/"),
        ("/_util/login/?next=/x/", "/accounts/login/?next=/x/"),
        ("/cms/login/?next=/cms/", "/accounts/login/?next=/cms/"),
        ("/cms/password_reset/", "/accounts/password/reset/"),
        ("/cms/password_reset/confirm/MQ/x/", "/accounts/password/reset/"),
        ("/cms/", "/cms/login/?next=/cms/"),
    ],
)
def test_the_admins_own_doors_lead_to_the_one_sign_in(client, path, target):
    assert client.get(path).url == target


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password"])
def test_pages_of_sign_in_look_like_the_portal_and_speak_chinese(client, name):
    page = client.get(reverse(name)).content.decode()

    assert 'href="/static/portal/base.css"' in page
    assert "Sign" not in page[page.index("<main") : page.index("</main>")]


@pytest.mark.parametrize(
    "name",
    [
        "mfa_index",
        "mfa_activate_totp",
        "mfa_list_webauthn",
        "account_change_password",
        "account_email",
        "usersessions_list",
    ],
)
def test_pages_of_the_own_account_open(client, name):
    client.force_login(make_user("person"))
    page = client.get(reverse(name), follow=True)

    assert (page.status_code, "账号" in page.content.decode()) == (200, True)


# Second factor


@pytest.mark.parametrize("role", sorted(SECOND_FACTOR))
def test_who_pays_publishes_or_administers_needs_a_second_factor_outside_the_demo(client, settings, role):
    settings.REQUIRE_SECOND_FACTOR = True
    person = make_user("person", role)
    client.force_login(person)

    assert client.get("/cms/").url == reverse("mfa_index")
    assert client.get("/desk/").url == reverse("mfa_index")
    assert client.get(reverse("mfa_index")).status_code == 200
    TOTP.activate(person, generate_totp_secret())
    assert client.get("/cms/").status_code == 200


def test_others_and_the_demo_are_only_offered_one(client, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    client.force_login(make_user("street", Role.STREET))
    assert client.get("/cms/").status_code == 200
    settings.REQUIRE_SECOND_FACTOR = False
    client.force_login(make_user("officer", Role.BUREAU_OFFICER))
    assert client.get("/cms/").status_code == 200


def test_with_a_second_factor_the_password_alone_does_not_sign_in(client):
    person = make_user("person", Role.BUREAU_OFFICER)
    TOTP.activate(person, generate_totp_secret())

    assert sign_in(client, "person", "correct-horse-9").url.startswith(reverse("mfa_authenticate"))
    assert client.get("/cms/").status_code == 302


def test_a_sensitive_move_asks_for_the_password_again(client, settings, admin):
    settings.REAUTHENTICATE = True
    person = make_user("person", Role.STREET)
    client.force_login(admin)
    sheet = reverse("staff_users:stop", args=[person.pk])

    asked = client.get(sheet)
    assert asked.url.startswith(reverse("account_reauthenticate"))
    client.post(asked.url, {"password": "correct-horse-9", "next": sheet})
    assert client.get(sheet).status_code == 200


def test_the_second_factor_asks_and_answers_in_words_of_the_house(client):
    client.force_login(make_user("careful"))

    def shown(name, answers=None):
        page = client.get(reverse(name))
        if page.status_code == 302 and "reauthenticate" in page.url:
            client.post(page.url, {"password": "correct-horse-9"})
        return (client.post(reverse(name), answers) if answers else client.get(reverse(name))).context["form"]

    assert str(shown("mfa_add_webauthn").fields["name"].label) == "密钥名称"
    app = shown("mfa_activate_totp", {"code": "000000"})
    assert str(app.fields["code"].label) == "应用里显示的 6 位数字"
    assert app.errors["code"][0].startswith("验证码不对。请输入应用里现在显示的数字")
