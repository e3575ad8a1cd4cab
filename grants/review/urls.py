"""Routes of the expert."""

from django.urls import path

from grants.review import views

app_name = "review"
urlpatterns = [
    path("", views.tasks, name="tasks"),
    path("dossier/<str:key>/", views.desk, name="desk"),
    path("dossier/<str:key>/save/", views.save, name="save"),
    path("dossier/<str:key>/skip/", views.skip, name="skip"),
    path("dossier/<str:key>/recuse/", views.recuse, name="recuse"),
    path("<str:key>/", views.tasks, name="queue"),
    path("<str:key>/declare/", views.declare, name="declare"),
    path("<str:key>/decline/", views.decline, name="decline"),
    path("<str:key>/overview/", views.overview, name="overview"),
]
