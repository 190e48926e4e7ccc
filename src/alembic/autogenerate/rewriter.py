"""Rewriters: rules that change the operations of a revision before it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from ..errors.autogenerate import SeveralFromRewriter
from ..errors.operations import NoDispatch
from ..operations.containers import DowngradeOps, MigrationScript, OpContainer, UpgradeOps
from ..operations.dispatch import Dispatcher
from ..operations.operation import MigrateOperation

if TYPE_CHECKING:
    from ..runtime.environment import ProcessRevisionDirectiveFn
    from ..runtime.migration import MigrationContext

    Rule: TypeAlias = Callable[[MigrationContext, Any, Any], Any]

_R = TypeVar("_R", bound="Rule")
_Root = TypeVar("_Root", UpgradeOps, DowngradeOps)


class Rewriter:
    """A set of rules, each for one class of operations; itself a ``process_revision_directives`` function.

    ::

        writer = Rewriter()

        @writer.rewrites(ops.AddColumnOp)
        def nullable_first(context, revision, op):
            return [op, ...]

        context.configure(..., process_revision_directives=writer)

    Scripts, their two containers, the blocks of a table and the operations within are visited in this order.
    What a rule returns takes the operation's place and is not shown to rules of this rewriter again, but the
    contents of containers among it are.
    """

    def __init__(self) -> None:
        self.dispatch = Dispatcher()
        self._next: tuple[ProcessRevisionDirectiveFn, ...] = ()

    def chain(self, other: ProcessRevisionDirectiveFn | Rewriter) -> Rewriter:
        """A rewriter that applies the rules of this one, then the other.

        :param other: a rewriter, or any function for ``process_revision_directives``.
        """
        both = Rewriter()
        both.dispatch = self.dispatch
        both._next = (*self._next, other)
        return both

    def rewrites(self, operator: type[MigrateOperation]) -> Callable[[_R], _R]:
        """A decorator that makes a function the rule for a class of operations.

        It is called as ``(context, revision, op)`` and returns the operation, another one, several, or none
        of them (None or an empty list) to leave it out. Of several rules the one for the nearest class in the
        operation's inheritance is used.

        :param operator: the class.
        :raises DispatchTaken: a ValueError too: there is a rule for this class already.
        """
        return self.dispatch.dispatch_for(operator)

    def __call__(self, context: MigrationContext, revision: Any, directives: list[MigrationScript]) -> None:
        """Apply the rules, then those chained to them; the list and its scripts change in place.

        :param revision: what the database is at.
        :raises SeveralFromRewriter: a ValueError too: the rule for UpgradeOps or DowngradeOps gave more than
            one of it, or none.
        """
        self.process_revision_directives(context, revision, directives)
        for function in self._next:
            function(context, revision, directives)

    def process_revision_directives(
        self, context: MigrationContext, revision: Any, directives: list[MigrationScript]
    ) -> None:
        """Apply the rules of this rewriter alone, without those chained to it."""
        visit = _Visit(self, context, revision)
        directives[:] = visit.all_of(directives)


class _Visit:
    """One walk of a rewriter through the operations."""

    def __init__(self, rewriter: Rewriter, context: MigrationContext, revision: Any) -> None:
        self._rewriter = rewriter
        self._context = context
        self._revision = revision

    def all_of(self, operations: Iterable[Any]) -> list[Any]:
        """What the operations become; containers among it are walked through."""
        return [self._entered(new) for old in list(operations) for new in self._rewritten(old)]

    def _entered(self, operation: Any) -> Any:
        if isinstance(operation, MigrationScript):
            operation.upgrade_ops_list[:] = [self._root(one) for one in operation.upgrade_ops_list]
            operation.downgrade_ops_list[:] = [self._root(one) for one in operation.downgrade_ops_list]
        elif isinstance(operation, OpContainer):
            operation.ops[:] = self.all_of(operation.ops)
        return operation

    def _root(self, container: _Root) -> _Root:
        kind = UpgradeOps if isinstance(container, UpgradeOps) else DowngradeOps
        found = list(self._rewritten(container))
        if len(found) != 1 or not isinstance(found[0], kind):
            raise SeveralFromRewriter(kind.__name__, found)
        entered: _Root = self._entered(found[0])
        return entered

    def _rewritten(self, operation: MigrateOperation) -> Iterator[MigrateOperation]:
        rule = self._rule(operation)
        if rule is None or self._rewriter in operation._mutations:
            yield operation
            return
        for new in _each(rule(self._context, self._revision, operation)):
            new._mutations = new._mutations | {self._rewriter}
            yield new

    def _rule(self, operation: MigrateOperation) -> Callable[..., Any] | None:
        try:
            return self._rewriter.dispatch.dispatch(operation)
        except NoDispatch:
            return None


def _each(returned: Any) -> Iterable[MigrateOperation]:
    """What a rule returned: nothing, one operation, or several."""
    if returned is None:
        return ()
    return (returned,) if isinstance(returned, MigrateOperation) else returned
