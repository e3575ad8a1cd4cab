"""All routes of the site."""

from django.conf import settings
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access
from wagtail.documents import urls as wagtaildocs_urls

from grants.calls.staff import Answer, AskForAnswer, PreviewWaiting
from portal.accounts.staff import OwnAccountView
from portal.accounts.views import admin_door

handler500 = "portal.access.views.broken"
handler429 = "portal.access.views.too_many"  # asked for by allauth
ANSWER = "<int:page_id>/<slug:action_name>/<int:task_state_id>/"

urlpatterns = [
    *([path("demo/", include("portal.demo.urls"))] if settings.DEMO else []),
    # Wagtail's own log-in and password pages would be a way round two-factor sign-in.
    path("cms/login/", admin_door),
    path("cms/password_reset/", RedirectView.as_view(pattern_name="account_reset_password")),
    path("cms/password_reset/<path:rest>", RedirectView.as_view(url="/accounts/password/reset/")),
    path("_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    # Wagtail's report of page types names the page that was edited last, in whatever region.
    re_path(r"cms/reports/page-types-usage/.*", RedirectView.as_view(pattern_name="wagtailadmin_home")),
    # Wagtail's own page of the account comes first among its routes and lets a person rename themselves.
    path("cms/account/", require_admin_access(OwnAccountView.as_view())),
    # Wagtail's doors to a page that waits do not know districts.
    path(f"cms/pages/workflow/action/{ANSWER}", require_admin_access(Answer.as_view()), name="page_answer"),
    path(
        f"cms/pages/workflow/collect_action_data/{ANSWER}",
        require_admin_access(AskForAnswer.as_view()),
        name="page_answer_form",
    ),
    path(
        "cms/pages/workflow/preview/<int:page_id>/<int:task_id>/",
        require_admin_access(PreviewWaiting.as_view()),
        name="page_waiting",
    ),
    path("cms/", include(wagtailadmin_urls)),
    path("accounts/", include("allauth.urls")),
    path("documents/", include(wagtaildocs_urls)),
    path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}),
    path("", include("portal.jobs.urls")),
    path("files/", include("portal.files.urls")),
    path("notices/", include("portal.notices.urls")),
    path("verify/", include("portal.documents.urls")),
    path("account/", include("portal.accounts.urls")),
    path("organizations/", include("orgs.registry.urls")),
    path("apply/", include("grants.applications.urls")),
    path("review/", include("grants.review.urls")),
    path("publicity/", include("grants.publicity.urls")),
    path("agreements/", include("grants.agreements.urls")),
    path("payments/", include("grants.payments.urls")),
    path("spending/", include("grants.spending.urls")),
    path("monitoring/", include("grants.monitoring.urls")),
    path("audits/", include("grants.audits.urls")),
    path("needs/", include("grants.needs.urls")),
    path("desk/", include("grants.desk.urls")),
    path("api/v1/", include("grants.api.urls")),
    path("", include("home.urls")),
    path("", include(wagtail_urls)),
]
