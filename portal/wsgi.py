"""WSGI entry for the production server. An unsafe site stops here."""

import os

from django.core.checks import run_checks
from django.core.management.base import SystemCheckError
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()

if serious := [one for one in run_checks(databases=["default"]) if one.is_serious()]:
    raise SystemCheckError("\n".join(map(str, serious)))
