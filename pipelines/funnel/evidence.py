"""How an application for 高企 hangs together: each product rests on projects and rights, each right serves something.

国科发火〔2016〕195号 三（二）、（四）: the right must support the core technology of the main product; reviewers look
for the thread from research (RD) through rights (IP) to products (PS). What is told here is a question, not a verdict.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple


class Right(NamedTuple):
    """used_in_year: the application that already spent a Ⅱ类 right; None: none did, or it is Ⅰ类."""

    id: int
    name: str
    is_granted: bool
    used_in_year: int | None = None


class Project(NamedTuple):
    """RD. amount: yuan spent in three years; None: not said. rights: ids."""

    code: str
    amount: Decimal | None
    rights: frozenset[int] = frozenset()


class Product(NamedTuple):
    """PS. amount: yuan of last year's income; None: not said. projects: codes."""

    code: str
    amount: Decimal | None
    rights: frozenset[int] = frozenset()
    projects: frozenset[str] = frozenset()


class Dossier(NamedTuple):
    """year: of the application. rd_spend, high_tech_revenue: what the register says, in yuan; None: unknown."""

    year: int
    projects: Sequence[Project]
    products: Sequence[Product]
    rights: Sequence[Right]
    rd_spend: Decimal | None = None
    high_tech_revenue: Decimal | None = None


def loose_ends(dossier: Dossier) -> tuple[str, ...]:
    """What a reviewer would ask, one sentence each; empty when every thread is tied."""
    if not dossier.projects and not dossier.products:
        return ()
    return (*_of_products(dossier), *_of_projects(dossier), *_of_rights(dossier), *_of_amounts(dossier))


def _of_products(dossier: Dossier) -> Iterator[str]:
    if not dossier.products:
        yield "还没有登记高新技术产品（PS）：高品收入要由它们来说明。"
    for product in dossier.products:
        if not product.rights:
            yield f"{product.code} 没有知识产权支持：核心技术的知识产权要落到主要产品上。"
        if not product.projects:
            yield f"{product.code} 没有对应的研发活动。"


def _of_projects(dossier: Dossier) -> Iterator[str]:
    if not dossier.projects:
        yield "还没有登记研发活动（RD）：研发费用要由它们来说明。"
    led_on = {code for product in dossier.products for code in product.projects}
    for project in dossier.projects:
        if not project.rights and project.code not in led_on:
            yield f"{project.code} 既没有知识产权，也没有用到产品上：成果是什么？"


def _of_rights(dossier: Dossier) -> Iterator[str]:
    parts: list[Project | Product] = [*dossier.projects, *dossier.products]
    tied = {key for part in parts for key in part.rights}
    for right in dossier.rights:
        if right.id in tied and right.used_in_year and right.used_in_year < dossier.year:
            yield f"“{right.name}”是Ⅱ类，已用于 {right.used_in_year} 年申报，这次不能再计。"
        if right.id in tied and not right.is_granted:
            yield f"“{right.name}”还没有授权，不能作为有效知识产权。"
    idle = [
        right.name for right in dossier.rights if right.is_granted and right.id not in tied and not _is_spent(right)
    ]
    if idle:
        shown = "、".join(idle[:3])
        yield f"有 {len(idle)} 件可用的知识产权没有对应研发活动或产品：{shown}{'等' if len(idle) > 3 else ''}。"


def _is_spent(right: Right) -> bool:
    return right.used_in_year is not None


def _of_amounts(dossier: Dossier) -> Iterator[str]:
    pairs = (
        ("研发活动经费合计", dossier.projects, "近三年研发费用合计", dossier.rd_spend),
        ("产品收入合计", dossier.products, "上年高品收入", dossier.high_tech_revenue),
    )
    for ours, parts, theirs, known in pairs:
        amounts = [part.amount for part in parts]
        if known is None or not amounts or None in amounts:
            continue
        total = sum(amount for amount in amounts if amount is not None)
        if total != known:
            apart = "多" if total > known else "少"
            yield f"{ours} {_wan(total)} 万元，比登记的{theirs}{apart} {_wan(abs(known - total))} 万元。"


def _wan(amount: Decimal | int) -> str:
    return f"{Decimal(amount) / 10_000:,.6f}".rstrip("0").rstrip(".")
