"""Reading values from a dataclass or a mapping alike."""

from collections.abc import Mapping
from dataclasses import fields as dataclass_fields
from dataclasses import is_dataclass


def fields(values: object) -> Mapping[str, object]:
    """The fields of a dataclass by name; a mapping as it is; nothing for None.

    Raises:
        TypeError: it is none of these.
    """
    if values is None:
        return {}
    if isinstance(values, Mapping):
        return values
    if is_dataclass(values) and not isinstance(values, type):
        return {field.name: getattr(values, field.name) for field in dataclass_fields(values)}
    raise TypeError(f"expected a dataclass or a mapping, got {type(values).__name__}")
