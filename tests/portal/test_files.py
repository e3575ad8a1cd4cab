import io
import random
import socket
import struct
import threading
import zipfile
from datetime import timedelta

import pytest
from django import forms
from django.apps import apps
from django.core.files.storage import storages
from django.db import transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from portal import archives, clock
from portal.documents.models import Paper
from portal.files import commands, policies
from portal.files.forms import UploadField
from portal.files.models import StoredFile
from portal.files.rules import ALL, MEDIA_TYPES, SCANS, FileRefused, clean_name, examine
from tests.makers import again, make_user
from tests.portal.makers_files import OLE, PDF, office, picture, upload, zipped

GOOD = {
    "证明.pdf": PDF,
    "照片.jpg": picture(),
    "照片.JPEG": picture(),
    "章.png": picture("PNG"),
    "申报书.docx": office(),
    "预算.xlsx": office("xl/workbook.xml"),
    "公文.ofd": office("OFD.xml"),
    "旧.doc": OLE + "WordDocument".encode("utf-16-le"),
    "旧.xls": OLE + "Workbook".encode("utf-16-le"),
    "附件.zip": zipped(
        {"a.txt": b"1", "图/": b"", "图/b.txt": "碶".encode("gb18030"), "c.PDF": PDF, "d.docx": office()}
    ),
    "名单.csv": "姓名,金额\n碶,1".encode("gb18030"),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_files_of_every_kind_pass(name):
    examined = examine(io.BytesIO(GOOD[name]), name)

    assert examined.name == name
    assert examined.media_type == MEDIA_TYPES[name.rsplit(".", 1)[1].lower()]
    assert examined.size > 0 and len(examined.sha256) == 64


def macro(name):
    return office(**{name: b"x"})


def link():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        entry = zipfile.ZipInfo("link")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return target.getvalue()


def locked():
    content = bytearray(zipped({"a.txt": b"secret"}))
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


GARBAGE = b"<html><script>alert(1)</script></html>"
LONG = bytes(random.Random(1).choices(b" \n", k=70_000))  # a prolog longer than what is looked at
BAD = [
    ("x.html", GARBAGE, "只能上传"),
    ("x.svg", b"<svg onload='alert(1)'/>", "只能上传"),
    ("x.exe", b"MZ\x90", "只能上传"),
    ("x.pdf.exe", PDF, "只能上传"),
    ("x", PDF, "只能上传"),
    ("x.docm", office(), "只能上传"),
    ("x.pdf", b"", "文件是空的"),
    ("x.pdf", GARBAGE, "不是 PDF 格式"),
    ("x.pdf", b"GIF89a" + PDF, "不是 PDF 格式"),
    ("x.pdf", b"\n" + PDF, "不是 PDF 格式"),
    ("x.pdf", PDF[:60], "不是 PDF 格式"),
    ("x.pdf", PDF + zipped({"a": b"1"}), "不是 PDF 格式"),
    ("x.pdf", PDF.replace(b"/Size 3", b"/Size 3/Encrypt 4 0 R"), "有密码"),
    ("x.pdf", PDF.replace(b"/Count 0", b"/Count 0/AA<</S/JavaScript>>"), "含有脚本"),
    ("x.pdf", PDF.replace(b"/Count 0", b"/Count 0/AA<</S/J#61va#53cript>>"), "含有脚本"),
    ("x.pdf", PDF.replace(b"/Count 0", b"/Count 0/A<</S/Launch>>"), "含有脚本"),
    ("x.jpg", PDF, "不是 JPG 格式"),
    ("x.jpg", picture("PNG"), "不是 JPG 格式"),
    ("x.png", picture("JPEG"), "不是 PNG 格式"),
    ("x.png", GARBAGE, "不是 PNG 格式"),
    ("x.jpg", picture()[:200], "图片已损坏"),
    ("x.png", picture("PNG")[:60], "图片已损坏"),
    ("x.docx", zipped({"a": b"1"}), "不是 DOCX 格式"),
    ("x.docx", office("xl/workbook.xml"), "不是 DOCX 格式"),
    ("x.xlsx", office(), "不是 XLSX 格式"),
    ("x.docx", GARBAGE, "不是 DOCX 格式"),
    ("x.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "有密码"),
    ("x.docx", macro("word/vbaProject.bin"), "含有宏"),
    ("x.docx", office(**{"[Content_Types].xml": b"<a ContentType='x.macroEnabled.main+xml'/>"}), "含有宏"),
    ("x.docx", office(**{"word/x.xml": b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"}), "外部实体"),
    ("x.docx", office(**{"word/x.xml": LONG + b"<!DOCTYPE x []><x/>"}), "外部实体"),
    ("x.docx", office(**{"word/x.xml": b"<!-- <x> " + LONG + b"--><!DOCTYPE x []><x/>"}), "外部实体"),
    (
        "x.docx",
        office(**{"word/_rels/settings.xml.rels": b"<R>" + LONG + b"<R TargetMode='External'/></R>"}),
        "外部模板",
    ),
    ("x.docx", office(**{"word/_rels/settings.xml.rels": b"<R TargetMode='External'/>"}), "外部模板"),
    ("x.docx", office(**{"word/_rels/Settings.XML.Rels": b"<R TargetMode='External'/>"}), "外部模板"),
    ("x.docx", office(**{"word/x.XML": b"<!DOCTYPE x []><x/>"}), "外部实体"),
    ("x.docx", office()[:-30], "已损坏"),
    ("x.docx", office(**{"../../etc/x": b"1"}), "路径不合规"),
    ("x.zip", zipped({"/etc/x": b"1"}), "路径不合规"),
    ("x.zip", zipped({"a\\..\\..\\x": b"1"}), "路径不合规"),
    ("x.zip", zipped({"b.zip": b"1"}), "不能再有压缩包"),
    ("x.zip", zipped({"图/b.exe": b"MZ"}), "“b.exe”不能接收，只能放 PDF、"),
    ("x.zip", zipped({"b": b"1"}), "“b”不能接收"),
    ("x.zip", zipped({"b.html": b"<p>"}), "“b.html”不能接收"),
    ("x.zip", zipped({"b.txt": zipped({"a.txt": b"1"})}), "“b.txt”：文件内容不是 TXT 格式"),
    ("x.zip", zipped({"b.pdf": PDF.replace(b"/Count 0", b"/Count 0/A<</S/Launch>>")}), "“b.pdf”：文件含有脚本"),
    ("x.zip", zipped({"b.docx": macro("word/vbaProject.bin")}), "“b.docx”：文件含有宏"),
    ("x.zip", link(), "有链接"),
    ("x.zip", locked(), "有密码"),
    ("x.zip", zipped({f"{n}": b"" for n in range(2001)}), "最多 2000 个"),
    ("x.zip", zipped({"a": b"0" * 5_000_000}), "展开后过大"),
    ("x.zip", PDF, "不是 ZIP 格式"),
    ("x.doc", PDF, "不是 DOC 格式"),
    ("x.doc", OLE, "不是 DOC 格式"),
    ("x.doc", OLE + "WordDocument_VBA_PROJECT".encode("utf-16-le"), "含有宏"),
    ("x.csv", b"a\x00b", "不是 CSV 格式"),
    ("x.csv", GARBAGE, "不是 CSV 格式"),
    ("x.csv", b"\xff\xfe\xff\xff", "不是 CSV 格式"),
]


@pytest.mark.parametrize(("name", "content", "said"), BAD, ids=range(len(BAD)))
def test_bad_files_are_refused_with_reason_and_remedy(name, content, said):
    with pytest.raises(FileRefused, match=said) as refused:
        examine(io.BytesIO(content), name)
    assert refused.value.for_user().endswith("。")


def test_a_field_takes_only_its_own_kinds_and_size():
    with pytest.raises(FileRefused, match="只能上传 PDF、JPG、PNG。"):
        examine(io.BytesIO(office()), "x.docx", accept=SCANS)
    with pytest.raises(FileRefused, match="文件须小于 1 MB"):
        examine(io.BytesIO(PDF + b" " * 2**20), "x.pdf", max_size=2**20)


def test_an_image_of_too_many_pixels_is_refused_before_it_is_drawn():
    header = bytearray(picture("PNG"))
    at = header.find(b"IHDR") + 4
    header[at : at + 8] = struct.pack("!II", 60_000, 60_000)
    import zlib

    header[at + 13 : at + 17] = struct.pack("!I", zlib.crc32(header[at - 4 : at + 13]))
    with pytest.raises(FileRefused, match="像素过大"):
        examine(io.BytesIO(bytes(header)), "x.png")


def test_a_container_that_lies_about_its_size_is_read_no_further_than_allowed():
    archive = archives.open_safely(io.BytesIO(zipped({"a": b"0" * 1000})))
    assert archives.read_member(archive, "a", 10) == b"0" * 10


def test_what_hides_in_a_picture_does_not_come_along():
    exif = Image.Exif()
    exif[0x010F] = "GPS 29.95,121.71"
    exif[0x0112] = 6
    content = picture(exif=exif.tobytes()) + b"PK\x03\x04 hidden"

    kept = examine(io.BytesIO(content), "x.jpg").content

    picture_kept = Image.open(kept)
    assert b"GPS" not in kept.getvalue() and b"hidden" not in kept.getvalue()
    assert (picture_kept.size, dict(picture_kept.getexif())) == ((30, 40), {})


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/证明.pdf", "证明.pdf"),
        ("C:\\Users\\me\\a.pdf", "a.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        (".pdf", "pdf"),
        ("", "未命名"),
        ("\ud800.pdf", "?.pdf"),
    ],
)
def test_names_are_cleaned(name, kept):
    assert clean_name(name) == kept
    assert len(clean_name("长" * 400 + ".pdf")) == 200


@settings(max_examples=150, deadline=2000)
@given(st.sampled_from(sorted(GOOD)), st.integers(0, 400), st.binary(max_size=20), st.integers(0, 30))
def test_mutated_files_pass_or_are_refused_but_nothing_else(name, at, more, cut):
    content = bytearray(GOOD[name])
    content[at % len(content) : at % len(content) + cut] = more
    try:
        examine(io.BytesIO(bytes(content)), name)
    except FileRefused as refused:
        assert refused.for_user()


@pytest.fixture
def owner(db):
    return make_user("owner")


def test_a_stored_file_keeps_hash_name_and_bytes_under_a_dumb_name(owner):
    file = commands.store(upload(), purpose="tests.proof", by=owner)

    assert (file.name, file.media_type, file.size, file.state) == ("证明.pdf", "application/pdf", len(PDF), "CLEAN")
    assert file.open().read() == PDF
    assert "证明" not in file.path and "pdf" not in file.path


def test_a_repeated_attempt_stores_once(owner):
    first = commands.store(upload(), purpose="tests.proof", by=owner, upload_key="k1")

    assert commands.store(upload(), purpose="tests.proof", by=owner, upload_key="k1") == first
    with pytest.raises(FileRefused, match="和刚才的不同"):
        commands.store(upload("x.jpg", picture()), purpose="tests.proof", by=owner, upload_key="k1")
    assert commands.store(upload(), purpose="tests.proof", by=make_user("b"), upload_key="k1") != first
    assert StoredFile.objects.count() == 2


def test_the_lost_race_of_an_attempt_leaves_no_bytes(owner, monkeypatch):
    first = commands.store(upload(), purpose="tests.proof", by=owner, upload_key="k1")
    asked = []
    found = StoredFile.objects.filter

    def late(*args, **kwargs):
        asked.append(1)
        return found(pk=0) if len(asked) == 1 else found(*args, **kwargs)

    monkeypatch.setattr(StoredFile.objects, "filter", late)
    assert commands.store(upload(), purpose="tests.proof", by=owner, upload_key="k1") == first
    assert list(commands.paths_in_storage()) == [first.path]


def download(client, file):
    return client.get(reverse("files:download", args=[file.key]))


def test_the_owner_gets_an_attachment_that_nothing_runs(client, owner):
    file = commands.store(upload("证明 1.pdf"), purpose="tests.proof", by=owner)
    client.force_login(owner)

    answer = download(client, file)

    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''%E8%AF%81%E6%98%8E%201.pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Type"] == "application/pdf"


def test_nobody_else_learns_that_it_is_there(client, owner):
    file = commands.store(upload(), purpose="tests.proof", by=owner)

    assert download(client, file).status_code == 404
    client.force_login(make_user("other", "BUREAU_HEAD"))
    assert download(client, file).status_code == 404
    assert client.post(reverse("files:download", args=[file.key])).status_code == 405


def test_the_package_lets_people_in_by_purpose(client, owner, monkeypatch):
    monkeypatch.setattr(policies, "_doors", {})
    friend = make_user("friend")
    policies.allow("tests.proof", lambda user, file: user == friend)
    policies.allow("tests.public", lambda user, file: file.name == "公开.pdf", public=True)
    proof = commands.store(upload(), purpose="tests.proof", by=owner)
    public = commands.store(upload("公开.pdf"), purpose="tests.public", by=owner)
    hidden = commands.store(upload("不公开.pdf"), purpose="tests.public", by=owner)

    assert [download(client, one).status_code for one in (proof, public, hidden)] == [404, 200, 404]
    client.force_login(friend)
    assert download(client, proof).status_code == 200
    friend.is_active = False
    friend.save()
    assert not policies.may_read(friend, proof)


def test_a_file_whose_bytes_are_gone_is_not_found(client, owner):
    file = commands.store(upload(), purpose="tests.proof", by=owner)
    storages["private"].delete(file.path)
    client.force_login(owner)

    assert download(client, file).status_code == 404


class Clamd(threading.Thread):
    """A small clamd: finds EICAR."""

    def __init__(self, answer=None):
        super().__init__(daemon=True)
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port, self.answer = self.server.getsockname()[1], answer

    def run(self):
        while True:
            try:
                connection, _address = self.server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                content = b""
                while length := struct.unpack("!L", stream.read(4))[0]:
                    content += stream.read(length)
                found = b"stream: Eicar FOUND\0" if b"EICAR" in content else b"stream: OK\0"
                connection.sendall(self.answer or found)


@pytest.fixture
def clamd(settings):
    server = Clamd()
    server.start()
    settings.CLAMAV_HOST, settings.CLAMAV_PORT = "127.0.0.1", server.port
    yield server
    server.server.close()


@pytest.fixture
def idle(monkeypatch):
    """Jobs are noted and not run."""
    noted = []
    monkeypatch.setattr(commands, "enqueue", lambda name, **ids: noted.append((name, ids)))
    return noted


def test_until_it_is_checked_a_file_is_for_its_owner_alone(client, owner, clamd, idle, monkeypatch):
    monkeypatch.setattr(policies, "_doors", {})
    policies.allow("tests.proof", lambda user, file: True, public=True)
    file = commands.store(upload(), purpose="tests.proof", by=owner)

    assert (file.state, idle) == ("PENDING", [("files.scan", {"key": file.key})])
    assert download(client, file).status_code == 404
    client.force_login(owner)
    assert download(client, file).status_code == 200

    assert commands.scan(file.key) == "CLEAN"
    client.logout()
    assert download(client, file).status_code == 200


def test_an_infected_file_is_for_nobody(client, owner, clamd, idle):
    file = commands.store(upload("x.zip", zipped({"a.txt": b"EICAR"}, 0)), purpose="tests.proof", by=owner)

    assert commands.scan(file.key) == "INFECTED"
    assert commands.scan(file.key) == ""
    client.force_login(owner)
    assert download(client, file).status_code == 404


def test_while_the_scanner_is_away_the_file_stays_pending(owner, settings, idle):
    settings.CLAMAV_HOST, settings.CLAMAV_PORT = "127.0.0.1", 1
    file = commands.store(upload(), purpose="tests.proof", by=owner)

    with pytest.raises(OSError):
        commands.scan(file.key)
    assert again(file).state == "PENDING"
    with clock.at(clock.now() + timedelta(hours=2)):
        assert commands.scan_pending() == 1


def test_a_strange_answer_is_no_clean_bill(owner, clamd, idle):
    clamd.answer = b"INSTREAM size limit exceeded. ERROR\0"
    file = commands.store(upload(), purpose="tests.proof", by=owner)

    with pytest.raises(commands.ScannerError):
        commands.scan(file.key)
    assert again(file).state == "PENDING"


def test_the_sweeper_sees_every_pointer_to_a_file():
    fields = {
        field
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and field.related_model is StoredFile
    }
    assert {one.field for one in commands.pointers()} == fields
    assert any(field.remote_field.hidden for field in fields)


def test_the_sweeper_takes_orphans_and_never_what_is_pointed_to(owner, monkeypatch):
    monkeypatch.setattr(policies, "_doors", {})
    policies.allow("tests.swept", lambda user, file: False, swept=True)
    policies.allow("tests.kept", lambda user, file: False)
    loose = commands.store(upload(), purpose="tests.swept", by=owner)
    pointed = commands.store(upload(), purpose="tests.swept", by=owner)
    kept = commands.store(upload(), purpose="tests.kept", by=owner)
    Paper.objects.create(number="N1", kind="OTHER", about="x", title="t", sha256=pointed.sha256, file=pointed)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        commands.store(upload(), purpose="tests.swept", by=owner)
        raise ZeroDivisionError

    assert len(list(commands.paths_in_storage())) == 4
    assert commands.sweep() == (0, 0)
    with clock.at(clock.now() + timedelta(hours=25)):
        assert commands.sweep() == (1, 2)
    assert set(StoredFile.objects.all()) == {pointed, kept}
    assert sorted(commands.paths_in_storage()) == sorted([pointed.path, kept.path])
    assert loose.key


class Proof(forms.Form):
    proof = UploadField(label="证明", accept=SCANS)


def test_the_form_field_says_what_is_wrong_in_chinese():
    assert Proof({}, {}).errors["proof"] == ["请选择文件：证明。"]
    assert Proof({}, {"proof": upload("x.docx", office())}).errors["proof"] == ["只能上传 PDF、JPG、PNG。"]
    assert Proof({}, {"proof": upload("x.pdf", b"")}).errors["proof"] == ["文件是空的。请检查后重新选择。"]
    assert 'accept=".pdf,.jpg,.jpeg,.png"' in str(Proof()["proof"])


def test_a_good_upload_of_the_form_can_be_stored(owner):
    form = Proof({}, {"proof": upload()})

    assert form.is_valid(), form.errors
    assert commands.store(form.cleaned_data["proof"], purpose="tests.proof", by=owner).size == len(PDF)
    assert set(SCANS) <= set(ALL)
