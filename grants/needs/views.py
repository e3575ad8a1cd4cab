"""The public list of needs, and posting one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from grants.needs import commands
from grants.needs.forms import MATTERS, OWN, Filter, PostForm, StepForm, matters
from grants.needs.models import Need
from portal.access.views import FormCommandView
from portal.search.queries import search
from portal.search.rules import MAX_QUERY

KEPT = "needs.post"
MOST_KEPT = 5000
CHECK = 5
"""The step after the four questions."""


def needs(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:MAX_QUERY]
    street = request.GET.get("street", "").strip()
    found = search(Need.objects.public().of_street(street).select_related("region"), text)
    page = Paginator(found, 20).get_page(request.GET.get("page"))
    form = Filter(request.GET or None)
    return render(request, "needs/list.html", {"page_obj": page, "text": text, "street": street, "form": form})


def post(request: HttpRequest) -> HttpResponse:
    """One page; a question a page in elder mode. What was typed comes along when the mode is switched on the way."""
    if request.method == "POST" and "carry" in request.POST and request.user.is_authenticated:
        request.session[KEPT] = carried(request.session.get(KEPT, {}), request.POST)
        return redirect(request.get_full_path())
    view = Steps if "elder" in request.look else Post  # type: ignore[attr-defined]
    return view.as_view()(request)


def carried(kept: dict[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    """Return the answers kept so far with those of a half-filled page, whichever of the two it is."""
    given = {name: typed[name].strip()[:MOST_KEPT] for name in StepForm.field_order if name in typed}
    title = given.pop("title", None)
    if title is not None:
        kept = {name: value for name, value in kept.items() if name not in {"title", "own"}}
        code = next((code for code, words, _examples in MATTERS if title in (code, str(words))), "")
        given |= {"title": code} if code else {"title": OWN, "own": title} if title else {}
    return kept | given


class Post(FormCommandView):
    """kept: the answers given so far in elder mode, as typed; they wait in the session until the need is posted."""

    command = commands.post
    form_class = PostForm
    title = submit_label = _("提出需求")
    success_message = _("需求已收到，10个工作日内答复。审核前不公开。")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.kept: dict[str, str] = request.session.get(KEPT, {})

    def get_initial(self) -> dict[str, Any]:
        words = {code: title for code, title, _examples in MATTERS}
        return {**self.kept, "title": words.get(self.kept.get("title", ""), self.kept.get("own", ""))}

    def form_valid(self, form: Form) -> HttpResponse:
        answer = super().form_valid(form)
        if isinstance(answer, HttpResponseRedirect):
            self.request.session.pop(KEPT, None)
        return answer

    def get_success_url(self) -> str:
        return reverse("needs:list")

    def get_cancel_url(self) -> str:
        return self.get_success_url()


class Steps(Post):
    """The same for old eyes. Earlier answers can be changed, no question can be jumped over."""

    form_class = StepForm
    template_name = "needs/step.html"

    @cached_property
    def step(self) -> int:
        """Which question, from 1; the last is the check of all answers."""
        asked = self.request.GET.get("step", "")
        return min(int(asked) if asked in {"1", "2", "3", "4"} else CHECK, first_open(self.kept))

    def get_initial(self) -> dict[str, Any]:
        return self.kept

    def get_form_kwargs(self) -> dict[str, Any]:
        given = {**super().get_form_kwargs(), "own": self.kept.get("own", "")}
        if self.step < CHECK:
            return {**given, "only": StepForm.field_order[self.step - 1]}
        return {**given, "data": self.kept} if "data" in given else given

    def form_valid(self, form: Form) -> HttpResponse:
        if self.step == CHECK:
            return super().form_valid(form)
        kept = self.kept | {name: form.data.get(name, "").strip() for name in form.fields}
        self.request.session[KEPT] = kept
        return redirect(f"{reverse('needs:post')}?step={first_open(kept)}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asks = self.step < CHECK
        return super().get_context_data(
            step=self.step, total=CHECK, back=self.step - 1, matters=matters(self.kept.get("own", "")),
            question=StepForm.questions[self.step - 1] if asks else "",
            coming=StepForm.short[self.step] if asks else "",
            rows=[] if asks else answered(self.kept),
            **kwargs,
        )  # fmt: skip


def first_open(kept: dict[str, str]) -> int:
    """Return the first question that has no good answer yet, CHECK if all have."""
    whole = StepForm(kept, own=kept.get("own", ""))
    names = enumerate(whole.fields, 1)
    return next((n for n, name in names if name not in kept or name in whole.errors), CHECK)


def answered(kept: dict[str, str]) -> list[tuple[Any, Any, str]]:
    """Return the rows of the check: what was asked, the answer in words, where to change it."""
    whole = StepForm(kept, own=kept.get("own", ""))
    whole.is_valid()
    return [
        (StepForm.short[n - 1], whole.cleaned_data.get(name), f"?step={n}") for n, name in enumerate(whole.fields, 1)
    ]
