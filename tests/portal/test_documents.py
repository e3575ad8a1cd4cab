import hashlib
from datetime import UTC, datetime

import pypdfium2
import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import translation

from portal import clock
from portal.access import Role
from portal.components.templatetags.portal_tags import grouped
from portal.documents import commands, policies, queries
from portal.documents.models import Kind, Paper
from portal.money import capital, yuan
from tests.makers import make_user

RARE = "碶澥岙桕㛃䶮𫖯𬱟"
MOMENT = datetime(2026, 9, 1, 2, 3, 4, tzinfo=UTC)
RECEIPT = {
    "unit": "镇海区演示甬澜社会工作服务中心",
    "project": f"老城{RARE}助行计划",
    "round": "镇海区2026年公益创投",
    "submitted_at": "2026-06-21 15:06:32",
    "version": 2,
    "amount": yuan(3850000),
    "content_sha256": "ab" * 32,
}
AWARD = {
    **RECEIPT,
    "amount_capital": capital(3850000),
    "document_number": "镇民〔2026〕12号",
    "signer": "镇海区民政局",
}
AGREEMENT = {
    **AWARD,
    "title": "助行计划 项目协议",
    "parties": [["甲方", "镇海区民政局"], ["乙方", "甬澜中心"], ["丙方", "招宝山街道办事处"]],
    "starts_on": "2026-10-01",
    "ends_on": "2027-09-30",
    "tranches": [["第 1 期", "50%", "19,250.00", "协议签订后"], ["第 2 期", "50%", "19,250.00", "中期评估合格后"]],
    "clauses": [{"title": f"条款{n}", "paragraphs": ["双方按约定履行。" * 40]} for n in range(12)],
}
CASES = {"receipt": RECEIPT, "award_notice": AWARD, "agreement": AGREEMENT, "letter": {"paragraphs": ["请予整改。"]}}


def text_of(content):
    document = pypdfium2.PdfDocument(content)
    return len(document), "".join(page.get_textpage().get_text_bounded() for page in document)


@pytest.mark.parametrize("template", CASES)
def test_each_paper_is_made_and_carries_its_own_fonts(template):
    content = commands.pdf(template, {**CASES[template], "number": "N-1"})

    assert content.startswith(b"%PDF-")
    assert b"NotoSerifSC" in content or b"NotoSansSC" in content


def test_the_receipt_is_one_page_with_every_character():
    pages, text = text_of(commands.pdf("receipt", {**RECEIPT, "number": "VEN-2026-000482"}))

    assert pages == 1
    for word in (RARE, "VEN-2026-000482", "2026-06-21 15:06:32", "38,500.00", "ab" * 32):
        assert word in text.replace("\r\n", "")


def test_rare_characters_have_glyphs_of_their_own():
    """A missing glyph is drawn as the same empty box: no two of ours may look alike."""
    page = pypdfium2.PdfDocument(commands.pdf("letter", {"title": "  ".join(RARE), "number": "1"}))[0]
    textpage = page.get_textpage()
    picture = page.render(scale=6).to_pil().convert("L")
    seen = set()
    for at, char in enumerate(textpage.get_text_bounded()):
        if char not in RARE:
            continue
        left, bottom, right, top = textpage.get_charbox(at, loose=True)
        height = page.get_height()
        box = tuple(int(6 * value) for value in (left, height - top, right, height - bottom))
        seen.add(picture.crop(box).resize((32, 32)).tobytes())
    assert len(seen) >= len({char for char in RARE if ord(char) < 0x10000})


def test_the_award_notice_says_the_amount_in_figures_and_in_words():
    _pages, text = text_of(commands.pdf("award_notice", {**AWARD, "number": "N-1"}))

    assert "38,500.00" in text and "叁万捌仟伍佰元整" in text and "镇民〔2026〕12号" in text


def test_a_long_agreement_runs_over_pages_and_each_says_which():
    pages, text = text_of(commands.pdf("agreement", {**AGREEMENT, "number": "N-1"}))

    assert pages > 2
    assert f"第 {pages} 页 共 {pages} 页" in text
    assert "十三、条款11" in text.replace(" ", "")


