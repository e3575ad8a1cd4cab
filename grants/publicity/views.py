"""Public screens: the lists (P6), one list (P7), objecting, and the state of an objection."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from grants.publicity import commands, forms, queries
from grants.publicity.models import Objection, Publicity
from portal import money
from portal.lifecycle import NotYet, Refused
from portal.spreadsheets.commands import csv_bytes
from portal.workdays.queries import overrides


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """P6: running first, then ended."""
    state = request.GET.get("state", "running")
    rows = queries.listed(state == "ended")
    page = Paginator(rows, 20).get_page(request.GET.get("page"))
    known = overrides()
    for one in page if state != "ended" else ():
        one.days_left = queries.days_left(one.ends_on, known)
    return render(request, "publicity/list.html", {"page_of_lists": page, "state": state})


def public_or_404(key: str) -> Publicity:
    return get_object_or_404(Publicity.objects.public().select_related("region", "replaces"), key=key)


@require_GET
def page(request: HttpRequest, key: str) -> HttpResponse:
    """P7: stays at this address for ever."""
    listing = queries.listing(public_or_404(key))
    return render(request, "publicity/page.html", {"listing": listing, "publicity": listing.publicity})


@require_GET
def table(request: HttpRequest, key: str) -> HttpResponse:
    """The list as csv."""
    listing = queries.listing(public_or_404(key))
    columns = [_("序号"), _("类别"), _("项目"), _("单位"), _("统一社会信用代码"), _("服务区域"), _("资助金额（元）")]
    rows = [
        [
            row.position,
            row.get_kind_display(),
            row.title,
            row.organization,
            row.uscc,
            row.region,
            money.plain_yuan(row.amount),
        ]
        for row in [*listing.proposed, *listing.reserve]
    ]
    response = HttpResponse(csv_bytes(columns, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{listing.publicity.round_code or "publicity"}.csv"'
    return response


def client(request: HttpRequest) -> str:
    return f"publicity-objection:{request.META.get('REMOTE_ADDR', '')}"


def require_room(request: HttpRequest) -> None:
    """Raise TooMany when one address has had as many objections taken in an hour as OBJECTIONS_PER_HOUR allows."""
    if cache.get(client(request), 0) >= settings.OBJECTIONS_PER_HOUR:
        raise commands.TooMany(
            _("这个网络地址一小时内已提交 %(most)s 件，请稍后再试，或拨打监督电话。")
            % {"most": settings.OBJECTIONS_PER_HOUR}
        )


def count_one(request: HttpRequest) -> None:
    """Count an objection that was taken; a visitor's own mistakes are not counted."""
    key = client(request)
    cache.add(key, 0, 3600)
    cache.incr(key)


@never_cache
@require_http_methods(["GET", "POST"])
def object_to(request: HttpRequest, key: str) -> HttpResponse:
    """我要提出异议: no account needed; after the end it is taken as a tip-off."""
    publicity = public_or_404(key)
    preset = publicity.rows.filter(subject_code=request.GET.get("row", "")).first()
    form = forms.ObjectionForm(
        request.POST or None, request.FILES or None, publicity=publicity, initial={"row": preset}
    )
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["website"]:
            raise Http404
        try:
            require_room(request)
            objection = commands.object_to(publicity, **form.answers())
        except NotYet as refusal:
            for reason in refusal.reasons:
                form.add_error(reason.code if reason.code in form.fields else None, str(reason))
        except Refused as refusal:
            form.add_error(None, refusal.for_user())
        else:
            count_one(request)
            return redirect("publicity:objection", objection.token)
    context = {"form": form, "publicity": publicity, "is_running": queries.is_running(publicity)}
    return render(request, "publicity/object.html", context, status=422 if form.errors else 200)


@never_cache
@require_GET
def objection(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt, and later the state and the answer. Whoever holds the address may read it; it names nobody."""
    found = get_object_or_404(Objection.objects.select_related("publicity", "row"), token=token)
    context: dict[str, Any] = {"objection": found, "publicity": found.publicity, "evidence": found.evidence.all()}
    return render(request, "publicity/objection.html", context)
