from django.urls import path, re_path

from grants.api.views import PARAMETERS, api, in_json, index, unknown

doors, app_name_of_doors, namespace_of_doors = api.urls
for door in doors:
    door.callback = in_json(door.callback, PARAMETERS.get(door.name, ()))

urlpatterns = [
    path("", index, name="api-index"),
    path("", (doors, app_name_of_doors, namespace_of_doors)),
    re_path(r"", unknown, name="api-unknown"),
]
