from django.urls import path

from grants.payments import views

app_name = "payments"
urlpatterns = [
    path("", views.payment_list, name="list"),
    path("<str:key>/", views.project, name="project"),
    path("<str:key>/<int:number>/request/", views.Request.as_view(), name="request"),
    path("<str:key>/receipt/", views.Receipt.as_view(), name="receipt"),
]
