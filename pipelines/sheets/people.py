"""Lists of the people of firms, as address books keep them: a firm may have several, a ledger has room for one."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from pipelines.sheets.columns import CONTACT_COLUMNS, Column
from pipelines.sheets.list_kind import ListKind, Settled
from pipelines.vocabulary import ContactRole

_ROLES = (
    (ContactRole.LEGAL, "法定代表人 法人代表 负责人 总经理 董事长 企业负责人"),
    (ContactRole.FINANCE, "财务负责人 财务联系人 会计"),
    (ContactRole.RD, "研发负责人 技术负责人 技术联系人 技术"),
    (ContactRole.APPLICATION, "申报 申报人 申报专员 联络员"),
    (ContactRole.OTHER, "一般联系人 联系人"),
)
_ROLE_SPELLINGS = ("联系人角色", "联系人类别", "联系人类型", "人员类别", "联系类别")
_HEADINGS = (
    "通讯录",
    "联系人名单",
    "联系人名册",
    "联系人清单",
    "联系人汇总",
    "联系方式汇总",
    "联系表",
    "联络表",
    "联络员",
)
_MORE_SPELLINGS = {"name": ("姓名", "人员姓名")}


def _column(known: Column) -> Column:
    aliases = (*known.aliases, *_MORE_SPELLINGS.get(known.field, ()))
    return Column(known.field, known.title, aliases, known.cell, "item", longest=known.longest)


_COLUMNS = (
    *map(_column, CONTACT_COLUMNS),
    Column("role", "角色", _ROLE_SPELLINGS, "word", "item", words=_ROLES),
)
_STORED = tuple(column.field for column in _COLUMNS)


def _key(values: Mapping[str, Any]) -> Hashable | None:
    """One person of a name a firm, as in a ledger."""
    return values.get("name")


def _settle(stated: Mapping[str, Any], known: Mapping[str, Any] | None, _others: Sequence[Any]) -> Settled:
    role = stated.get("role") or (ContactRole.OTHER if known is None else None)
    return Settled({**stated, "role": role})


def _above(texts: Sequence[str]) -> Mapping[str, Any]:
    """A ledger names a contact, too: without a column of roles only the heading tells an address book from it."""
    return {"role": None} if any(word in text for text in texts for word in _HEADINGS) else {}


PEOPLE = ListKind(
    "contact", "联系人", _COLUMNS, ("name", "role"), _STORED, _key, _settle, above=_above, shares="contact"
)
