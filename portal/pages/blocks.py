"""The blocks of a page of text."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.fields import StreamField
from wagtail.images.blocks import ImageBlock

FEATURES = ["h3", "bold", "ol", "ul", "hr", "link", "document-link"]


class FigureBlock(blocks.StructBlock):
    image = ImageBlock(label=_("图片"))
    caption = blocks.CharBlock(label=_("图注"), max_length=120, help_text=_("写明人物、地点、时间；人物须已同意公开"))

    class Meta:
        label = _("图片")
        icon = "image"
        template = "blocks/figure.html"


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("环节"), max_length=20)
    when = blocks.CharBlock(label=_("时限"), max_length=40, required=False)
    text = blocks.TextBlock(label=_("说明"), rows=2, required=False)

    class Meta:
        label = _("办理环节")
        icon = "order"


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("问题"), max_length=80)
    answer = blocks.TextBlock(label=_("答复"), rows=3)

    class Meta:
        label = _("常见问题")
        icon = "help"
        template = "blocks/question.html"


class TextBlock(blocks.StreamBlock):
    heading = blocks.CharBlock(label=_("小标题"), max_length=60, template="blocks/heading.html")
    text = blocks.RichTextBlock(label=_("正文"), features=FEATURES)
    figure = FigureBlock()
    file = DocumentChooserBlock(label=_("附件"), template="blocks/file.html")
    question = QuestionBlock()


class BlocksField(StreamField):
    """A stream field whose migrations know only that it is JSON, never its blocks."""

    stream: type[blocks.StreamBlock] = TextBlock

    def __init__(self, block_types: Any = None, **kwargs: Any):
        super().__init__(block_types or self.stream(), **kwargs)

    def deconstruct(self) -> Any:
        name, path, _args, kwargs = super(StreamField, self).deconstruct()
        return name, path, [], kwargs


class TextField(BlocksField):
    """Headings, text, pictures, attachments, questions."""


class StepsBlock(blocks.StreamBlock):
    step = StepBlock()


class StepsField(BlocksField):
    """Steps of a procedure."""

    stream = StepsBlock


class QuestionsBlock(blocks.StreamBlock):
    question = QuestionBlock()


class FrequentField(BlocksField):
    """Frequent questions."""

    stream = QuestionsBlock
