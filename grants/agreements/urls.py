from django.urls import path

from grants.agreements import views

app_name = "agreements"
urlpatterns = [
    path("", views.project_list, name="list"),
    path("<str:key>/", views.detail, name="detail"),
    path("<str:key>/accept/", views.Accept.as_view(), name="accept"),
    path("<str:key>/pdf/", views.pdf, name="pdf"),
    path("projects/<str:key>/amend/", views.Amend.as_view(), name="amend"),
]
