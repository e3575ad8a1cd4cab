"""The form field of an upload."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm

from portal.files.rules import ALL, MAX_SIZE, FileRefused, examine


class UploadInput(forms.ClearableFileInput):
    """A plain file input that says what it accepts."""

    template_name = "files/upload_input.html"


class UploadField(forms.FileField):
    """A file that passed the examination; hand `cleaned_data` to files.commands.store.

    accept: extensions; max_size: bytes.
    """

    widget = UploadInput
    default_error_messages = {
        "required": _("请选择文件。"),
        "missing": _("请选择文件。"),
        "empty": _("文件是空的。请检查后重新选择。"),
        "invalid": _("上传中断，请重试。"),
    }

    def __init__(self, *, accept: tuple[str, ...] = ALL, max_size: int = MAX_SIZE, **kwargs: Any):
        self.accept, self.max_size = accept, max_size
        if kwargs.get("label"):
            words = format_lazy(_("请选择文件：{label}。"), label=kwargs["label"])
            kwargs["error_messages"] = {"required": words, "missing": words, **kwargs.get("error_messages", {})}
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"accept": ",".join(f".{one}" for one in self.accept)}

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if upload and upload is not initial:
            self.inspect(upload)
        return upload

    def inspect(self, upload: Any) -> None:
        """Refuse a file in the words of the examination."""
        try:
            examine(upload.file, upload.name, accept=self.accept, max_size=self.max_size)
        except FileRefused as error:
            raise ValidationError(error.for_user(), code="refused") from error
        finally:
            upload.seek(0)


class PublicFile(forms.ModelForm):
    """Base of Wagtail's own upload forms: its files pass the same examination as everybody's."""

    accept: tuple[str, ...] = ALL

    def clean_file(self) -> Any:
        """Return what the examination leaves: a picture is encoded anew, without where it was taken."""
        upload = self.cleaned_data["file"]
        if "file" not in self.changed_data or not upload:
            return upload
        try:
            found = examine(upload.file, upload.name, accept=self.accept)
        except FileRefused as error:
            raise ValidationError(error.for_user(), code="refused") from error
        found.content.seek(0)
        return InMemoryUploadedFile(found.content, "file", found.name, found.media_type, found.size, None)


class PublicDocumentForm(PublicFile, BaseDocumentForm):
    accept = tuple(settings.WAGTAILDOCS_EXTENSIONS)


class PublicImageForm(PublicFile, BaseImageForm):
    accept = tuple(settings.WAGTAILIMAGES_EXTENSIONS)


class ManyInput(UploadInput):
    allow_multiple_selected = True


class ManyFilesField(UploadField):
    """Several files at once; cleaned to a list. most: how many."""

    widget = ManyInput
    default_error_messages = {"many": _("一次最多上传 %(most)d 份文件。")}

    def __init__(self, *, most: int, **kwargs: Any):
        self.most = most
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        uploads = data if isinstance(data, list | tuple) else [data] if data else []
        if self.required and not uploads:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(uploads) > self.most:
            raise ValidationError(self.error_messages["many"], code="many", params={"most": self.most})
        for upload in uploads:
            self.inspect(upload)
        return list(uploads)
