from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.urls import reverse

from portal import clock
from portal.access import Role
from portal.lifecycle import MoveNotAllowed
from portal.notices import commands, queries
from portal.notices.commands import channels
from portal.notices.models import Letter, Notice
from portal.notices.rules import MAX_ATTEMPTS, one_line, wait_after
from portal.pages.models import PortalSettings
from portal.trail.models import Event
from tests.makers import again, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return make_user("reader", Role.ORG_ADMIN)


def queued(*people, subject="申报已收到", url="/apply/x/"):
    return commands.queue("applications.submitted", people, subject, "正文", url=url)[0]


class Broken:
    """A mail server that takes the connection and dies."""

    def __init__(self, times=99):
        self.times = times

    def address(self, user):
        return user.email

    def send(self, letter):
        if self.times:
            self.times -= 1
            raise ConnectionResetError("gone\r\nBcc: all")
        channels.Email().send(letter)


def test_queueing_writes_an_entry_and_a_letter_for_each_active_person_once(person):
    gone = make_user("gone", is_active=False)

    commands.queue("x.y", [person, person, gone], "标题", "正文", about=person)

    notice = Notice.objects.get()
    assert (notice.recipient, notice.about_label, notice.about_id) == (person, "accounts.user", str(person.pk))
    assert Letter.objects.get().address == person.email
    assert mail.outbox == []


def test_what_is_rolled_back_is_never_sent(person):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queued(person)
        raise ZeroDivisionError

    assert (commands.send_due(), mail.outbox) == (0, [])


def test_a_letter_is_sent_once_with_its_fixed_id(person):
    queued(person)
    letter = Letter.objects.get()

    assert commands.send_due() == 1
    assert commands.send_due() == 0
    assert [one.extra_headers["Message-ID"] for one in mail.outbox] == [letter.message_id]
    assert again(letter).status == "SENT"
    assert "/apply/x/" in mail.outbox[0].body


