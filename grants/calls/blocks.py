"""The text of a call notice."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.fields import StreamField


class QuestionAnswerBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("问题"), max_length=80)
    answer = blocks.TextBlock(label=_("答复"), rows=3)

    class Meta:
        label = _("常见问题")
        icon = "help"


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("环节"), max_length=20)
    when = blocks.CharBlock(label=_("时间"), max_length=40)
    text = blocks.TextBlock(label=_("说明"), rows=2, required=False)

    class Meta:
        label = _("办理环节")
        icon = "order"


class NoticeBlock(blocks.StreamBlock):
    heading = blocks.CharBlock(label=_("小标题"), max_length=40)
    text = blocks.RichTextBlock(label=_("正文"), features=["bold", "ol", "ul", "link", "document-link"])
    who = blocks.ListBlock(blocks.CharBlock(max_length=120), label=_("谁可以报"))
    step = StepBlock()
    file = DocumentChooserBlock(label=_("附件"))
    faq = QuestionAnswerBlock()


class NoticeField(StreamField):
    """The body of a notice. Migrations know only that it is JSON, never its blocks."""

    def __init__(self, block_types: Any = None, **kwargs: Any):
        super().__init__(block_types or NoticeBlock(), **kwargs)

    def deconstruct(self) -> Any:
        name, path, _args, kwargs = super(StreamField, self).deconstruct()
        return name, path, [], kwargs
