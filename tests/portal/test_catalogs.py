"""The words of the house: found, translated, compiled."""

from __future__ import annotations

import gettext
import re
from io import BytesIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.utils.translation.trans_real import DjangoTranslation

from portal.management import catalogs
from portal.management.catalogs import Message

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"'
PYTHON = """
from django.utils.translation import gettext as _, ngettext as many
from django.utils.translation import gettext_lazy as later
TITLE = later("拨付")
def say(n):
    return _("项" "目") + many("%d 天", "%d 天", n) + other("不是")
"""
TEMPLATE = """{% load i18n %}{% translate "首页" %} {{ day|default:_("至今") }}
{% blocktranslate count n=left %}剩 {{ n }} 天{% plural %}剩 {{ n }} 天{% endblocktranslate %}
{% blocktranslate trimmed with a=b %}
 共 {{ a }} 项
{% endblocktranslate %}{# {% translate "注释" %} #}"""


@pytest.fixture
def house(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "home/views.py").write_text(PYTHON)
    (tmp_path / "templates/page.html").write_text(TEMPLATE)
    catalogs.write_po(tmp_path / catalogs.ENGLISH, HEAD, [])
    return tmp_path


def translate(house, **changes):
    """Give every word of the house an English one, but for `changes` (msgid → texts)."""
    head, messages = catalogs.read_po(house / catalogs.ENGLISH)
    for message in messages:
        full = "".join(sorted(catalogs.placeholders(message.msgid))) or "word"
        message.texts = changes.get(message.msgid, ["one", full] if message.plural else [full])
    catalogs.write_po(house / catalogs.ENGLISH, head, messages)
    catalogs.update(house)


def test_words_of_code_and_templates_are_found_and_nothing_else(house):
    found = [(message.msgid, message.plural) for message in catalogs.extract(house)]

    assert found == [
        ("拨付", ""), ("项目", ""), ("%d 天", "%d 天"),
        ("首页", ""), ("至今", ""), ("剩 %(n)s 天", "剩 %(n)s 天"), ("共 %(a)s 项", ""),
    ]  # fmt: skip


def test_a_complete_catalogue_has_no_fault(house):
    catalogs.update(house)
    translate(house)

    assert catalogs.faults(house) == []


def test_each_fault_is_named(house):
    catalogs.update(house)
    translate(house, **{"项目": [""], "共 %(a)s 项": ["%(b)s items"]})
    (house / "home/forms.py").write_text('from django.utils.translation import gettext as _\n_("新词")\n')
    (house / "templates/page.html").write_text(TEMPLATE.replace("首页", "主页"))
    (house / catalogs.ENGLISH).with_suffix(".mo").write_bytes(b"")

    assert sorted(catalogs.faults(house)) == [
        "home/forms.py: no English for '新词'",
        "home/views.py: no English for '项目'",
        "locale/en/LC_MESSAGES/django.mo: not compiled from its .po",
        "locale/en/LC_MESSAGES/django.po: the code no longer says '首页'",
        "templates/page.html: no English for '主页'",
        "templates/page.html: placeholders differ in the English of '共 %(a)s 项'",
    ]


@pytest.mark.parametrize(
    ("chinese", "english", "agrees"),
    [
        ("共 %(n)s 项", "%(n)s items", True),
        ("共 %(n)s 项", "items", False),
        ("占 %(n)s%%", "%(n)s%% of it", True),
        ("占 %(n)s%%", "%(n)s% of it", False),
        ("占 20%", "20% of it", True),
        ("占 20%%", "20% of it", False),
        ("不能小于 {ge}。", "At least {le}.", False),
        ("第 %d 天", "day %s", False),
    ],
)
def test_placeholders_must_agree(chinese, english, agrees):
    assert Message(chinese, texts=[english]).is_consistent is agrees


def test_a_singular_may_say_one_in_a_word():
    assert Message("剩 %d 天", "剩 %d 天", texts=["one day left", "%d days left"]).is_consistent
    assert not Message("剩 %d 天", "剩 %d 天", texts=["%d day left", "days left"]).is_consistent


def test_what_is_compiled_is_read_by_gettext(tmp_path):
    path = tmp_path / "django.po"
    hard = 'say "it"\\\n\tand go'
    messages = [
        Message("甲", texts=[hard]),
        Message("%d 天", "%d 天", texts=["%d day", "%d days"]),
        Message("乙", context="verb", texts=["do"]),
        Message("疑", texts=["doubtful"], fuzzy=True),
        Message("空", texts=[""]),
    ]
    catalogs.write_po(path, HEAD, messages)

    words = gettext.GNUTranslations(BytesIO(catalogs.compiled(path)))

    assert [words.gettext(text) for text in ("甲", "疑", "空")] == [hard, "疑", "空"]
    assert [words.ngettext("%d 天", "%d 天", n) for n in (1, 2)] == ["%d day", "%d days"]
    assert words.pgettext("verb", "乙") == "do"
    assert catalogs.read_po(path)[1] == messages


def test_the_words_of_this_house_are_in_order():
    assert catalogs.faults(settings.BASE_DIR) == []


STAYS_ENGLISH = {"ID"}  # an item's number in the database, in the log only; Wagtail's own Chinese writes ID as well
CHINESE = settings.BASE_DIR / "locale/zh_Hans/LC_MESSAGES"


def in_chinese(words: DjangoTranslation, message: Message) -> str:
    key = f"{message.context}\x04{message.msgid}" if message.context else message.msgid
    return words.ngettext(key, message.plural, 2) if message.plural else words.gettext(key)


def test_wagtail_says_nothing_in_english_to_a_chinese_reader():
    english = set()
    asked = {"django.po": 0, "djangojs.po": 0}
    words = {name: DjangoTranslation("zh-hans", domain=name.removesuffix(".po")) for name in asked}
    for app in apps.get_app_configs():
        for path in Path(app.path).glob("locale/en/LC_MESSAGES/*.po") if app.name.startswith("wagtail") else ():
            _, messages = catalogs.read_po(path)
            asked[path.name] += len(messages)
            english |= {one.msgid for one in messages if is_english(in_chinese(words[path.name], one))}

    assert english == STAYS_ENGLISH
    assert asked["django.po"] > 1500 and asked["djangojs.po"] > 50


def is_english(text: str) -> bool:
    """The words without what is filled in and tags are Latin."""
    bare = re.sub(r"%\(\w+\)[sd]|\{\w*\}|<[^>]*>", "", text)
    return bool(re.search("[A-Za-z]", bare)) and not re.search("[\u4e00-\u9fff]", bare)


@pytest.mark.parametrize("name", ["django.po", "djangojs.po"])
def test_the_chinese_of_others_words_fills_in_nothing_they_do_not_give(name):
    _, messages = catalogs.read_po(CHINESE / name)
    given = {one.key: catalogs.placeholders(one.msgid) | catalogs.placeholders(one.plural) for one in messages}

    assert [one.msgid for one in messages if not catalogs.placeholders("".join(one.texts)) <= given[one.key]] == []
