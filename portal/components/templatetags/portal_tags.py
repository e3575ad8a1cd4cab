"""Words and figures in templates: money, dates, states, icons, marks of the visitor's chosen look."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.conf import settings
from django.http import QueryDict
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal import clock, money
from portal.components import rules
from portal.components.rules import WEEKDAYS, Bar, MenuItem, bars, tone_of
from portal.periods import working_days_between

register = template.Library()
WHOLE = re.compile(
    r"[\u4e00-\u9fff]{0,6}〔\d{4}〕\d+号"
    r"|\d{4}年\d+月\d+日(?: \d\d:\d\d(?::\d\d)?)?|\d+月\d+日|\d{4}年|\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?"
    r"|\d[\d,.]* ?(?:元|万元|%|个工作日|天|个月|项次|项|人次|次|份|件|分|MB)"
)


@register.filter
def yuan(fen: int | None) -> str:
    """1234567 → "12,345.67". Empty for None."""
    if fen is None or fen == "":
        return ""
    return money.yuan(int(fen))


@register.filter
def whole_numbers(text: str) -> SafeString:
    """Keep each 文号 (镇民〔2026〕6号), date, and number with its unit in a Chinese text on one line."""
    if in_english():
        return escape(text or "")
    return mark_safe(WHOLE.sub(r'<span class="nw">\g<0></span>', escape(text or "")))


@register.simple_block_tag
def dots(content: str) -> SafeString:
    """Facts written with " · " between them: each in one piece, and no line begins or ends with a dot."""
    first, *rest = rules.facts_of(content)
    others = "".join(f" <span><i>· </i>{fact}</span>" for fact in rest)
    return mark_safe(f'<span class="dots"><span>{first}</span>{others}</span>')


@register.filter
def whole_yuan(fen: int | None) -> str:
    """431780000 → "4,317,800"; cents are shown when there are any."""
    text = yuan(fen)
    return text.removesuffix(".00")


@register.filter
def thousands(number: Any) -> Any:
    """3831 and "3831" → "3,831"; what is no whole number stays as it is."""
    return f"{int(number):,}" if isinstance(number, int | str) and str(number).isdecimal() else number


@register.filter
def wan(fen: int | None) -> str:
    """112180000 → "112.18" (万元, half up in the hundredth). For headings and charts only."""
    return "" if fen is None else money.wan(int(fen))


def as_date(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.astimezone(clock.ZONE).date() if value.tzinfo else value.date()
    return value if isinstance(value, date) else None


def in_english() -> bool:
    return get_language() == "en"


@register.filter
def cn_date(value: Any) -> str:
    """2027-06-21 → "2027年6月21日"; in English "21 June 2027"."""
    day = as_date(value)
    if day is None:
        return ""
    return date_format(day, "j F Y") if in_english() else f"{day.year}年{day.month}月{day.day}日"


@register.filter
def cn_day(value: Any) -> str:
    """2027-06-21 → "6月21日", in English "21 June"; with the year when it is not this year."""
    day = as_date(value)
    if day is None or day.year != clock.today().year:
        return cn_date(day)
    return date_format(day, "j F") if in_english() else f"{day.month}月{day.day}日"


@register.filter
def cn_time(value: Any) -> str:
    """A moment → "2027年6月21日 15:06"; midnight that ends a day → "6月20日 24:00" of the day before."""
    if not isinstance(value, datetime):
        return cn_date(value)
    local = value.astimezone(clock.ZONE) if value.tzinfo else value
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return f"{cn_date(local - timedelta(days=1))} 24:00"
    return f"{cn_date(local)} {local:%H:%M}"


@register.filter
def cn_moment(value: Any) -> str:
    """With seconds, for receipts and logs: "2027年6月21日 15:06:32"."""
    if not isinstance(value, datetime):
        return cn_date(value)
    local = value.astimezone(clock.ZONE) if value.tzinfo else value
    return f"{cn_date(local)} {local:%H:%M:%S}"


@register.filter
def stamp(value: Any) -> str:
    """For tables: "2027-06-21", a moment "2027-06-21 15:06"."""
    return rules.stamp(value, clock.ZONE) if isinstance(value, date) else ""


@register.filter
def weekday(value: Any) -> str:
    """2027-06-21 → "一", in English "Mon"."""
    day = as_date(value)
    if day is None:
        return ""
    return date_format(day, "D") if in_english() else WEEKDAYS[day.weekday()]


@register.filter
def days_left(value: Any) -> int | None:
    """Calendar days from today to `value`; negative when it is past."""
    day = as_date(value)
    return (day - clock.today()).days if day else None


@register.simple_tag(takes_context=True)
def working_days_left(context: dict, value: Any) -> int | None:
    """Working days from tomorrow to `value`, both by the holiday calendar; negative when overdue.

    A view that shows many dates passes `overrides` (workdays.queries.overrides()) in its context;
    without it the published calendar alone counts.
    """
    day = as_date(value)
    if day is None:
        return None
    return working_days_between(clock.today(), day, context.get("overrides") or {})


@register.filter
def grouped(text: str) -> str:
    """Code numbers in groups of four: "5233 0211 MJ0D EM01 6A"."""
    return " ".join(text[at : at + 4] for at in range(0, len(text or ""), 4))


@register.filter
def masked_phone(text: str) -> str:
    """13812345678 → "138****5678"."""
    return f"{text[:3]}****{text[-4:]}" if text and len(text) >= 8 else ""


@register.filter
def size(count: int | None) -> str:
    """Bytes → "1.2 MB"."""
    if count is None:
        return ""
    return f"{count / 1048576:.1f} MB" if count >= 1048576 else f"{max(1, round(count / 1024))} KB"


@register.filter
def percent(part: int | None, whole: int | None) -> str:
    """One decimal, halves up: "31.5%"; "—" without a whole."""
    return f"{(2000 * (part or 0) + whole) // (2 * whole) / 10:.1f}%" if whole else "—"


@register.filter
def per(part: int | None, whole: int | None) -> str:
    """Width of a bar as an SVG length, capped at 100 %."""
    return f"{min(100, 100 * (part or 0) / whole):.2f}%" if whole else "0%"


@register.filter
def ticks(total: int | None) -> list[str]:
    """Where the pieces of a bar of `total` equal ones meet, as SVG lengths."""
    return [f"{100 * at / total:.2f}%" for at in range(1, total)] if total else []


@register.filter
def duration(minutes: int) -> str:
    """40 → "40 分钟"; from an hour on in half hours: 124 → "2 小时", 80 → "1.5 小时"."""
    if minutes < 60:
        return _("%(n)s 分钟") % {"n": minutes}
    return _("%(n)s 小时") % {"n": f"{round(minutes / 30) / 2:g}"}


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """mapping|item:key, empty when missing."""
    return (mapping or {}).get(key, "")


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """An icon of the sprite; it decorates, words stand beside it."""
    href = f"{static('portal/icons.svg')}#{name}"
    return format_html('<svg width="{}" height="{}" aria-hidden="true"><use href="{}"/></svg>', size, size, href)


@register.inclusion_tag("components/tag.html")
def state_tag(subject: Any, field: str = "status") -> dict[str, str]:
    """The state of an object as a word in its tone; `subject.status_tone` decides where it exists."""
    code = str(getattr(subject, field, "") or "")
    display = getattr(subject, f"get_{field}_display", None)
    app = getattr(getattr(subject, "_meta", None), "app_label", "")
    tone = getattr(subject, f"{field}_tone", "") or tone_of(code, app)
    return {"text": str(display() if display else code), "tone": tone}


@register.inclusion_tag("components/admin_state.html")
def admin_state(subject: Any, field: str = "status") -> dict[str, str]:
    """`state_tag` in the admin."""
    return state_tag(subject, field)


@register.simple_tag
def tone(code: str) -> str:
    return tone_of(str(code))


@register.simple_tag
def stacked(parts: Iterable[int], whole: int) -> list[Bar]:
    """Where the pieces of a stacked bar begin and how wide they are, in percent of `whole`."""
    return bars(list(parts), whole)


@register.simple_tag
def demo_day() -> date | None:
    """The demo's today; None on a real site."""
    return clock.today() if settings.DEMO else None