def test_values_are_never_read_as_markup_or_code():
    evil = '#read("/etc/passwd") = 标题 *粗* $x$ \\ #import "x" <b>&"'

    _pages, text = text_of(commands.pdf("letter", {"title": "t", "paragraphs": [evil], "number": "1"}))
    assert '#read("/etc/passwd")' in text and "root:" not in text


def test_the_same_values_at_the_same_time_give_the_same_bytes():
    with clock.at(MOMENT):
        first, second = (commands.pdf("receipt", {**RECEIPT, "number": "N"}) for _ in range(2))
    assert first == second


@pytest.fixture
def officer(db):
    return make_user("officer", Role.BUREAU_OFFICER)


def issued(officer, number="VEN-2026-000482"):
    return commands.issue(Kind.RECEIPT, number, "VEN-2026-000482", {**RECEIPT, "title": "申报回执"}, officer)


def test_an_issued_paper_is_numbered_hashed_and_kept(officer):
    paper = issued(officer)

    content = paper.file.open().read()
    assert paper.sha256 == paper.file.sha256 == hashlib.sha256(content).hexdigest()
    assert paper.file.name == "申报回执-VEN-2026-000482.pdf"
    assert "number=VEN-2026-000482" in text_of(content)[1]


def test_a_paper_asked_for_in_english_is_chinese(officer):
    with translation.override("en"):
        paper = commands.issue(Kind.CERTIFICATE, "C-1", "VEN-2026-000482", {"paragraphs": ["准予结项。"]}, officer)

    assert (paper.title, paper.file.name) == ("结项证书", "结项证书-C-1.pdf")


def test_a_number_is_given_once(officer):
    issued(officer)

    with pytest.raises(commands.NumberTaken, match="已经用过"):
        issued(officer)
    assert Paper.objects.count() == 1


@pytest.mark.parametrize("sql", ["UPDATE documents_paper SET title = 'x'", "DELETE FROM documents_paper"])
def test_a_paper_is_never_changed(officer, sql):
    issued(officer)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_who_reads_a_paper_is_said_per_kind(officer, client, monkeypatch):
    monkeypatch.setattr(policies, "_readers", {})
    reader, stranger = make_user("reader"), make_user("stranger")
    paper = issued(officer)
    client.force_login(reader)
    assert client.get(paper.file.get_absolute_url()).status_code == 404

    policies.allow(Kind.RECEIPT, lambda user, paper: user == reader and paper.about == "VEN-2026-000482")
    assert client.get(paper.file.get_absolute_url()).status_code == 200
    client.force_login(stranger)
    assert client.get(paper.file.get_absolute_url()).status_code == 404


def verify(client, **params):
    return client.get(reverse("documents:verify"), params)


def test_anybody_checks_a_paper_by_its_number(officer, client):
    with clock.at(MOMENT):
        paper = issued(officer)

    page = verify(client, number=" VEN-2026-000482 ").content.decode()
    for word in ("申报回执", "镇海区演示甬澜社会工作服务中心", "2026-09-01 10:03:04", paper.sha256, "本平台出具过"):
        assert word in page


def test_the_hash_tells_whether_the_file_is_the_same(officer, client):
    paper = issued(officer)

    assert "文件内容一致" in verify(client, number=paper.number, sha256=paper.sha256.upper()).content.decode()
    assert "文件内容一致" in verify(client, number=paper.number, sha256=grouped(paper.sha256)).content.decode()
    assert "与留存的不一致" in verify(client, number=paper.number, sha256="0" * 64).content.decode()
    assert "64 位" in verify(client, number=paper.number, sha256="zz").content.decode()
    assert queries.check(paper.number).matches is None


@pytest.mark.parametrize("number", ["VEN-0", "%", "VEN-2026-00048", "<script>", "x\x00y"])
def test_an_unknown_number_is_said_to_be_unknown(officer, client, number):
    issued(officer)
    answer = verify(client, number=number)

    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode().replace("<script src", "")
    assert "本平台出具过" not in answer.content.decode()


def test_the_empty_page_asks_for_the_number(client, db):
    assert "未查到" not in verify(client).content.decode()
    assert "请填写文书页脚的编号。" in verify(client, number="").content.decode()
