"""Files that prove what people checked: kept by content, shown or handed over, never run."""

from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
import time_machine

from crm.extensions import db
from crm.models import Answer, Attachment, Event, Firm
from pipelines.vocabulary import EventKind, FileKind, Role
from tests.builders import a_firm, a_township, a_user
from tests.pictures import a_picture

PDF, PNG = b"%PDF-1.7 a paper", a_picture()
TODAY = date(2026, 6, 30)


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-06-30 10:00+08:00", tick=False):
        yield


@pytest.fixture
def firm(app) -> Firm:
    return a_firm()


@pytest.fixture
def officer(signed_in):
    return signed_in(Role.OFFICER)


def proved(officer, firm: Firm, *files: tuple[bytes, str], **fields: str):
    given = {"answered_on": "2026-06-30", "seen": "0", "attested-no_serious_violation": "1"} | fields
    proofs = [(BytesIO(content), name) for content, name in files]
    return officer.post(f"/firms/{firm.id}/answers/high_tech", data=given | {"proof-no_serious_violation": proofs})


def kept() -> list[Attachment]:
    return list(db.session.scalars(sa.select(Attachment).order_by(Attachment.id)))


def an_office_file(part: str) -> bytes:
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        archive.writestr(part, "<x/>")
    return content.getvalue()


def test_a_condition_is_checked_with_its_files_in_one_deed(officer, firm):
    answer = proved(officer, firm, (PDF, "信用中国查询.pdf"), (PNG, "截图.png"))

    assert answer.status_code == 303
    assert [(each.file_name, each.kind, each.about_key) for each in kept()] == [
        ("信用中国查询.pdf", FileKind.PDF, "high_tech/no_serious_violation"),
        ("截图.png", FileKind.PNG, "high_tech/no_serious_violation"),
    ]
    event = db.session.scalars(sa.select(Event).filter_by(kind=EventKind.ANSWERED)).one()
    assert event.particulars["changes"][1]["new"] == "信用中国查询.pdf、截图.png"
    assert db.session.scalars(sa.select(Answer)).one().value == 1


def test_the_tab_shows_what_proves_which_condition(officer, firm):
    proved(officer, firm, (PDF, "信用中国查询.pdf"))

    page = officer.get(f"/firms/{firm.id}?tab=qualification").text

    assert "信用中国查询.pdf" in page
    assert "核验佐证" in page


def test_overview_lists_every_file_of_the_firm_and_nobody_elses(officer, firm):
    proved(officer, firm, (PDF, "证明.pdf"), (PNG, "照片.png"))
    proved(officer, a_firm(), (PDF, "别家.pdf"))
    removed = kept()[0]
    officer.post(f"/firms/{firm.id}/attachments/{removed.id}/removal")

    page = officer.get(f"/firms/{firm.id}").text

    overview = page[page.index('<section id="overview"') : page.index('<section id="figures"')]
    assert [name in overview for name in ("证明.pdf", "照片.png", "别家.pdf", "核验佐证")] == [False, True, False, True]


@pytest.mark.parametrize(
    ("content", "name", "kind", "disposition"),
    [
        (PDF, "a.pdf", "application/pdf", "attachment"),
        (PNG, "a.png", "image/png", "inline"),
        (PNG, "一张网页.html", "image/png", "inline"),  # by content, whatever it is called
        (a_picture("JPEG"), "a.jpg", "image/jpeg", "inline"),
        (an_office_file("word/document.xml"), "a.docx",
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "attachment"),
    ],
    ids=["pdf", "png", "a picture called a page", "jpg", "docx"],
)  # fmt: skip
def test_a_picture_is_shown_and_everything_else_handed_over(officer, firm, content, name, kind, disposition):
    proved(officer, firm, (content, name))

    answer = officer.get(f"/firms/{firm.id}/attachments/{kept()[0].id}")

    assert answer.data == content
    assert answer.mimetype == kind
    assert answer.headers["Content-Disposition"].partition(";")[0] == disposition
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    taken_out = db.session.scalars(sa.select(Event.firm_id).where(Event.kind == EventKind.EXPORTED)).all()
    assert taken_out == ([firm.id] if disposition == "attachment" else [])


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"<html><script>alert(1)</script>", "照片.png", "不是可以保存的文件"),
        (b"", "空.pdf", "是空文件"),
        (b"MZ\x90\x00", "a.exe", "不是可以保存的文件"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "不是可以保存的文件"),
        (an_office_file("something/else.xml"), "a.docx", "不是可以保存的文件"),
        (b"PK\x03\x04 broken", "a.xlsx", "不是可以保存的文件"),
        (PDF + b"x" * (10 * 1024 * 1024), "大.pdf", "超过 10 MB"),
    ],
    ids=["page", "empty", "program", "svg", "other archive", "broken archive", "too large"],
)
def test_a_file_that_cannot_be_kept_is_told_and_nothing_is_written(officer, firm, content, name, sentence):
    answer = proved(officer, firm, (PDF, "好的.pdf"), (content, name), note="看了信用中国")

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "看了信用中国" in answer.text
    assert kept() == []
    assert db.session.scalars(sa.select(Answer)).all() == []


def test_a_hostile_name_is_only_ever_shown(officer, firm):
    proved(officer, firm, (PDF, "../../etc/‮passwd<script>.pdf"))

    (attachment,) = kept()
    assert attachment.file_name == "passwd<script>.pdf"
    assert "<script>.pdf" not in officer.get(f"/firms/{firm.id}?tab=qualification").text


def test_a_removed_file_is_gone_from_the_pages_and_told_in_the_timeline(officer, firm):
    proved(officer, firm, (PDF, "信用中国查询.pdf"))
    (attachment,) = kept()
    address = f"/firms/{firm.id}/attachments/{attachment.id}"

    assert officer.post(f"{address}/removal", data={"back": "//evil.example"}).location == f"/firms/{firm.id}"

    assert officer.get(address).status_code == 404
    assert db.session.scalars(sa.select(Event).filter_by(kind=EventKind.ATTACHMENT_REMOVED)).one().firm_id == firm.id
    assert officer.post(f"{address}/removal", follow_redirects=True).text.count("这个文件已被移除") == 1


def test_files_of_another_area_look_as_if_there_were_none(sign_in, officer, firm):
    proved(officer, firm, (PDF, "信用中国查询.pdf"))
    stranger = sign_in(a_user(Role.TOWNSHIP_OFFICER, township=a_township()))

    assert stranger.get(f"/firms/{firm.id}/attachments/{kept()[0].id}").status_code == 404


@pytest.mark.parametrize("number", ["999999999999999999999", "0", "77"])
def test_an_address_that_is_none_is_not_found(officer, firm, number):
    assert officer.get(f"/firms/{firm.id}/attachments/{number}").status_code == 404
