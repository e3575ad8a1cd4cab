import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from wagtail.documents.models import Document

from portal.search import queries
from portal.search.models import BigramField, flat
from portal.search.rules import bigrams, marked, phrases

TITLES = {
    "社区居家养老服务项目": 1,
    "残疾人居家照料": 2,
    "老城梯坎助行计划": 3,
    "矛盾调解 VEN-2026-000001": 4,
    "龍腾𫖯碶澥岙桕": 5,
}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("社区居家", "社区 区居 居家"),
        ("老", "老"),
        ("老城,梯坎", "老城 梯坎"),
        ("VEN-2026-000001", "ven 2026 000001"),
        ("\uff36\uff25\uff2e 项目2期", "ven 项目 2 期"),
        ("碶澥岙桕𫖯", "碶澥 澥岙 岙桕 桕𫖯"),
        ("", ""),
        ("\u3000,。!", ""),
    ],
)
def test_neighbours_become_words(text, words):
    assert bigrams(text) == words


def test_each_part_of_a_query_is_a_phrase_and_long_ones_are_cut():
    assert phrases("养老 项目") == ["养老", "项目"]
    assert phrases('"养老" OR *') == ["养老", "or"]
    assert len(phrases("老" * 10_000)[0].split()) < 60


def test_hits_are_marked():
    assert marked("社区养老服务", "养老") == [("社区", False), ("养老", True), ("服务", False)]
    assert marked("a.b", ".*") == [("a.b", False)]


def test_a_stream_of_blocks_is_one_text():
    assert flat(["一", {"a": "二", "b": ["三", None]}]) == "一 \n二 \n三 \n"


@pytest.fixture
def documents(db, monkeypatch):
    """Documents stand for any Indexed model here."""
    fields = [field for field in Document.search_fields if field.field_name != "title"]
    monkeypatch.setattr(Document, "search_fields", [*fields, BigramField("title")])
    for title in TITLES:
        Document.objects.create(title=title, file="x.pdf")


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("养老", {1}),
        ("居家", {1, 2}),
        ("项目", {1}),
        ("残疾人", {2}),
        ("社区居家养老", {1}),
        ("养老 服务", {1}),
        ("养老 残疾", set()),
        ("居养", set()),
        ("矛盾", {4}),
        ("VEN-2026-000001", {4}),
        ("ven", {4}),
        ("碶澥岙桕", {5}),
        ("𫖯碶", {5}),
        ("'; DROP TABLE x; --", set()),
        ('"" * ( NEAR', set()),
        ("。", set()),
    ],
)
def test_two_character_words_are_found_alike_on_both_databases(documents, query, hits):
    """The suite runs on SQLite and on PostgreSQL: the same table of cases is the parity test."""
    found = queries.search(Document.objects.all(), query)

    assert {TITLES[document.title] for document in found} == hits
    assert connection.vendor in {"sqlite", "postgresql"}


def test_a_search_narrows_any_queryset(documents):
    rows = Document.objects.filter(title__startswith="社区").order_by("title")

    assert [row.title for row in queries.search(rows, "居家")] == ["社区居家养老服务项目"]
    assert queries.search(rows, "  ").count() == 1


def test_the_site_search_asks_each_source_what_this_user_may_see(documents, monkeypatch):
    monkeypatch.setattr(queries, "_sources", {})
    queries.register(
        "paper",
        "文书",
        lambda user: (
            Document.objects.all() if user.is_authenticated else Document.objects.filter(title__contains="社区")
        ),
        lambda row: queries.Hit(row.title, f"/documents/{row.pk}/"),
    )
    queries.register("other", "其他", lambda user: Document.objects.none(), lambda row: queries.Hit("", ""))

    groups = queries.search_all("居家", AnonymousUser())
    assert [(group.label, group.count) for group in groups] == [("文书", 1)]
    assert [hit.title for hit in groups[0].hits()] == ["社区居家养老服务项目"]
    assert queries.search_all("", AnonymousUser()) == []
    assert queries.search_all("居家", AnonymousUser(), kind="other") == []
    assert queries.sources() == [("paper", "文书"), ("other", "其他")]
