"""A YAML file read strictly: every part knows its line, and what is ambiguous is a fault."""

from collections.abc import Callable, Hashable, Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any, NoReturn, TypeVar

import yaml

from pipelines.refusals import Refusal

Kind = TypeVar("Kind", bound=Enum)


class PolicyFault(Refusal):
    """An edition that cannot be used: where, and why."""

    def __init__(self, file: str, line: int, sentence: str) -> None:
        super().__init__(f"{file} 第 {line} 行：{sentence}")


class Section(dict[str, Any]):
    """A mapping of the file; take_… read a key as what it must be."""

    file: str
    line: int
    lines: dict[str, int]

    def fault(self, sentence: str, key: str = "") -> NoReturn:
        raise PolicyFault(self.file, self.lines.get(key, self.line), sentence)

    def only(self, allowed: Iterable[str]) -> None:
        """Refuses a key nobody reads: most often a slip of the pen."""
        for key in self:
            if key not in allowed:
                self.fault(f"认不出“{key}”这一项", key)

    def text(self, key: str, default: str | None = None) -> str:
        value = self.get(key, default)
        if not isinstance(value, str) or not (value.strip() or value == default):
            self.fault(f"请填写“{key}”（文字）", key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            self.fault(f"“{key}”应为一列文字", key)
        return tuple(values)

    def day(self, key: str) -> date:
        value = self.get(key)
        if type(value) is not date:
            self.fault(f"“{key}”应为日期，如 2016-01-01", key)
        return value

    def number(self, key: str) -> Decimal:
        """A whole number, or a decimal in quotes: unquoted decimals never get here."""
        value = self.get(key)
        if isinstance(value, bool) or not isinstance(value, int | str):
            self.fault(f"“{key}”应为整数，或加引号的小数", key)
        try:
            return Decimal(value)
        except InvalidOperation:
            self.fault(f"“{key}”不是数：{value}", key)

    def word(self, key: str, kind: type[Kind], default: Kind | None = None) -> Kind:
        value = self.get(key, default)
        found = next((member for member in kind if member.value == value), None)
        return found or self.fault(f"“{key}”应为 {'、'.join(str(member.value) for member in kind)} 之一：{value}", key)

    def flag(self, key: str) -> bool:
        value = self.get(key, False)
        if not isinstance(value, bool):
            self.fault(f"“{key}”应为 true 或 false", key)
        return value

    def section(self, key: str) -> "Section":
        value = self.get(key)
        if not isinstance(value, Section):
            self.fault(f"“{key}”下面应有分项", key)
        return value

    def sections(self, key: str) -> "list[Section]":
        values = self.get(key)
        if not isinstance(values, list) or not values or not all(isinstance(value, Section) for value in values):
            self.fault(f"“{key}”下面应有一列分项", key)
        return values


def read_sections(text: str, file: str) -> Section:
    """The whole file as a section, or a PolicyFault."""
    loader = _Loader(text)
    loader.file = file
    try:
        content = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PolicyFault(file, line, f"不是合乎格式的 YAML：{error.problem}") from None
    except yaml.YAMLError as error:
        raise PolicyFault(file, 1, f"不是合乎格式的 YAML：{error}") from None
    finally:
        loader.dispose()
    if not isinstance(content, Section):
        raise PolicyFault(file, 1, "文件应由“名称: 内容”组成")
    return content


class _Loader(yaml.SafeLoader):
    file = ""

    def refuse(self, node: yaml.Node, sentence: str) -> NoReturn:
        raise PolicyFault(self.file, node.start_mark.line + 1, sentence)


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Section:
    section = Section()
    section.file, section.line, section.lines = loader.file, node.start_mark.line + 1, {}
    for key_node, value_node in node.value:
        key = _key(loader, key_node)
        if key in section:
            loader.refuse(key_node, f"“{key}”出现了两次")
        section.lines[key] = key_node.start_mark.line + 1
        section[key] = loader.construct_object(value_node, deep=True)
    return section


def _key(loader: _Loader, node: yaml.Node) -> str:
    """YAML 1.1 takes on, yes and no for booleans: a key of theirs is almost certainly not meant."""
    key: Hashable = loader.construct_object(node, deep=True)
    if isinstance(key, bool):
        loader.refuse(node, f"“{node.value}”会被 YAML 读成是非值，不能作名称")
    if not isinstance(key, int | str):
        loader.refuse(node, f"名称应为文字：{node.value}")
    return str(key)


def _float(loader: _Loader, node: yaml.Node) -> NoReturn:
    loader.refuse(node, f'小数请加引号："{node.value}"（不加引号会丢失精度）')


_CONSTRUCTORS: dict[str, Callable[[Any, Any], Any]] = {
    "tag:yaml.org,2002:map": _mapping,
    "tag:yaml.org,2002:float": _float,
}
for _tag, _constructor in _CONSTRUCTORS.items():
    _Loader.add_constructor(_tag, _constructor)
