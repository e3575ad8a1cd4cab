from django.urls import path

from grants.spending import views

app_name = "spending"
urlpatterns = [
    path("", views.projects, name="list"),
    path("projects/<str:key>/", views.project, name="project"),
    path("projects/<str:key>/record/", views.Record.as_view(), name="record"),
    path("expenditures/<str:key>/", views.expenditure, name="expenditure"),
    path("expenditures/<str:key>/accept/", views.Accept.as_view(), name="accept"),
    path("expenditures/<str:key>/refuse/", views.Refuse.as_view(), name="refuse"),
]
