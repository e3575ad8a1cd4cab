"""Public routes of lists and objections."""

from django.urls import path

from grants.publicity import views

app_name = "publicity"
urlpatterns = [
    path("", views.index, name="list"),
    path("objections/<str:token>/", views.objection, name="objection"),
    path("<str:key>/", views.page, name="page"),
    path("<str:key>/list.csv", views.table, name="csv"),
    path("<str:key>/object/", views.object_to, name="object"),
]
