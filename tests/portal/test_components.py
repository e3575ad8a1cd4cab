"""The look of the portal: tokens, templates, components, form templates."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory

from portal import clock
from portal.components.rules import bars, tone_of
from portal.components.templatetags.menu_tags import SITE, WORK
from portal.components.templatetags.portal_tags import menu
from tests.makers import make_organization, make_user

TEMPLATES = settings.BASE_DIR / "templates"
STYLES = sorted((settings.BASE_DIR / "static" / "portal").glob("*.css"))
# Typst and mail templates are not shown by a browser.
PAGES = [path for path in TEMPLATES.rglob("*.html") if "documents" not in path.parts[:-1]]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def tokens() -> dict[str, str]:
    text = (settings.BASE_DIR / "static/portal/base.css").read_text()
    pairs = re.findall(r"--([a-z0-9-]+): (#[0-9A-Fa-f]{6})", text.split("@layer base {")[0])
    return {**dict(pairs), "paper": "#FFFFFF"}


@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        ("ink", "paper", 7), ("ink", "page", 7), ("ink-2", "paper", 7), ("ink-2", "page", 7), ("ink-3", "paper", 4.5),
        ("ink-3", "page", 4.5), ("control", "paper", 3), ("control", "page", 3), ("brand-700", "paper", 7),
        ("brand-700", "brand-100", 7), ("brand-600", "paper", 4.5), ("paper", "brand-900", 7), ("paper", "brand-700", 7),
        ("danger-700", "danger-100", 4.5), ("success-700", "success-100", 4.5), ("warning-800", "warning-100", 4.5),
        ("review-700", "review-100", 4.5), ("incubate-700", "incubate-100", 4.5), ("neutral-700", "neutral-100", 4.5),
        ("ink", "seq-1", 4.5), ("ink", "seq-2", 4.5), ("ink", "seq-3", 4.5), ("ink", "seq-4", 4.5),
        ("paper", "seq-5", 4.5), ("cat-1", "paper", 3), ("cat-2", "paper", 3), ("cat-3", "paper", 3),
        ("cat-4", "paper", 3), ("cat-5", "paper", 3), ("focus", "brand-900", 7), ("ink-2", "neutral-100", 4.5),
    ],
)  # fmt: skip
def test_tokens_have_the_contrast_that_their_use_needs(ink, ground, least):
    values = tokens()

    assert contrast(values[ink], values[ground]) >= least


def sheets_of(path: Path) -> set[str]:
    """Return the sheets that a page loads: its own, and those of the bases it extends."""
    text = path.read_text()
    found = set(re.findall(r"portal/([a-z]+\.css)", text))
    base = re.search(r'{% extends "([^"]+)"', text)
    if base and (TEMPLATES / base[1]).exists() and TEMPLATES / base[1] != path:
        above = sheets_of(TEMPLATES / base[1])
        return found | (above - {"pages.css"} if "{% block sheets %}" in text else above)
    return found


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_page_loads_more_than_40_kb_of_styles(path: Path):
    sizes = {sheet.name: sheet.stat().st_size for sheet in STYLES}

    assert sum(sizes[name] for name in sheets_of(path)) <= 40 * 1024


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_templates_have_no_inline_script_or_style(path: Path):
    text = path.read_text()

    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=\s*[\"']|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("path", sorted((TEMPLATES / "components").glob("*.html")), ids=lambda path: path.name)
def test_components_name_their_arguments_first_and_render_without_any(path: Path):
    first = path.read_text().split("\n")[0]

    assert first.startswith(f"{{# components/{path.name}  ")
    get_template(f"components/{path.name}")


class Sample(forms.Form):
    title = forms.CharField(label="项目名称", help_text="不超过 30 字", max_length=30)
    note = forms.CharField(label="备注", required=False, widget=forms.Textarea(attrs={"data-limit": 200}))
    kind = forms.ChoiceField(label="类别", choices=[("a", "为老"), ("b", "助残")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="我已阅读并承诺")


def render(source: str, **context: object) -> str:
    return Template("{% load portal_tags %}" + source).render(Context(context))


def test_form_shows_label_hint_and_error_bound_to_the_input():
    form = Sample({"title": "", "kind": "a", "agreed": "on"})

    html = render("{{ form }}", form=form)

    assert '<label for="id_title">项目名称</label>' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'aria-invalid="true"' in html
    assert '备注<span class="opt">（选填）</span>' in html
    assert "<legend>类别</legend>" in html


def test_error_summary_repeats_each_message_and_links_to_its_field():
    form = Sample({"title": "", "kind": "a", "agreed": "on"})

    html = render_to_string("components/error_summary.html", {"form": form})

    assert f'<a href="#id_title">{form.errors["title"][0]}</a>' in html
    assert 'tabindex="-1"' in html


@pytest.mark.parametrize(
    ("source", "value", "shown"),
    [
        ("{{ v|yuan }}", 9_640_000, "96,400.00"), ("{{ v|yuan }}", 1, "0.01"), ("{{ v|yuan }}", -50, "-0.50"),
        ("{{ v|yuan }}", 1_234_567_890, "12,345,678.90"), ("{{ v|yuan }}", None, ""),
        ("{{ v|whole_yuan }}", 431_780_000, "4,317,800"), ("{{ v|wan }}", 112_180_000, "112.18"),
        ("{{ v|whole_numbers }}", "研究（镇民〔2026〕6号）<b>", '研究（<span class="nw">镇民〔2026〕6号</span>）&lt;b&gt;'),
        ("{{ v|whole_numbers }}", "改 1,374.00 元，截止 2026-12-11 17:00",
         '改 <span class="nw">1,374.00 元</span>，截止 <span class="nw">2026-12-11 17:00</span>'),
        ("{{ v|whole_numbers }}", "镇海区2026年公益创投", '镇海区<span class="nw">2026年</span>公益创投'),
        ("{{ v|cn_date }}", date(2027, 6, 21), "2027年6月21日"),
        ("{{ v|cn_time }}", datetime(2027, 6, 21, 7, 6, tzinfo=UTC), "2027年6月21日 15:06"),
        ("{{ v|cn_time }}", datetime(2027, 6, 24, 16, 0, tzinfo=UTC), "2027年6月24日 24:00"),
        ("{{ v|grouped }}", "52330211MJ0DEM016A", "5233 0211 MJ0D EM01 6A"),
        ("{{ v|masked_phone }}", "13812345678", "138****5678"), ("{{ v|duration }}", 40, "40 分钟"),
        ("{{ v|thousands }}", 3831, "3,831"), ("{{ v|thousands }}", "1440", "1,440"), ("{{ v|thousands }}", "每周", "每周"),
        ("{{ v|duration }}", 80, "1.5 小时"), ("{{ v|duration }}", 124, "2 小时"), ("{{ v|ticks|join:' ' }}", 4, "25.00% 50.00% 75.00%"), ("{{ v|size }}", 1_258_291, "1.2 MB"),
    ],
)  # fmt: skip
def test_figures_and_dates_are_written_as_the_office_writes_them(source, value, shown):
    assert render(source, v=value) == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("公益创投", '<span class="dots"><span>公益创投</span></span>'),
        ("{{ v }} · 2 项", '<span class="dots"><span>甲&amp;乙</span> <span><i>· </i>2 项</span></span>'),
        ("<b>甲 · 乙</b> · 丙", '<span class="dots"><span><b>甲 · 乙</b></span> <span><i>· </i>丙</span></span>'),
    ],
)
def test_facts_between_dots_stay_whole_and_a_dot_inside_an_element_parts_nothing(source, shown):
    assert render("{% dots %}" + source + "{% enddots %}", v="甲&乙") == shown


def test_working_days_left_skip_the_weekend_and_count_back_when_overdue():
    with clock.at(datetime(2026, 11, 20, 4, 0, tzinfo=UTC)):  # a Friday
        assert render("{% working_days_left d %}", d=date(2026, 11, 24)) == "2"
        assert render("{% working_days_left d %}", d=date(2026, 11, 18)) == "-2"
        assert "还剩 2 个工作日" in " ".join(
            render('{% include "components/due.html" with on=d working=True %}', d=date(2026, 11, 24)).split()
        )


def test_what_was_due_on_friday_is_overdue_on_saturday():
    with clock.at(datetime(2026, 11, 21, 4, 0, tzinfo=UTC)):
        words = render('{% include "components/due.html" with on=d working=True %}', d=date(2026, 11, 20))

    assert "已逾期" in words and "今天到期" not in words


def test_state_is_a_word_in_a_tone():
    application = SimpleNamespace(status="RETURNED", get_status_display=lambda: "待补正")

    assert render("{% state_tag a %}", a=application).strip() == '<span class="tag tag-warning">待补正</span>'
    assert tone_of("never heard of") == "neutral"


def test_pieces_of_a_bar_lie_end_to_end():
    assert [(bar.start, bar.width) for bar in bars([1, 3], 4)] == [("0.00%", "25.00%"), ("25.00%", "75.00%")]


@pytest.mark.django_db
class TestBase:
    def page(self, **request_values: object) -> str:
        request = RequestFactory().get("/somewhere/", request_values)
        request.user = SimpleNamespace(is_authenticated=False)
        request.look = ()
        return render_to_string("base.html", {"request": request}, request=request)

    def test_it_has_the_furniture_of_every_page(self, settings):
        settings.DEMO = True

        html = self.page()

        for needed in (
            'lang="zh-CN"',
            'class="skip"',
            "演示数据",
            "长者",
            "当前位置：",
            "我为政府网站找错",
            "党政机关网站标识",
            "主办单位：",
        ):
            assert needed in html

    def test_the_menu_has_at_most_six_items(self):
        assert len(SITE) <= 6


@pytest.mark.django_db
def test_elder_mode_is_in_the_address_and_remembered(client):
    client.get("/nowhere/?elder=1&contrast=1")
    assert client.cookies["look"].value == "elder-contrast"

    client.get("/nowhere/?elder=0")
    assert client.cookies["look"].value == "contrast"


@pytest.mark.django_db
def test_the_admin_tells_a_person_without_staff_role_so_instead_of_going_in_circles(client):
    client.force_login(make_user("resident"))

    answer = client.get("/cms/", follow=True)

    assert answer.status_code == 403
    assert "管理端由民政局" in answer.content.decode()


@pytest.mark.django_db
def test_people_of_an_organization_get_its_menu_lines():
    user = make_user("admin1")
    make_organization(admin=user)
    request = RequestFactory().get("/desk/")
    request.user, request.look = user, ()

    html = render_to_string("components/work_nav.html", {"request": request}, request=request)

    assert "我的申报" in html
    assert "评审任务" not in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "lit"),
    [
        ("/desk/", "工作台"),
        ("/desk/projects/x/", "我的项目"),
        ("/monitoring/projects/x/", "我的项目"),
        ("/search/", ""),
    ],
)
def test_one_line_of_the_menu_at_most_is_lit_and_it_is_the_closest(path, lit):
    user = make_user("admin1")
    make_organization(admin=user)
    request = RequestFactory().get(path)
    request.user = user

    shown = menu({"request": request}, WORK)

    assert [one["label"] for one in shown if one["is_here"]] == ([lit] if lit else [])
