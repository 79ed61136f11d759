"""YAML with line marks: every value remembers where it stands, so that a mistake can be shown by file and line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

try:  # the C parser is about eight times faster; PyYAML may have been built without it
    from yaml import CSafeLoader as _Loader
except ImportError:  # pragma: no cover - depends on how PyYAML was built
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

Place = tuple[str | int, ...]


class YamlMistake(Exception):
    """A file that cannot be read: ``line`` counts from 1."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


@dataclass
class Document:
    """One parsed file.

    Attributes:
        name: shown in errors: ``knowledge/routing.yml``.
        data: plain Python values.
        lines: place in the data → line (from 1). A mapping entry's line is that of its key.
    """

    name: str
    data: Any
    lines: dict[Place, int] = field(default_factory=dict)

    def line(self, place: Place) -> int:
        """Line of ``place``, or of the nearest thing around it that is known."""
        for length in range(len(place), -1, -1):
            found = self.lines.get(place[:length])
            if found is not None:
                return found
        return 1

    def problem(self, place: Place, reason: str) -> str:
        return f"{self.name}:{self.line(place)}: {reason}"


def parse(text: str, name: str) -> Document:
    """Parse one YAML document.

    Raises:
        YamlMistake: syntax error, a key written twice, or a key that is not text.
    """
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlMistake(mark.line + 1 if mark else 1, f"YAML 写法有误：{error.problem or error.context}") from error
    except yaml.reader.ReaderError as error:
        raise YamlMistake(text.count("\n", 0, error.position) + 1, "文件里有不能使用的控制字符") from error
    finally:
        loader.dispose()
    if node is None:
        raise YamlMistake(1, "文件是空的")
    document = Document(name, None)
    constructor = SafeConstructor()
    document.data = _build(node, (), document.lines, constructor)
    return document


def read(path: Path, name: str) -> Document:
    """Read and parse a file (UTF-8).

    Raises:
        YamlMistake: see :func:`parse`; also for a missing or wrongly encoded file.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise YamlMistake(1, "缺少这个文件") from error
    except UnicodeDecodeError as error:
        raise YamlMistake(path.read_bytes().count(b"\n", 0, error.start) + 1, "文件不是 UTF-8 编码") from error
    return parse(text, name)


def _build(node: Node, place: Place, lines: dict[Place, int], constructor: SafeConstructor) -> Any:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, MappingNode):
        return dict(_entries(node, place, lines, constructor))
    if isinstance(node, SequenceNode):
        return [_build(item, (*place, i), lines, constructor) for i, item in enumerate(node.value)]
    return _scalar(node, constructor)


def _entries(node: MappingNode, place: Place, lines: dict[Place, int], constructor: SafeConstructor) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = _scalar(key_node, constructor) if isinstance(key_node, ScalarNode) else None
        if not isinstance(key, str):
            raise YamlMistake(line, f"字段名必须是文字，数字请加引号：{getattr(key_node, 'value', '?')}")
        if key in seen:
            raise YamlMistake(line, f"字段“{key}”写了两次")
        seen.add(key)
        lines[(*place, key)] = line
        yield key, _build(value_node, (*place, key), lines, constructor)


def _scalar(node: Node, constructor: SafeConstructor) -> Any:
    if node.tag == "tag:yaml.org,2002:str":
        return node.value
    try:
        return constructor.construct_object(node)
    except (yaml.MarkedYAMLError, ValueError) as error:
        raise YamlMistake(node.start_mark.line + 1, f"看不懂这个值：{node.value}") from error
