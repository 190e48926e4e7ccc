"""From the operations of a script to what its template is given: bodies of functions, and imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .. import console
from ..operations.containers import DowngradeOps, UpgradeOps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from ..operations.containers import MigrationScript, OpContainer
    from .context import AutogenContext


class Pass(NamedTuple):
    """One turn of env.py to a database."""

    upgrade_token: str
    downgrade_token: str
    context: AutogenContext


def template_variables(
    script: MigrationScript, passes: list[Pass], file_of: Callable[[dict[str, Any]], str] | None = None
) -> dict[str, Any]:
    """The rendered bodies by their tokens, and ``imports``, as one text.

    Each container is written for the database of its own token.

    :param passes: the turns of env.py, at least one.
    :param file_of: what the project's template makes of the variables; if given, the bodies are tried out.
    :raises NotPython: what an application renders of its own can't be read as Python.
    """
    from .rehearsal import Body, rehearsed
    from .render import _indent, _render_cmd_body

    _adopt_tokens(script, passes)
    bodies: dict[str, Body] = {}
    filled: set[str] = set()
    for token, container, context in _containers(script, passes):
        context.imports = script.imports
        body = Body(_render_cmd_body(container, context), context)
        if token in filled and not container.ops:
            continue
        if token in filled and bodies[token].text != body.text:
            console.warn(
                f"two databases with the token '{token}' need different operations; the file has those of "
                "the last: give each a token of its own, see upgrade_token and downgrade_token"
            )
        bodies[token] = body
        if container.ops:
            filled.add(token)
    imports = {"imports": "\n".join(sorted(script.imports))}
    unheard = {token: _indent(body.text) for token, body in bodies.items()}
    if file_of is not None and any(
        body.ops for body in (*script.upgrade_ops_list, *script.downgrade_ops_list)
    ):
        tried = rehearsed(bodies, file_of({**unheard, **imports}), "the new revision")
        return {**{token: _indent(text) for token, text in tried.items()}, **imports}
    return {**unheard, **imports}


def _containers(
    script: MigrationScript, passes: list[Pass]
) -> Iterator[tuple[str, OpContainer, AutogenContext]]:
    contexts = {one.upgrade_token: one.context for one in passes}
    for upgrade in script.upgrade_ops_list:
        yield upgrade.upgrade_token, upgrade, contexts.get(upgrade.upgrade_token, passes[-1].context)
    contexts = {one.downgrade_token: one.context for one in passes}
    for downgrade in script.downgrade_ops_list:
        yield (
            downgrade.downgrade_token,
            downgrade,
            contexts.get(downgrade.downgrade_token, passes[-1].context),
        )


def _adopt_tokens(script: MigrationScript, passes: list[Pass]) -> None:
    """Give the containers of a script that a hook made the tokens that env.py configured.

    Hooks make them with the usual tokens; a template that knows others would leave the operations out. Where
    there are several databases, nobody knows which of them is meant.
    """
    if len({one.upgrade_token for one in passes}) > 1:
        return
    only = passes[-1]
    for upgrade in script.upgrade_ops_list:
        if upgrade.upgrade_token == UpgradeOps().upgrade_token:
            upgrade.upgrade_token = only.upgrade_token
    for downgrade in script.downgrade_ops_list:
        if downgrade.downgrade_token == DowngradeOps().downgrade_token:
            downgrade.downgrade_token = only.downgrade_token
