from datetime import date

import sqlalchemy as sa

from crm.actions.bulk import catch_up_sequence, first_free_id, insert_rows
from crm.extensions import begin_exclusive, db
from crm.models import Recognition
from pipelines.vocabulary import Title
from tests.builders import a_firm, a_recognition


def test_bulk_rows_are_translated_as_the_orm_would_and_leave_the_sequence_behind_them(app):
    firm = a_firm()
    db.session.commit()
    begin_exclusive()
    first = first_free_id(Recognition)

    written = insert_rows(
        Recognition,
        ["id", "firm_id", "title", "recognized_on", "is_renewal"],
        [(first, firm.id, Title.HIGH_TECH, date(2023, 12, 8), False)],
    )
    catch_up_sequence(Recognition)
    db.session.commit()

    later = a_recognition(firm, Title.TECH_SME, date(2021, 1, 1))
    assert written == 1
    assert db.session.get(Recognition, first).title is Title.HIGH_TECH
    assert later.id == first + 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Recognition)) == 2
