from django.urls import path, re_path

from grants.api.views import api, index, unknown

urlpatterns = [
    path("", index, name="api-index"),
    path("", api.urls),
    re_path(r"", unknown, name="api-unknown"),
]
