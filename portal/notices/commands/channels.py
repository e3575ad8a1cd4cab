"""The ways out of the house. Each is one small class; which are on: settings.NOTICE_CHANNELS.

A bureau with a contract for SMS or a robot of WeCom or DingTalk sets the address and switches the
channel on; nothing else knows of it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from smtplib import SMTPException
from typing import Any, Protocol
from urllib.parse import quote_plus

import requests
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from portal import clock
from portal.notices.models import Letter

TIMEOUT = 10


class NotTaken(Exception):
    """The other side answered, and did not take the message."""


DELIVERY_ERRORS = (OSError, SMTPException, requests.RequestException, NotTaken, ValueError)


class Channel(Protocol):
    def address(self, user: Any) -> str:
        """Return where this person is reached; "" when not at all."""

    def send(self, letter: Letter) -> None:
        """Hand the letter over or raise one of DELIVERY_ERRORS."""


def full_url(letter: Letter) -> str:
    return f"{settings.SITE_URL.rstrip('/')}{letter.notice.url}" if letter.notice.url else settings.SITE_URL


def short_text(letter: Letter) -> str:
    """Return the subject and where to read on. The body may hold names and amounts and stays in the house."""
    return f"【{settings.WAGTAIL_SITE_NAME}】{letter.notice.subject} {full_url(letter)}"


class Email:
    """A plain-text mail by Django's mail backend."""

    def address(self, user: Any) -> str:
        return user.email

    def send(self, letter: Letter) -> None:
        notice = letter.notice
        parts = [f"{notice.recipient}：", notice.body, full_url(letter), _("这是系统自动发出的邮件，请勿直接回复。")]
        EmailMessage(
            notice.subject,
            "\n\n".join(part for part in parts if part),
            to=[letter.address],
            headers={
                "Message-ID": letter.message_id,
                "Date": letter.created_at.strftime("%a, %d %b %Y %H:%M:%S +0000"),
                "Auto-Submitted": "auto-generated",
            },
        ).send()


class Sms:
    """A gateway that takes JSON: {"phone", "text", "id"}; the id lets it drop a repeat."""

    def address(self, user: Any) -> str:
        return user.phone

    def send(self, letter: Letter) -> None:
        answer = requests.post(
            settings.SMS_URL,
            json={"phone": letter.address, "text": short_text(letter), "id": letter.message_id},
            headers={"Authorization": f"Bearer {settings.SMS_TOKEN}"},
            timeout=TIMEOUT,
        )
        answer.raise_for_status()


class Robot:
    """A group robot's web-hook. The person is mentioned by phone number."""

    def address(self, user: Any) -> str:
        return user.phone

    def url(self) -> str:
        raise NotImplementedError

    def body(self, letter: Letter) -> dict[str, Any]:
        raise NotImplementedError

    def send(self, letter: Letter) -> None:
        answer = requests.post(self.url(), json=self.body(letter), timeout=TIMEOUT)
        answer.raise_for_status()
        if said := answer.json().get("errcode"):
            raise NotTaken(f"errcode {said}")


class WeCom(Robot):
    def url(self) -> str:
        return settings.WECOM_WEBHOOK

    def body(self, letter: Letter) -> dict[str, Any]:
        return {"msgtype": "text", "text": {"content": short_text(letter), "mentioned_mobile_list": [letter.address]}}


class DingTalk(Robot):
    def url(self) -> str:
        """Return the web-hook with time and signature, as robots with a secret want them."""
        if not settings.DINGTALK_SECRET:
            return settings.DINGTALK_WEBHOOK
        stamp = str(int(clock.now().timestamp() * 1000))
        secret = settings.DINGTALK_SECRET.encode()
        digest = hmac.new(secret, f"{stamp}\n{settings.DINGTALK_SECRET}".encode(), hashlib.sha256).digest()
        return f"{settings.DINGTALK_WEBHOOK}&timestamp={stamp}&sign={quote_plus(base64.b64encode(digest))}"

    def body(self, letter: Letter) -> dict[str, Any]:
        return {"msgtype": "text", "text": {"content": short_text(letter)}, "at": {"atMobiles": [letter.address]}}


CHANNELS: dict[str, Channel] = {"email": Email(), "sms": Sms(), "wecom": WeCom(), "dingtalk": DingTalk()}
