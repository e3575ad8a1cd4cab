from django.urls import path

from grants.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.start, name="start"),
    path("projects/<str:key>/", views.project, name="project"),
]
