"""Print the signatures behind the public names as JSON: `python -m tests.house.read_signatures`.

Run by the interpreter of the genuine package, it makes `signatures.json`; it looks at callables from
outside only. In a signature, a default that is no plain value is written as `...`, one in which there is
nothing as `()`.
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.house.names import LATER_METHODS, PUBLIC_NAMES, USED_PRIVATE_METHODS

# Batch mode comes later; how a step answers its questions is nobody's business outside.
NOT_YET = ("BatchOperations", ".batch_", "Step.", "CommandFunction")
PLAIN = (type(None), bool, int, float, str)


class _Literal:
    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def signature(thing: object) -> str | None:
    """The signature without annotations; None when Python cannot tell."""
    try:
        known = inspect.signature(thing)  # type: ignore[arg-type]  # anything may be asked
    except (TypeError, ValueError):
        return None
    bare = [p.replace(annotation=p.empty, default=_default(p.default)) for p in known.parameters.values()]
    return str(inspect.Signature(bare))


def _default(value: object) -> object:
    if value is inspect.Parameter.empty or type(value) in PLAIN:
        return value
    try:
        return _Literal("...") if value else _Literal("()")
    except Exception:
        return _Literal("...")


def methods(cls: type, *, seen: set[type]) -> Iterator[str]:
    """The methods of a class that count and were not noted for a class above it.

    Those are the public ones, and private ones that public code calls.
    """
    for name in dir(cls):
        if name in LATER_METHODS or (name.startswith("_") and name not in USED_PRIVATE_METHODS):
            continue
        member = inspect.getattr_static(cls, name)
        plain = member.__func__ if isinstance(member, classmethod | staticmethod) else member
        if not inspect.isfunction(plain) or not plain.__module__.startswith("alembic"):
            continue
        above = [base for base in cls.__mro__[1:] if base in seen]
        if not any(inspect.getattr_static(base, name, None) is member for base in above):
            yield name


def public_objects() -> Iterator[tuple[str, object]]:
    """Every public class and function once, classes before their subclasses, with its dotted name."""
    found: dict[int, tuple[str, object]] = {}
    for module, names in PUBLIC_NAMES.items():
        for name in names:
            try:
                thing = getattr(importlib.import_module(module), name)
            except (ImportError, AttributeError):
                continue
            if getattr(thing, "__module__", "").startswith("alembic") and callable(thing):
                found.setdefault(id(thing), (f"{module}:{name}", thing))
    yield from sorted(found.values(), key=lambda pair: len(getattr(pair[1], "__mro__", ())))


def signatures() -> dict[str, str]:
    """All of them, by dotted name; a class contributes its constructor and its methods."""
    found: dict[str, str | None] = {}
    seen: set[type] = set()
    for name, thing in public_objects():
        found[name] = signature(thing)
        if isinstance(thing, type):
            found.update((f"{name}.{m}", signature(getattr(thing, m))) for m in methods(thing, seen=seen))
            seen.add(thing)
    return {name: text for name, text in found.items() if text and _counts(name, text)}


def _counts(name: str, text: str) -> bool:
    if any(part in name for part in NOT_YET) or text == "(*args, **kw)":
        return False
    # Where a directive's signature is written (on its operation class, or on Operations) is our own affair.
    directive = text.startswith("(operations,") and name.count(".") == 3
    enumeration = "names=None" in text or text == "(*values)"  # Python's own, which its versions differ in
    return not directive and not enumeration


if __name__ == "__main__":
    print(json.dumps(dict(sorted(signatures().items())), indent=0))
