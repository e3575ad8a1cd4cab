"""Encryption of single fields with keys of their own (never SECRET_KEY), and blind indexes.

settings.FIELD_KEYS: "id:key" texts, the first encrypts, all decrypt; a key is 32 bytes in URL-safe
base64. settings.FIELD_INDEX_KEY: the key of the blind indexes. A stored text is "id$token".
"""

from __future__ import annotations

import hashlib
import hmac
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed


class CannotDecrypt(Exception):
    """A stored text that none of the keys opens: a lost key or a changed row. Never shown as empty."""


@cache
def keys() -> dict[str, Fernet]:
    pairs = [one.partition(":") for one in settings.FIELD_KEYS]
    try:
        found = {name: Fernet(key) for name, _colon, key in pairs}
    except ValueError as error:
        raise ImproperlyConfigured("FIELD_KEYS: each entry is id:key, the key 32 bytes in URL-safe base64") from error
    if not found:
        raise ImproperlyConfigured("FIELD_KEYS is empty")
    return found


@cache
def box() -> MultiFernet:
    return MultiFernet(list(keys().values()))


def encrypt(text: str) -> str:
    """Return "id$token"; "" stays ""."""
    if text == "":
        return ""
    name = next(iter(keys()))
    return f"{name}${box().encrypt(text.encode()).decode()}"


def decrypt(stored: str) -> str:
    """Return the text. Raises CannotDecrypt."""
    if stored == "":
        return ""
    name, dollar, token = stored.partition("$")
    if not dollar or name not in keys():
        raise CannotDecrypt(f"no key {name!r}" if dollar else "not an encrypted text")
    try:
        return keys()[name].decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise CannotDecrypt(f"key {name!r} does not open it") from error


def blind_index(text: str) -> str:
    """Return a keyed hash to look a value up by without storing it; "" stays ""."""
    if text == "":
        return ""
    return hmac.new(settings.FIELD_INDEX_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def forget_keys(*, setting: str, **kwargs: object) -> None:
    if setting == "FIELD_KEYS":
        keys.cache_clear()
        box.cache_clear()


setting_changed.connect(forget_keys)