@register.simple_tag(takes_context=True)
def look(context: dict) -> str:
    """The visitor's chosen look: "", "elder", "contrast" or both, for <html data-mode>."""
    request = context.get("request")
    return " ".join(getattr(request, "look", ())) if request else ""


@register.simple_tag(takes_context=True)
def switched(context: dict, name: str) -> str:
    """Query string of this page with `name` (elder, contrast) switched over."""
    request = context.get("request")
    if request is None:
        return f"?{name}=1"
    query = request.GET.copy()
    query[name] = "0" if name in getattr(request, "look", ()) else "1"
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def other_languages(context: dict) -> list[dict[str, str]]:
    """The languages this page is not in, each with its own name and this page's query string asking for it."""
    request = context.get("request")
    here = get_language() or settings.LANGUAGE_CODE
    found = []
    for code, name in settings.LANGUAGES:
        query = request.GET.copy() if request else QueryDict(mutable=True)
        query["lang"] = code
        if code != here:
            found.append({"code": code, "name": name, "url": f"?{query.urlencode()}"})
    return found


@register.simple_tag(takes_context=True)
def with_query(context: dict, **changes: Any) -> str:
    """This page's query string with `changes`; an empty value takes the parameter away."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in ("", None):
            query[name] = str(value)
    return f"?{query.urlencode()}"


def link_of(url: str, *args: Any) -> str:
    if url.startswith("/"):
        return url
    try:
        return reverse(url, args=args)
    except NoReverseMatch:
        return ""


@register.simple_tag
def link(url: str, *args: Any) -> str:
    """reverse() that is empty for a route that does not exist, so that no dead link is drawn."""
    return link_of(url, *args)


@register.simple_tag(takes_context=True)
def menu(context: dict, items: tuple[MenuItem, ...]) -> list[dict[str, Any]]:
    """The items whose route exists and whose roles the person has, each with `is_here`: the closest one alone."""
    request = context.get("request")
    user = getattr(request, "user", None)
    path = getattr(request, "path", "")
    if user is not None and user.is_authenticated and any(entry.members for entry in items):
        user.is_member = user.memberships.filter(ended_at__isnull=True).exists()
    shown = []
    for entry in items:
        href = link_of(entry.url)
        if href and entry.is_for(user):
            begins = [one for one in (href, *entry.covers) if (path == one if one == "/" else path.startswith(one))]
            shown.append({"label": _(entry.label), "url": href, "depth": max(map(len, begins), default=0)})
    deepest = max((one["depth"] for one in shown), default=0)
    return [{**one, "is_here": one["depth"] == deepest > 0} for one in shown]
