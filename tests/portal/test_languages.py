"""Which language a visitor reads: Chinese unless they chose, by address or cookie; the browser is not asked."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.template import Context, Template
from django.utils import translation

from portal import clock

pytestmark = pytest.mark.django_db
NOWHERE = "/nowhere/"


def head(answer) -> tuple[str, str]:
    """Return the language the page and the answer say they are in."""
    return answer.content.decode().split('<html lang="')[1].split('"')[0], answer["Content-Language"]


def test_an_english_browser_gets_chinese(client):
    answer = client.get(NOWHERE, headers={"Accept-Language": "en-GB,en;q=0.9"})

    assert head(answer) == ("zh-CN", "zh-hans")
    assert "没有找到这个页面" in answer.content.decode()
    assert "django_language" not in client.cookies


def test_the_address_chooses_and_a_cookie_remembers(client):
    chosen = client.get(NOWHERE, {"lang": "en"})
    later = client.get(NOWHERE)
    back = client.get(NOWHERE, {"lang": "zh-hans"})

    assert head(chosen) == head(later) == ("en", "en")
    assert "This page was not found" in later.content.decode()
    assert head(back) == head(client.get(NOWHERE)) == ("zh-CN", "zh-hans")


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client):
    cookie = client.get(NOWHERE, {"lang": "en"}).cookies["django_language"]

    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("en", True, "Lax")


@pytest.mark.parametrize("asked", ["fr", "EN", "../en", "//evil.example", ""])
def test_an_unknown_language_changes_nothing(client, asked):
    client.cookies["django_language"] = "en"

    answer = client.get(NOWHERE, {"lang": asked})

    assert head(answer) == ("en", "en")
    assert "django_language" not in answer.cookies


def test_a_broken_cookie_means_chinese(client):
    client.cookies["django_language"] = "../../en"

    assert head(client.get(NOWHERE)) == ("zh-CN", "zh-hans")


def test_caches_keep_the_languages_apart(client):
    assert "Cookie" in client.get(NOWHERE)["Vary"]


def test_the_switch_is_a_plain_link_that_keeps_the_question(client):
    page = client.get("/search/", {"q": "养老", "lang": "en"}).content.decode()
    link = page.split('hreflang="zh-hans"')[0].rsplit("<a ", 1)[1]

    assert 'href="?q=%E5%85%BB%E8%80%81&amp;lang=zh-hans"' in link
    assert ">简体中文</a>" in page


def test_the_next_visitor_is_not_told_in_the_language_of_the_last(client):
    client.get(NOWHERE, {"lang": "en"})

    assert translation.get_language() == "zh-hans"


@pytest.mark.parametrize(
    ("rule", "value", "chinese", "english"),
    [
        ("cn_date", date(2026, 6, 21), "2026年6月21日", "21 June 2026"),
        ("cn_day", date(2026, 6, 21), "6月21日", "21 June"),
        ("cn_day", date(2027, 6, 1), "2027年6月1日", "1 June 2027"),
        ("cn_time", datetime(2026, 6, 21, 15, 6), "2026年6月21日 15:06", "21 June 2026 15:06"),
        ("cn_time", datetime(2026, 6, 21), "2026年6月20日 24:00", "20 June 2026 24:00"),
        ("cn_moment", datetime(2026, 6, 21, 15, 6, 32), "2026年6月21日 15:06:32", "21 June 2026 15:06:32"),
        ("weekday", date(2026, 6, 21), "日", "Sun"),
        ("yuan", 123_456_789, "1,234,567.89", "1,234,567.89"),
        ("whole_yuan", 431_780_000, "4,317,800", "4,317,800"),
    ],
)
def test_dates_are_written_the_reader_s_way_and_money_the_same(rule, value, chinese, english):
    template = Template("{% load portal_tags %}{{ value|" + rule + " }}")
    written = []
    with clock.at(datetime(2026, 3, 1, tzinfo=clock.ZONE)):
        for code in ("zh-hans", "en"):
            with translation.override(code):
                written.append(template.render(Context({"value": value})))

    assert written == [chinese, english]


@pytest.mark.parametrize(("count", "words"), [(1, "1 working day left"), (3, "3 working days left")])
def test_english_counts_in_singular_and_plural(count, words):
    with translation.override("en"):
        assert translation.ngettext("还剩 %d 个工作日", "还剩 %d 个工作日", count) % count == words
