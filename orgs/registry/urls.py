from django.urls import path

from orgs.registry import views

app_name = "registry"
urlpatterns = [
    path("mine/", views.mine, name="mine"),
    path("mine/<str:key>/", views.organization, name="organization"),
    path("mine/<str:key>/profile/", views.ProfileView.as_view(), name="profile"),
    path("mine/<str:key>/invite/", views.InviteView.as_view(), name="invite"),
    path("mine/<str:key>/account/", views.EnterAccountView.as_view(), name="enter_account"),
    path("members/<str:key>/end/", views.EndMemberView.as_view(), name="end_member"),
    path("invitations/<str:key>/accept/", views.AcceptInvitationView.as_view(), name="accept_invitation"),
    path("invitations/<str:key>/cancel/", views.CancelInvitationView.as_view(), name="cancel_invitation"),
    path("claim/", views.ClaimView.as_view(), name="claim"),
    path("claim/<str:key>/", views.claim_state, name="claim_state"),
    path("claim/<str:key>/withdraw/", views.WithdrawClaimView.as_view(), name="withdraw_claim"),
]
