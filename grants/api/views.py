"""The public interface: open data without a log-in. The same rows as the screens show."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Query
from ninja.errors import ValidationError

from grants.api.schemas import AwardFilter, AwardPage, Paging, Refusal
from grants.awards.models import Award
from grants.stats.queries import public_awards
from portal.money import plain_yuan

api = NinjaAPI(
    title=_("创益开放接口"),
    version="1",
    description=_("公开数据，无需登录。金额以分为准；`split_is_invented` 为真的分项是演示推算，仅合计出自原文。"),
    docs_url=None,
    urls_namespace="api",
)

WORDS = {
    "greater_than_equal": _("不能小于 {ge}。"),
    "less_than_equal": _("不能大于 {le}。"),
    "int_parsing": _("应为整数。"),
    "years_crossed": _("不能早于 year_from。"),
}
SHAPES = {
    "region": _("应为 2、4、6、9、12 或 15 位数字的行政区划代码。"),
    "programme": _("应为项目类型编码，例如 VENTURE。"),
}
PARAMETERS = {"awards": (*AwardFilter.model_fields, *Paging.model_fields)}
"""What each door may be asked with, by the name of its address; the others take nothing."""
LONGEST = 40
OTHER = _("不符合要求，请对照接口说明。")


@api.exception_handler(ValidationError)
def refuse(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Name each parameter and say what it may be."""
    detail = []
    for one in error.errors:
        field = "year_to" if one["type"] == "years_crossed" else str(one["loc"][-1])
        words = WORDS.get(one["type"]) or SHAPES.get(field, OTHER)
        detail.append({"field": field, "message": field + str(words).format(**one.get("ctx", {}))})
    return api.create_response(request, {"detail": detail}, status=422)


@api.get(
    "/awards",
    response={200: AwardPage, 400: Refusal, 422: Refusal},
    summary=_("公开的立项"),
    description=_("按年度和编号排列；`count` 是分页之前的总数。没有列出的参数不会被忽略，答复 400。"),
    url_name="awards",
)
def awards(request: HttpRequest, narrow: Query[AwardFilter], paging: Query[Paging]) -> dict[str, Any]:
    found = narrow.narrow(public_awards()).order_by("year", "code")
    page = found.select_related("region")[paging.offset : paging.offset + paging.limit]
    return {"items": [item(award) for award in page], "count": found.count()}


def item(award: Award) -> dict[str, Any]:
    return {
        "code": award.code,
        "programme": award.programme,
        "organization": award.organization_name,
        "title": award.title,
        "region": {"code": award.region.code, "name": award.region.name},
        "year": award.year,
        "amount_fen": award.amount,
        "amount_yuan": plain_yuan(award.amount),
        "split_is_invented": award.split_is_invented,
    }


def surplus(request: HttpRequest, allowed: tuple[str, ...]) -> JsonResponse | None:
    """Refuse parameters that are not there: a mistyped one would otherwise answer with everything."""
    wrong = [name for name in request.GET if name not in allowed]
    if not wrong:
        return None
    known = _("可用的参数：%(names)s。") % {"names": "、".join(allowed)} if allowed else _("这个接口没有参数。")
    detail = []
    for name in wrong:
        short = name[:LONGEST]
        detail.append({"field": short, "message": _("没有参数 %(name)s。") % {"name": short} + str(known)})
    return JsonResponse({"detail": detail}, status=400)


def in_json(view: Callable[..., HttpResponse], allowed: tuple[str, ...] = ()) -> Callable[..., HttpResponse]:
    """A client reads JSON, also of a method that is not there; ninja answers that one in plain English.

    HEAD is GET without a body, which ninja does not know; the server leaves the body out.
    allowed: names of the parameters; any other is refused.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method in ("GET", "HEAD") and (refused := surplus(request, allowed)):
            return refused
        asked = request.method
        request.method = "GET" if asked == "HEAD" else asked
        response = view(request, *args, **kwargs)
        request.method = asked
        if response.status_code != 405:
            return response
        text = _("只能读取（%(methods)s），不能用 %(method)s。") % {
            "methods": response["Allow"],
            "method": request.method,
        }
        detail = [{"field": "method", "message": text}]
        return JsonResponse({"detail": detail}, status=405, headers={"Allow": response["Allow"]})

    return answer


@in_json
def index(request: HttpRequest) -> JsonResponse:
    """What there is, as full addresses."""
    doors = {"awards": reverse("api:awards"), "openapi": reverse("api:openapi-json")}
    return JsonResponse(
        {"title": api.title, "version": api.version}
        | {name: request.build_absolute_uri(path) for name, path in doors.items()}
    )


@csrf_exempt
def unknown(request: HttpRequest) -> JsonResponse:
    """A client reads JSON, also of a mistyped address."""
    text = _("没有这个接口。全部接口见 %(url)s。") % {"url": reverse("api-index")}
    return JsonResponse({"detail": [{"field": "path", "message": text}]}, status=404)
