from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test.utils import override_settings

from tests.access.mirrored import District, make_districts


@pytest.fixture(scope="package")
def districts(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[District, District]]:
    """Two mirrored districts, made once for the folder and rolled back after it; their files lie in a folder."""
    folder = tmp_path_factory.mktemp("districts")
    private = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(folder)}}
    here = {"DATA_DIR": folder, "MEDIA_ROOT": folder, "STORAGES": {**settings.STORAGES, "private": private}}
    with django_db_blocker.unblock(), override_settings(**here), transaction.atomic():
        yield make_districts()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Hundreds of refusals would bury the one that matters."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def unrendered(monkeypatch: pytest.MonkeyPatch) -> None:
    """For answers that are asked for their status only."""
    monkeypatch.setattr("django.template.backends.django.Template.render", lambda *args, **kwargs: "")
