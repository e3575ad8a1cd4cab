"""Questions as StreamField blocks. The stable id of a question is the id Wagtail gives its block."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.fields import StreamField


class ConditionBlock(blocks.StructBlock):
    """Ask only if an earlier question was answered so."""

    question = blocks.CharBlock(label=_("题目代码"), required=False, max_length=40, help_text=_("填前面某题的代码"))
    equals = blocks.CharBlock(
        label=_("答案等于"), required=False, max_length=200, help_text=_("多个答案用竖线 | 隔开；是/否题填 是 或 否")
    )

    class Meta:
        label = _("显示条件")
        collapsed = True


class QuestionBlock(blocks.StructBlock):
    """What every question has."""

    label = blocks.CharBlock(label=_("题目"), max_length=120)
    code = blocks.RegexBlock(
        regex=r"^[a-z][a-z0-9_]{1,38}$",
        label=_("代码"),
        required=False,
        help_text=_("小写英文，供条件和统计引用，可不填"),
    )
    help = blocks.CharBlock(label=_("填写说明"), required=False, max_length=300)
    required = blocks.BooleanBlock(label=_("必填"), required=False, default=True)
    when = ConditionBlock(required=False)


class TextBlock(QuestionBlock):
    max_length = blocks.IntegerBlock(label=_("最多字数"), default=100, min_value=1, max_value=500)

    class Meta:
        label = _("单行文字")


class LongTextBlock(QuestionBlock):
    min_length = blocks.IntegerBlock(label=_("最少字数"), default=0, min_value=0, max_value=5000)
    max_length = blocks.IntegerBlock(label=_("最多字数"), default=500, min_value=1, max_value=5000)
    criterion = blocks.CharBlock(label=_("对应评分"), required=False, max_length=60)

    class Meta:
        label = _("长文字")


class NumberBlock(QuestionBlock):
    minimum = blocks.IntegerBlock(label=_("最小"), required=False)
    maximum = blocks.IntegerBlock(label=_("最大"), required=False)
    unit = blocks.CharBlock(label=_("单位"), required=False, max_length=10)

    class Meta:
        label = _("整数")


class MoneyBlock(QuestionBlock):
    class Meta:
        label = _("金额（元）")


class DateBlock(QuestionBlock):
    class Meta:
        label = _("日期")


class ChoiceBlock(QuestionBlock):
    choices = blocks.TextBlock(label=_("选项"), help_text=_("每行一个"), rows=4)

    class Meta:
        label = _("单选")


class MultiChoiceBlock(QuestionBlock):
    choices = blocks.TextBlock(label=_("选项"), help_text=_("每行一个"), rows=4)
    max_choices = blocks.IntegerBlock(label=_("最多选几项"), required=False, min_value=1)

    class Meta:
        label = _("多选")


class YesNoBlock(QuestionBlock):
    class Meta:
        label = _("是否")


class FileBlock(QuestionBlock):
    class Meta:
        label = _("文件")


class TableBlock(QuestionBlock):
    columns = blocks.TextBlock(label=_("列"), help_text=_("每行一列；数字列在末尾写 #，金额列写 ¥"), rows=4)
    min_rows = blocks.IntegerBlock(label=_("最少行数"), default=1, min_value=0, max_value=50)
    max_rows = blocks.IntegerBlock(label=_("最多行数"), default=10, min_value=1, max_value=50)

    class Meta:
        label = _("表格")


class QuestionListBlock(blocks.StreamBlock):
    text = TextBlock()
    long_text = LongTextBlock()
    number = NumberBlock()
    money = MoneyBlock()
    date = DateBlock()
    choice = ChoiceBlock()
    multi_choice = MultiChoiceBlock()
    yes_no = YesNoBlock()
    file = FileBlock()
    table = TableBlock()


class SectionBlock(blocks.StructBlock):
    """One page of the form: one theme, up to about eight questions."""

    title = blocks.CharBlock(label=_("章节名称"), max_length=60)
    help = blocks.TextBlock(label=_("填写说明"), required=False, rows=3)
    questions = QuestionListBlock(label=_("题目"))

    class Meta:
        label = _("章节")


class QuestionsBlock(blocks.StreamBlock):
    section = SectionBlock()

    class Meta:
        label = _("申报表")


class QuestionsField(StreamField):
    """A form under construction. Migrations know only that it is JSON, never its blocks."""

    def __init__(self, block_types: Any = None, **kwargs: Any):
        super().__init__(block_types or QuestionsBlock(), **kwargs)

    def deconstruct(self) -> Any:
        name, path, _args, kwargs = super(StreamField, self).deconstruct()
        return name, path, [], kwargs
