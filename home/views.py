"""Public screens: project library, organization directory, data, search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.contrib.sitemaps import Sitemap
from wagtail.contrib.sitemaps.views import sitemap as pages_of

from grants.funds.queries import heads_by_day
from grants.stats import queries as stats
from home import queries
from home.forms import DirectoryFilter, LibraryFilter
from orgs.registry.models import Organization
from portal.pages.models import PortalSettings
from portal.regions.models import Level, Region
from portal.search.rules import clean
from portal.spreadsheets.commands import csv_bytes

PER_PAGE = 20
INVENTED = gettext_lazy("分项为演示推算，仅合计出自原文")


def pills(request: HttpRequest, form: Any) -> list[dict[str, str]]:
    """Return the filters in force, each with the address that takes it away."""
    found = []
    for name, field in form.fields.items():
        value = request.GET.get(name, "")
        if value:
            query = request.GET.copy()
            query.pop(name), query.pop("page", None)
            words = dict(getattr(field, "choices", [])).get(value, value)
            found.append({"text": f"{words}", "url": f"?{query.urlencode()}"})
    return found


def csv_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    answer = HttpResponse(csv_bytes(head, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def wanted(request: HttpRequest) -> dict[str, str]:
    names = {"q": "text", "programme": "programme", "year": "year", "region": "region", "status": "status"}
    return {to: clean(request.GET.get(name, "")) for name, to in names.items()}


def projects(request: HttpRequest) -> HttpResponse:
    """P8 资助项目库."""
    book = stats.ledger()
    form = LibraryFilter(request.GET, book)
    rows = queries.library(**wanted(request))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form, "rows": page, "book": book, "total": queries.tally(rows), "pills": pills(request, form),
        "names": book.names,
    }  # fmt: skip
    return render(request, "home/projects.html", context)


def projects_csv(request: HttpRequest) -> HttpResponse:
    """The filtered library as open data."""
    names = dict(stats.ledger_names())
    head = [
        _("编号"),
        _("项目"),
        _("单位"),
        _("项目类型"),
        _("区划代码"),
        _("区域"),
        _("年度"),
        _("资助金额（元）"),
        _("说明"),
    ]
    rows = (
        [
            award.code, award.title, award.organization_name, names.get(award.programme, award.programme),
            award.region.code, award.region.name, award.year, f"{award.amount // 100}.{award.amount % 100:02d}",
            str(INVENTED) if award.split_is_invented else "",
        ]
        for award in queries.library(**wanted(request)).iterator(2000)
    )  # fmt: skip
    return csv_answer("projects.csv", head, rows)


def project(request: HttpRequest, key: str) -> HttpResponse:
    """P9 项目公开页."""
    found = queries.public_project(key)
    if found is None:
        raise Http404
    return render(request, "home/project.html", {"it": found})


def organizations(request: HttpRequest) -> HttpResponse:
    """P10 社会组织名录."""
    streets = list(Region.objects.filter(level=Level.STREET).order_by("code").values_list("code", "name"))
    form = DirectoryFilter(request.GET, streets)
    get = request.GET.get
    rows = queries.directory(text=clean(get("q", "")), kind=get("kind", ""), region=clean(get("region", "")))
    page = Paginator(rows, PER_PAGE).get_page(get("page"))
    return render(request, "home/organizations.html", {"form": form, "rows": page, "pills": pills(request, form)})


def organization(request: HttpRequest, key: str) -> HttpResponse:
    """P11 社会组织公开页."""
    found = get_object_or_404(Organization.objects.public().select_related("region", "custodian"), key=key)
    awards = stats.public_awards().filter(organization=found).select_related("region", "project").order_by("-year")
    by_year = queries.by_year(awards)
    context = {
        "it": found, "rows": Paginator(awards, PER_PAGE).get_page(request.GET.get("page")), "by_year": by_year,
        "most": max((tally.amount for _year, tally in by_year), default=0), "total": queries.tally(awards),
        "names": dict(stats.ledger_names()), "listings": found.listings.open(), **queries.progress(awards),
    }  # fmt: skip
    return render(request, "home/organization.html", context)


def data(request: HttpRequest) -> HttpResponse:
    """P12 数据: totals by programme, year and street."""
    chosen = queries.chosen(request.GET, PortalSettings.load(request_or_site=request).history_until)
    return render(request, "home/data.html", {"it": chosen})


def data_csv(request: HttpRequest) -> HttpResponse:
    """The table of the data page."""
    chosen = queries.chosen(request.GET, PortalSettings.load(request_or_site=request).history_until)
    head, *rows = chosen.csv_rows(str(INVENTED))
    return csv_answer("data.csv", head, rows)


def ledger(request: HttpRequest) -> HttpResponse:
    """账本校验码: the head of the sealed books, day by day, for whoever wants to hold us to it (ledger.md § 2, I13)."""
    return render(request, "home/ledger.html", {"heads": heads_by_day()})


def search(request: HttpRequest) -> HttpResponse:
    """P14 站内搜索."""
    get = request.GET.get
    found = queries.answer(get("q", ""), request, kind=get("kind", ""), page=get("page"))
    return render(request, "home/search.html", {"it": found})


class Pages(Sitemap):
    """Our pages at the address that was asked; Wagtail writes the one its site was set up with."""

    def _urls(self, page: int, protocol: str, domain: str) -> list[dict[str, Any]]:
        urls = super()._urls(page, protocol, domain)
        for one in urls:
            one["location"] = self.request.build_absolute_uri(urlsplit(one["location"]).path)
        return urls


def sitemap(request: HttpRequest) -> HttpResponse:
    return pages_of(request, {"pages": Pages})
