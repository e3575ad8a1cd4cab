"""Front screens of people with organizations: claim, profile, members, account."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orgs.registry import commands, queries
from orgs.registry.forms import AccountForm, ClaimForm, InviteForm, ProfileForm, ReasonForm
from orgs.registry.models import Claim, Invitation, Membership, Organization
from orgs.registry.policies import claim_policy, invitation_policy, membership_policy, policy
from portal.access.views import FormCommandView, MoveView


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """My organizations, my claims, the invitations to me."""
    return render(request, "registry/mine.html", {"desk": queries.desk(request.user)})


@login_required
def organization(request: HttpRequest, key: str) -> HttpResponse:
    """The profile with members and account, for members."""
    entries = Organization.objects.of_member(request.user).with_marks().select_related("region", "custodian")
    found = get_object_or_404(entries, key=key)
    may = {action: policy.allows(request.user, action, found) for action in policy.member_actions}
    context = {
        "organization": found,
        "may": may,
        "memberships": found.memberships.active().select_related("user").order_by("role", "pk"),
        "invitations": found.invitations.open() if may["invite"] else [],
        "accounts": found.bank_accounts.visible_to(request.user).filter(replaced_at__isnull=True),
        "listings": found.listings.open(),
    }
    return render(request, "registry/organization.html", context)


class ClaimView(FormCommandView):
    template_name = "registry/claim.html"
    command = staticmethod(commands.claim)
    form_class = ClaimForm
    title = _("认领单位")
    submit_label = _("提交认领")
    success_message = _("认领已提交，登记窗口核验后会通知您。")

    def get_success_url(self) -> str:
        return self.result.get_absolute_url()

    def get_cancel_url(self) -> str:
        return reverse("registry:mine")


@login_required
def claim_state(request: HttpRequest, key: str) -> HttpResponse:
    """Where the own claim stands."""
    mine_ = Claim.objects.filter(claimant=request.user).select_related("organization__region", "certificate")
    found = get_object_or_404(mine_, key=key)
    context = {"claim": found, "can_withdraw": claim_policy.allows(request.user, "withdraw", found)}
    return render(request, "registry/claim_state.html", context)


class WithdrawClaimView(MoveView):
    model, policy, action = Claim, claim_policy, "withdraw"
    command = staticmethod(commands.withdraw)
    title = submit_label = _("撤回认领")
    success_message = _("认领已撤回。")

    def consequences(self, obj: Claim) -> list[str]:
        return [gettext("%(organization)s的认领不再核验，以后可以重新提交。") % {"organization": obj.organization}]


class MemberMove(MoveView):
    """A state sheet that leads back to the organization's page."""

    def organization_of(self, obj: Any) -> Organization:
        return obj.organization

    def success_url(self, obj: Any) -> str:
        return self.organization_of(obj).get_absolute_url()


class OwnOrganization(MemberMove):
    model, policy = Organization, policy

    def get_queryset(self) -> Any:
        return Organization.objects.of_member(self.request.user)

    def organization_of(self, obj: Organization) -> Organization:
        return obj


class ProfileView(OwnOrganization):
    action = "edit"
    command = staticmethod(commands.edit_profile)
    form_class = ProfileForm
    title = _("修改单位资料")
    submit_label = _("保存资料")
    success_message = _("资料已保存。")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.get_queryset().get(pk=self.object.pk)}

    def consequences(self, obj: Organization) -> list[str]:
        return [gettext("名称、代码、类型和法定代表人来自登记名册，不在这里修改；有变化请联系登记窗口。")]


class InviteView(OwnOrganization):
    action = "invite"
    command = staticmethod(commands.invite)
    form_class = InviteForm
    title = _("邀请成员")
    submit_label = _("发出邀请")
    success_message = _("邀请已发出，72 小时内有效。对方登录后在“单位资料”中确认。")


class EnterAccountView(OwnOrganization):
    action = "enter_account"
    command = staticmethod(commands.enter_account)
    form_class = AccountForm
    title = _("录入收款账户")
    submit_label = _("提交账户")
    success_message = _("账户已提交，等待区民政局财务核对。")
    is_sensitive = True

    def get_initial(self) -> dict[str, Any]:
        return {"holder": self.object.name}

    def consequences(self, obj: Organization) -> list[str]:
        return [
            gettext("账户由区民政局财务核对后才能收款；变更账户核对后再过 72 小时可用。"),
            gettext("提交后不能修改，有误请重新录入。"),
        ]

    def tells(self, obj: Organization) -> list[str]:
        return [gettext("本单位全部成员"), gettext("区民政局财务")]


class EndMemberView(MemberMove):
    model, policy, action = Membership, membership_policy, "end"
    command = staticmethod(commands.end_member)
    form_class = ReasonForm
    title = submit_label = _("结束成员身份")
    success_message = _("成员身份已结束。")

    def get_queryset(self) -> Any:
        mine_ = Organization.objects.of_member(self.request.user)
        return Membership.objects.active().filter(organization__in=mine_).select_related("organization", "user")

    def consequences(self, obj: Membership) -> list[str]:
        return [
            gettext("%(user)s不再是%(organization)s的%(role)s，立即不能查看和办理。")
            % {"user": obj.user, "organization": obj.organization, "role": obj.get_role_display()}
        ]


class CancelInvitationView(MemberMove):
    model, policy, action = Invitation, invitation_policy, "cancel"
    command = staticmethod(commands.cancel_invitation)
    title = submit_label = _("撤销邀请")
    success_message = _("邀请已撤销。")

    def get_queryset(self) -> Any:
        mine_ = Organization.objects.of_member(self.request.user)
        return Invitation.objects.open().filter(organization__in=mine_).select_related("organization")

    def consequences(self, obj: Invitation) -> list[str]:
        return [gettext("%(email)s 不能再用这个邀请加入。") % {"email": obj.email}]


class AcceptInvitationView(FormCommandView):
    title = submit_label = _("确认加入")
    success_message = _("您已加入。")

    def check(self, request: HttpRequest) -> None:
        self.object = get_object_or_404(Invitation.objects.visible_to(request.user), key=self.kwargs["key"])
        self.intro = gettext("加入 %(organization)s，角色：%(role)s。") % {
            "organization": self.object.organization,
            "role": self.object.get_role_display(),
        }

    def call(self, answers: dict[str, Any]) -> Membership:
        return commands.accept_invitation(self.object, by=self.request.user)

    def get_success_url(self) -> str:
        return self.object.organization.get_absolute_url()

    def get_cancel_url(self) -> str:
        return reverse("registry:mine")