def test_a_doubtful_send_is_repeated_as_the_same_mail(person, monkeypatch):
    """The worker died after sending and before noting it: the lease runs out, the same mail goes again."""
    queued(person)
    now = clock.now()
    with monkeypatch.context() as patch:
        patch.setattr(commands.letters.LIFECYCLE, "target", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            commands.send_due()
    assert commands.send_due() == 0

    with clock.at(now + timedelta(minutes=6)):
        assert commands.send_due() == 1
    assert len({one.extra_headers["Message-ID"] for one in mail.outbox}) == 1


def test_failures_wait_longer_and_longer_and_then_stand_on_the_list(person, monkeypatch):
    monkeypatch.setitem(channels.CHANNELS, "email", Broken())
    queued(person)
    moment = clock.now()
    for _try in range(MAX_ATTEMPTS):
        with clock.at(moment):
            assert commands.send_due() == 0
            assert commands.send_due() == 0
        moment += timedelta(hours=3)

    letter = Letter.objects.get()
    assert (letter.status, letter.attempts) == ("DEAD", MAX_ATTEMPTS)
    assert letter.last_error == "ConnectionResetError: gone Bcc: all"
    with clock.at(moment):
        assert commands.send_due() == 0


def test_the_administrator_sends_a_failed_one_again(person, monkeypatch):
    queued(person)
    Letter.objects.update(status="DEAD", attempts=8)
    admin = make_user("admin", Role.SYS_ADMIN)

    commands.resend(Letter.objects.get(), by=admin)

    assert commands.send_due() == 1
    assert Event.objects.get().action == "notices.resend"
    with pytest.raises(MoveNotAllowed):
        commands.resend(Letter.objects.get(), by=admin)


def test_one_dead_address_does_not_hold_up_the_others(person, monkeypatch):
    monkeypatch.setitem(channels.CHANNELS, "email", Broken(times=1))
    queued(person, make_user("second"))

    assert commands.send_due() == 1
    assert sorted(Letter.objects.values_list("status", flat=True)) == ["QUEUED", "SENT"]


@pytest.mark.parametrize(
    "subject", ["一\r\nBcc: a@b.c", "一\nBcc: a@b.c", "一\u2028Bcc: a@b.c", "一\x00\x0bBcc: a@b.c"]
)
def test_nothing_gets_into_the_headers(person, subject):
    queued(person, subject=subject)
    commands.send_due()

    sent = mail.outbox[0].message()
    assert sent["Bcc"] is None
    assert mail.outbox[0].subject == "一 Bcc: a@b.c"


def test_the_wait_doubles_and_ends():
    assert [wait_after(n) for n in range(1, 9)] == [60, 120, 240, 480, 960, 1920, 3840, None]
    assert one_line("字" * 300, 200) == "字" * 200


class Answer:
    def __init__(self, errcode=0):
        self.errcode = errcode

    def raise_for_status(self):
        pass

    def json(self):
        return {"errcode": self.errcode}


@pytest.mark.parametrize("name", ["sms", "wecom", "dingtalk"])
def test_the_other_channels_tell_the_subject_and_no_body(person, monkeypatch, settings, name):
    settings.NOTICE_CHANNELS = ["email", name]
    settings.SMS_URL = settings.WECOM_WEBHOOK = settings.DINGTALK_WEBHOOK = "https://robot.example/send?x=1"
    settings.DINGTALK_SECRET = "secret"
    told = []
    monkeypatch.setattr(channels.requests, "post", lambda url, **kw: told.append((url, kw["json"])) or Answer())
    person.phone = "13900000001"
    person.save()
    queued(person)

    assert commands.send_due() == 2
    assert "申报已收到" in str(told) and "13900000001" in str(told) and "正文" not in str(told)


def test_a_robot_that_answers_no_is_a_failure(person, monkeypatch, settings):
    settings.NOTICE_CHANNELS = ["wecom"]
    monkeypatch.setattr(channels.requests, "post", lambda url, **kw: Answer(93000))
    person.phone = "13900000001"
    person.save()
    queued(person)

    assert commands.send_due() == 0
    assert Letter.objects.get().last_error == "NotTaken: errcode 93000"


def test_the_inbox_is_ones_own_and_looking_changes_nothing(client, person):
    other = make_user("other")
    mine, theirs = queued(person), queued(other, subject="别人的")
    client.force_login(person)

    page = client.get(reverse("notices:inbox")).content.decode()
    assert "申报已收到" in page and "别人的" not in page
    assert client.get(reverse("notices:detail", args=[mine.key])).status_code == 200
    assert queries.unread(person) == 1
    for name in ("detail", "open"):
        assert client.post(reverse(f"notices:{name}", args=[theirs.key])).status_code in {404, 405}
    assert client.get(reverse("notices:detail", args=[theirs.key])).status_code == 404

    answer = client.post(reverse("notices:open", args=[mine.key]), {"to": "subject"})
    assert answer["Location"] == "/apply/x/"
    assert (queries.unread(person), queries.unread(other)) == (0, 1)


def test_an_entry_never_leads_off_the_site(client, person):
    notice = queued(person, url="//evil.example/")
    client.force_login(person)

    answer = client.post(reverse("notices:open", args=[notice.key]), {"to": "subject"})
    assert answer["Location"] == reverse("notices:detail", args=[notice.key])


def test_all_are_marked_read_at_once(client, person):
    queued(person), queued(person)
    client.force_login(person)

    assert client.post(reverse("notices:read_all")).status_code == 302
    assert queries.unread(person) == 0


def test_the_inbox_asks_the_same_number_of_questions_for_1_and_30(client, person, django_assert_max_num_queries):
    client.force_login(person)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for more in (1, 29):
        for _n in range(more):
            queued(person)
        client.get(reverse("notices:inbox"))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("notices:inbox"))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_outbox_is_for_the_administrator(client, person):
    queued(person)
    Letter.objects.update(status="DEAD")
    client.force_login(make_user("admin", Role.SYS_ADMIN))

    assert person.email in client.get(reverse("staff_letters:index")).content.decode()
    assert client.get(reverse("staff_letters:inspect", args=[Letter.objects.get().pk])).status_code == 200
    answer = client.post(reverse("staff_letters:resend", args=[Letter.objects.get().pk]))
    assert answer.status_code == 302
    assert Letter.objects.get().status == "QUEUED"

    PortalSettings.objects.update_or_create(defaults={"phone": "0574-80000012"})
    client.force_login(make_user("officer", Role.BUREAU_OFFICER))
    denied = client.get(reverse("staff_letters:index"))
    assert denied.status_code == 403
    assert '如需权限，请联系管理员 <a class="nw" href="tel:057480000012">' in denied.content.decode()
