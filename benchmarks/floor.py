"""The floor: a bare Django view with one SQL query, on the same database and the same server."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

if not settings.configured:
    os.environ.setdefault("PORTAL_DEMO", "1")
    from portal.settings import DATABASES, SECRET_KEY

    settings.configure(
        ALLOWED_HOSTS=["*"],
        DATABASES=DATABASES,
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
        ROOT_URLCONF="benchmarks.floor",
        SECRET_KEY=SECRET_KEY,
    )


def floor(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, username FROM accounts_user ORDER BY id LIMIT 1")
        row = cursor.fetchone()
    return HttpResponse(f"<p>{row}</p>")


urlpatterns = [path("", floor)]
application = get_wsgi_application()
