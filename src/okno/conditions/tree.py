"""The condition tree, its JSON form, and its check against the fields that exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from okno.conditions.fields import FieldView
from okno.conditions.match import Op
from okno.conditions.options import Scalar
from okno.lib.errors import Invalid

MAX_DEPTH = 10
MAX_NODES = 300
MAX_VALUES = 200


class _Node(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Test(_Node):
    """One field compared with values; `null` among those of `in` stands for "has no value"."""

    kind: Literal["test"] = "test"
    field: str = Field(max_length=100)
    op: Annotated[Op, Field(strict=False)] = Op.IN
    values: Annotated[tuple[Scalar | None, ...], Field(strict=False, min_length=1, max_length=MAX_VALUES)]


class Not(_Node):
    """Holds where the inner one does not, also for lack of a value."""

    kind: Literal["not"] = "not"
    of: Condition


class All(_Node):
    """Holds where every part holds; without parts, always."""

    kind: Literal["all"] = "all"
    of: Annotated[tuple[Condition, ...], Field(strict=False)] = ()


class Any(_Node):
    """Holds where some part holds; without parts, never."""

    kind: Literal["any"] = "any"
    of: Annotated[tuple[Condition, ...], Field(strict=False)] = ()


Condition = Annotated[All | Any | Not | Test, Field(discriminator="kind")]
for _model in (Not, All, Any):
    _model.model_rebuild()
_ADAPTER: TypeAdapter[All | Any | Not | Test] = TypeAdapter(Condition)

_ARITY = {Op.LT: 1, Op.LTE: 1, Op.GT: 1, Op.GTE: 1, Op.BETWEEN: 2}


def load(data: object, view: FieldView) -> All | Any | Not | Test:
    """Return the checked tree of JSON data; refuse with what is wrong and where."""
    _measure(data)
    try:
        tree = _ADAPTER.validate_python(data)
    except ValidationError as error:
        raise Invalid(
            _("This is not a condition."),
            code="bad_condition",
            fields={_path(found["loc"]): [found["msg"]] for found in error.errors()},
        ) from error
    return check(tree, view)


def dump(condition: All | Any | Not | Test) -> dict[str, object]:
    """Return the JSON data that `load` reads."""
    return condition.model_dump(mode="json")


def check(condition: All | Any | Not | Test, view: FieldView) -> All | Any | Not | Test:
    """Return the tree with canonical values, or refuse what these fields cannot be asked."""
    match condition:
        case Test():
            return _checked(condition, view)
        case Not(of=inner):
            return Not(of=check(inner, view))
        case All(of=parts):
            return All(of=tuple(check(part, view) for part in parts))
        case Any(of=parts):
            return Any(of=tuple(check(part, view) for part in parts))


def tests(condition: All | Any | Not | Test) -> Iterator[Test]:
    """Yield every test of a tree, such as to see which fields it asks."""
    match condition:
        case Test():
            yield condition
        case Not(of=inner):
            yield from tests(inner)
        case All(of=parts) | Any(of=parts):
            for part in parts:
                yield from tests(part)


def _checked(test: Test, view: FieldView) -> Test:
    field = view.get(test.field)
    if test.op not in field.kind.operators:
        raise _refused(test, _("“%(label)s” cannot be compared like this.") % {"label": field.label})
    if test.op in _ARITY and len(test.values) != _ARITY[test.op]:
        raise _refused(test, _("“%(label)s” needs another number of values.") % {"label": field.label})
    if test.op is not Op.IN and None in test.values:
        raise _refused(test, _("“%(label)s” needs a value here.") % {"label": field.label})
    placeholders = {placeholder.name for placeholder in field.placeholders}
    if test.op is not Op.IN and placeholders.intersection(test.values):
        raise _refused(test, _("“%(label)s” cannot be compared like this.") % {"label": field.label})
    try:
        values = tuple(None if value is None else field.check(value) for value in test.values)
    except ValueError as error:
        raise _refused(test, _("“%(label)s” has no such value.") % {"label": field.label}) from error
    return Test(field=test.field, op=test.op, values=values)


def _refused(test: Test, message: str) -> Invalid:
    return Invalid(message, code="bad_test", fields={test.field: [message]})


def _path(location: tuple[int | str, ...]) -> str:
    # Pydantic repeats the tag of the union in its path; the reader wants the path in his own data.
    return ".".join(str(part) for part in location if part not in ("all", "any", "not", "test"))


def _measure(data: object) -> None:
    """Refuse what is too deep or too large before anything recursive looks at it."""
    level, nodes = [data], 0
    for _depth in range(MAX_DEPTH):
        nodes += len(level)
        level = [child for node in level for child in _children(node)]
        if not level or nodes > MAX_NODES:
            break
    if level or nodes > MAX_NODES:
        raise Invalid(_("This condition is too large."), code="condition_too_large")


def _children(node: object) -> list[object]:
    inner = node.get("of") if isinstance(node, dict) else None
    if isinstance(inner, list | tuple):
        return list(inner)
    return [] if inner is None else [inner]
