"""The public list of needs, and posting one."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from grants.needs import commands
from grants.needs.forms import Filter, PostForm
from grants.needs.models import Need
from portal.access.views import FormCommandView
from portal.search.queries import search
from portal.search.rules import MAX_QUERY


def needs(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:MAX_QUERY]
    street = request.GET.get("street", "").strip()
    found = search(Need.objects.public().of_street(street).select_related("region"), text)
    page = Paginator(found, 20).get_page(request.GET.get("page"))
    form = Filter(request.GET or None)
    return render(request, "needs/list.html", {"page_obj": page, "text": text, "street": street, "form": form})


class Post(FormCommandView):
    command = commands.post
    form_class = PostForm
    title = submit_label = _("提出需求")
    success_message = _("需求已收到，10个工作日内答复。审核前不公开。")

    def get_success_url(self) -> str:
        return reverse("needs:list")

    def get_cancel_url(self) -> str:
        return self.get_success_url()
