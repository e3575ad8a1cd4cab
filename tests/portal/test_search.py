import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from modelsearch.models import IndexEntry
from wagtail.documents.models import Document

from orgs.registry.models import Kind, Organization
from portal.search import commands, queries
from portal.search.models import BigramField, flat
from portal.search.rules import bigrams, excerpt, is_loose, marked, phrases
from tests.makers import make_region

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
    assert marked("VEN-1", "\uff36\uff25\uff2e") == [("VEN", True), ("-1", False)]
    assert marked("二〇二六", "") == [("二〇二六", False)]


def test_an_excerpt_stands_around_the_first_hit():
    assert excerpt("一" * 100 + "养老服务" + "二" * 100, "养老", 30) == "…" + "一" * 10 + "养老服务" + "二" * 16 + "…"
    assert excerpt("养老服务", "养老") == "养老服务"
    assert excerpt("没有这个词", "养老") == "没有这个词"


@pytest.mark.parametrize(
    ("part", "loose"),
    [("老", True), ("2期", True), ("养老", False), ("ven", False), ("2026", False), ("老,人", True)],
)
def test_a_character_without_a_neighbour_is_loose(part, loose):
    assert is_loose(part) is loose


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
        ("老", {1, 3}),
        ("碶", {5}),
        ("老 项目", {1}),
        ("𫖯", {5}),
        ("鸡", set()),
        ("%", set()),
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


def test_what_the_title_is_comes_before_what_it_begins_with_and_what_it_holds(documents):
    for title in ("居家", "居家安全", "社区与居家"):
        Document.objects.create(title=title, file="y.pdf")
    rows = queries.search(Document.objects.order_by("-title"), "居家")

    assert [row.title for row in queries.ranked(rows, "居家", "title")] == [
        "居家", "居家安全", "社区居家养老服务项目", "社区与居家", "残疾人居家照料",
    ]  # fmt: skip


def test_rows_that_came_in_bulk_are_indexed_by_the_job(documents):
    Document.objects.bulk_create([Document(title="批量进来的养老院", file="z.pdf")])
    assert queries.search(Document.objects.all(), "老院").count() == 0

    assert (commands.fill(), commands.fill()) == (1, 0)

    assert [row.title for row in queries.search(Document.objects.all(), "老院")] == ["批量进来的养老院"]


def test_words_changed_past_save_are_kept_by_the_command(documents):
    row = Document.objects.get(title__startswith="社区")
    Document.objects.filter(pk=row.pk).update(title="改了名字")

    commands.keep(row)

    assert queries.search(Document.objects.all(), "名字").count() == 1
    assert queries.search(Document.objects.all(), "养老").count() == 0


@pytest.fixture
def place(db):
    return make_region()


def entry(name, place):
    return Organization.objects.create(name=name, kind=Kind.SERVICE_INSTITUTION, region=place)


def found(words):
    return {row.name for row in queries.search(Organization.objects.all(), words)}


def asked_of_the_index(names, place):
    with CaptureQueriesContext(connection) as asked, commands.together():
        for name in names:
            entry(name, place)
    return sum(IndexEntry._meta.db_table in query["sql"] for query in asked)


def test_rows_saved_together_ask_the_index_as_often_as_one(place):
    one = asked_of_the_index(["甬澜服务中心"], place)

    assert asked_of_the_index([f"善水{n}服务中心" for n in range(30)], place) == one
    assert len(found("善水")) == 30


def test_what_is_saved_together_is_found_at_the_end_and_when_deleted_no_more(place):
    with commands.together(), commands.together():
        row = entry("甬澜服务中心", place)
        row.name = "善水服务中心"
        row.save()
        assert found("善水") == set()
    assert (found("善水"), found("甬澜")) == ({"善水服务中心"}, set())

    row.delete()

    assert found("善水") == set()


def test_a_failed_import_leaves_nothing_waiting(place):
    with pytest.raises(ZeroDivisionError), transaction.atomic(), commands.together():
        entry("甬澜服务中心", place)
        raise ZeroDivisionError

    entry("善水服务中心", place)

    assert (found("甬澜"), found("善水")) == (set(), {"善水服务中心"})


def test_the_site_search_asks_each_source_what_this_user_may_see(documents, monkeypatch):
    monkeypatch.setattr(queries, "_sources", {})
    queries.register(
        "paper",
        "文书",
        lambda user: (
            Document.objects.all() if user.is_authenticated else Document.objects.filter(title__contains="社区")
        ),
        lambda row, request: queries.Hit(row.title, f"/documents/{row.pk}/"),
    )
    queries.register("other", "其他", lambda user: Document.objects.none(), lambda row, request: queries.Hit("", ""))

    groups = queries.search_all("居家", AnonymousUser())
    assert [(group.label, group.count) for group in groups] == [("文书", 1)]
    assert [hit.title for hit in groups[0].hits()] == ["社区居家养老服务项目"]
    assert queries.search_all("", AnonymousUser()) == []
    assert queries.search_all("居家", AnonymousUser(), kind="other") == []
    assert queries.sources() == [("paper", "文书"), ("other", "其他")]
