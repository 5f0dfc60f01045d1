"""YAML with line numbers: every key and value of a mapping file knows where it stands."""

import difflib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from quickbooks_sync.model.errors import MappingError


@dataclass(frozen=True)
class Place:
    """A file, and the key within it that is being read (`fields.email.type`)."""

    file: Path
    key: str = ""
    line: int = 1

    def below(self, key: str, line: int) -> "Place":
        """Return the place of `key` inside this one."""
        return Place(self.file, f"{self.key}.{key}" if self.key else key, line)

    def refuse(self, message: str) -> MappingError:
        """Build the error that names this place."""
        where = f"{self.file}, line {self.line}"
        at = f", key {self.key}" if self.key else ""
        return MappingError(
            f"{where}{at}: {message}", file=str(self.file), line=self.line, key=self.key
        )


@dataclass(frozen=True)
class Marked:
    """A YAML value and where it stands; a mapping's value is a dict of `Marked`."""

    value: Any
    place: Place


def nearest(word: str, known: Collection[str]) -> str:
    """Return advice for an unknown `word`: the nearest known one, or all of them, if any."""
    if not known:
        return "there is none that can be named here."
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"use one of {', '.join(sorted(known))}."


def read_marked(file: Path) -> tuple[Marked, bytes]:
    """Read a YAML file into marked values; also returns its bytes.

    Raises:
        MappingError: The file cannot be read, is not YAML, or has a key twice.
    """
    place = Place(file)
    try:
        content = file.read_bytes()
        node = yaml.compose(content, Loader=yaml.SafeLoader)
    except OSError as error:
        raise place.refuse(f"cannot be read: {error.strerror or error}.") from error
    except yaml.YAMLError as error:
        raise _not_yaml(place, error) from error
    if node is None:
        raise place.refuse("the file is empty; a mapping was expected.")
    return _to_marked(node, place), content


def _not_yaml(place: Place, error: yaml.YAMLError) -> MappingError:
    mark = getattr(error, "problem_mark", None)
    at = Place(place.file, line=mark.line + 1) if mark else place
    return at.refuse(f"is not YAML: {getattr(error, 'problem', None) or error}.")


def _to_marked(node: yaml.Node, place: Place) -> Marked:
    if isinstance(node, yaml.MappingNode):
        return Marked(_to_dict(node, place), place)
    if isinstance(node, yaml.SequenceNode):
        items = (
            _to_marked(item, place.below(str(number), item.start_mark.line + 1))
            for number, item in enumerate(node.value, start=1)
        )
        return Marked(list(items), place)
    return Marked(_to_scalar(node, place), place)


def _to_dict(node: yaml.MappingNode, place: Place) -> dict[str, Marked]:
    entries: dict[str, Marked] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        at = place.below(key, key_node.start_mark.line + 1)
        if key in entries:
            first = entries[key].place.line
            raise at.refuse(f"{key!r} is already given in line {first}; keep one of the two.")
        entries[key] = _to_marked(value_node, at)
    return entries


def _to_scalar(node: yaml.Node, place: Place) -> Any:
    try:
        return yaml.SafeLoader("").construct_object(node, deep=True)
    except (yaml.YAMLError, ValueError) as error:
        raise place.refuse(f"{node.value!r} cannot be read: {error}.") from error
