from django.urls import path
from django.views.generic import TemplateView

from home import views

app_name = "home"
urlpatterns = [
    path("projects/", views.projects, name="projects"),
    path("projects/data.csv", views.projects_csv, name="projects_csv"),
    path("projects/<str:key>/", views.project, name="project"),
    path("organizations/", views.organizations, name="organizations"),
    path("organizations/<str:key>/", views.organization, name="organization"),
    path("data/", views.data, name="data"),
    path("data/data.csv", views.data_csv, name="data_csv"),
    path("data/ledger/", views.ledger, name="ledger"),
    path("search/", views.search, name="search"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("robots.txt", TemplateView.as_view(template_name="home/robots.txt", content_type="text/plain")),
]
