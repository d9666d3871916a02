"""Administration of tags."""

import pytest
import sqlalchemy as sa

from crm.extensions import db
from crm.models import FirmTag, Tag
from pipelines.vocabulary import Role
from tests.builders import a_firm, a_township

TAGS = "/system/tags"


@pytest.fixture
def chief(signed_in):
    return signed_in(Role.SECTION_CHIEF)


@pytest.fixture
def tags(app) -> list[Tag]:
    tags = [Tag(name=name) for name in ("重点培育", "重点培养", "拟上市")]
    db.session.add_all(tags)
    db.session.commit()
    return tags


def names() -> list[str]:
    db.session.expire_all()
    return sorted(db.session.scalars(sa.select(Tag.name).where(Tag.archived_at.is_(None))))


def test_tag_is_made_and_renamed(chief):
    made = chief.post(TAGS, data={"name": " 重点 培育 "}, follow_redirects=True)
    tag = db.session.scalars(sa.select(Tag)).one()
    renamed = chief.post(f"{TAGS}/{tag.id}/edit", data={"name": "重点"}, follow_redirects=True)

    assert "已新增标签“重点 培育”" in made.text
    assert "已改为“重点”" in renamed.text
    assert names() == ["重点"]


def test_twin_is_refused_and_what_was_typed_stays(chief, tags):
    answer = chief.post(TAGS, data={"name": "拟上市"})

    assert answer.status_code == 422
    assert "已有标签“拟上市”，没有重复新增" in answer.text
    assert 'value="拟上市"' in answer.text


def test_tag_that_is_joined_with_another_leaves_its_firms_there_once(chief, tags):
    one, both = a_firm(), a_firm()
    db.session.add_all(FirmTag(firm_id=firm.id, tag_id=tag.id) for firm, tag in
                       ((one, tags[1]), (both, tags[0]), (both, tags[1])))  # fmt: skip

    answer = chief.post(f"{TAGS}/{tags[1].id}/merger", data={"into": tags[0].id}, follow_redirects=True)

    assert "已并入，2 家企业改用新标签" in answer.text
    rows = db.session.execute(sa.select(FirmTag.firm_id, FirmTag.tag_id).order_by(FirmTag.firm_id)).all()
    assert rows == [(one.id, tags[0].id), (both.id, tags[0].id)]
    assert names() == ["拟上市", "重点培育"]


def test_tag_is_put_out_of_use_and_back_and_firms_keep_it(chief, tags):
    firm = a_firm()
    db.session.add(FirmTag(firm_id=firm.id, tag_id=tags[0].id))

    chief.post(f"{TAGS}/{tags[0].id}/archiving", follow_redirects=True)
    assert names() == ["拟上市", "重点培养"]
    assert db.session.query(FirmTag).count() == 1
    chief.post(f"{TAGS}/{tags[0].id}/archiving/removal", follow_redirects=True)

    assert names() == ["拟上市", "重点培养", "重点培育"]


def test_counts_are_those_of_the_list(chief, tags):
    firm = a_firm(township_id=a_township().id)
    db.session.add(FirmTag(firm_id=firm.id, tag_id=tags[0].id))

    assert "“重点培育”的企业 1 家" in chief.get(TAGS).text


@pytest.mark.parametrize("name", ["", "   ", "长" * 31, "x" * 10_000])
def test_rubbish_makes_no_tag(chief, name):
    assert chief.post(TAGS, data={"name": name}).status_code == 422
    assert names() == []


@pytest.mark.parametrize("into", ["", "abc", "999999", "{own}"])
def test_tag_is_joined_only_with_another_that_is_in_use(chief, tags, into):
    answer = chief.post(f"{TAGS}/{tags[1].id}/merger", data={"into": into.replace("{own}", str(tags[1].id))})

    assert answer.status_code == 422
    assert len(names()) == 3


def test_only_the_chief_manages_them(signed_in, tags):
    for role in set(Role) - {Role.SECTION_CHIEF}:
        assert signed_in(role).get(TAGS).status_code == 403
        assert signed_in(role).post(f"{TAGS}/{tags[0].id}/archiving").status_code == 403
    assert signed_in(Role.SECTION_CHIEF).get(f"{TAGS}/999/edit").status_code == 404
