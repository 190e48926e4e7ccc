"""A revision that is a file: where it stands, what it says, and its module once that is needed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from types import ModuleType

from alembic.script.header import header_of_module, read_header
from alembic.script.modules import load_module_py, module_name
from alembic.script.revision import Revision

_NO_PARENT = "<base>"


class Script(Revision):
    """A revision that a file declares.

    :param module: the file's module, already run.
    :param rev_id: the id to go by.
    :param path: where the file is.
    """

    __slots__ = ("_db_current_indicator", "_module")

    def __init__(self, module: ModuleType, rev_id: str, path: str | os.PathLike[str]) -> None:
        self._declare(header_of_module(os.fspath(path), module)._replace(id=rev_id))
        self._set(module)

    def _set(self, module: ModuleType | None) -> None:
        self._module = module
        self._db_current_indicator: bool | None = None

    @classmethod
    def from_file(cls, path: str, text: str | None) -> Script:
        """The revision in a file, without running it unless it computes its identifiers.

        :param text: its source; None for a compiled file, which is run.
        """
        node = None if text is None else read_header(path, text)
        if node is None:
            module = load_module_py(module_name(path), path)
            return cls(module, header_of_module(path, module).id, path)
        script = cls.__new__(cls)
        # The graph refuses illegal ids, those of all files at once.
        script._node, script._graph = node, None
        script._set(None)
        return script

    @property
    def path(self) -> str:
        """Where the file is."""
        path = self._node.path
        assert path is not None
        return path

    @property
    def module(self) -> ModuleType:
        """The file's module; the file is run when this is first asked for."""
        if self._module is None:
            self._module = load_module_py(module_name(self.path), self.path)
        return self._module

    @property
    def longdoc(self) -> str:
        """The whole docstring of the file, without the space around it."""
        return (self._node.doc or "").strip()

    @property
    def doc(self) -> str:
        """The docstring of the file up to its first blank line."""
        return self.longdoc.partition("\n\n")[0]

    @property
    def log_entry(self) -> str:
        """The block of several lines that ``show`` and ``history --verbose`` print."""
        return self._block(current=False)

    @property
    def _script_path(self) -> str:
        return self.path

    def __str__(self) -> str:
        flags = _flags(*self._place())
        return f"{self._format_down_revision()} -> {self.revision}{flags}, {self.doc}"

    def cmd_format(
        self,
        verbose: bool,
        include_branches: bool = False,
        include_doc: bool = False,
        include_parents: bool = False,
        tree_indicators: bool = True,
        *,
        current: bool = False,
    ) -> str:
        """How the command line shows this revision.

        :param verbose: the block of several lines; the other parameters but ``current`` then mean nothing.
        :param include_branches: with the branch labels.
        :param include_doc: with the first paragraph of the docstring.
        :param include_parents: with the revisions it follows and depends on.
        :param tree_indicators: mark branch and merge points.
        :param current: mark it as what the database is at.
        """
        if verbose:
            return self._block(current)
        return self._head_only(
            include_branches, include_doc, include_parents, tree_indicators, current=current
        )

    def _head_only(
        self,
        include_branches: bool = False,
        include_doc: bool = False,
        include_parents: bool = False,
        tree_indicators: bool = True,
        head_indicators: bool = True,
        *,
        current: bool = False,
    ) -> str:
        node, graph = self._node, self._graph
        text = node.id
        if include_parents:
            depends = f" ({', '.join(node.depends_on)})" if node.depends_on else ""
            text = f"{', '.join(node.down) or _NO_PARENT}{depends} -> {text}"
        if include_branches and (labels := self._sorted_labels()):
            text += f" ({', '.join(labels)})"
        # Nearly all revisions have one parent and one child, which needs no mark.
        if graph is None or len(graph.children[self._at]) != 1 or len(node.down) > 1:
            head, *tree = self._place(effective=True)
            marked_head = (head_indicators or tree_indicators) and head
            text += _flags(marked_head, self._is_current(current) and "current", *tree * tree_indicators)
        elif current or self._db_current_indicator:
            text += " (current)"
        return f"{text}, {self.doc}" if include_doc else text

    def _block(self, current: bool) -> str:
        flags = _flags(*self._place(), self._is_current(current) and "current")
        lines = [f"Rev: {self.revision}{flags}"]
        lines.append(f"{'Merges' if self.is_merge_point else 'Parent'}: {self._format_down_revision()}")
        if self.dependencies:
            lines.append(f"Also depends on: {', '.join(self._node.depends_on)}")
        if self.is_branch_point:
            lines.append(f"Branches into: {', '.join(sorted(self.nextrev))}")
        if labels := self._sorted_labels():
            lines.append(f"Branch names: {', '.join(labels)}")
        lines.append(f"Path: {self.path}")
        doc = "\n".join(f"    {line}" for line in self.longdoc.splitlines())
        return "\n".join([*lines, "", doc, ""])

    def _format_down_revision(self) -> str:
        return ", ".join(self._node.down) or _NO_PARENT

    def _place(self, effective: bool = False) -> tuple[str | bool, ...]:
        """The marks for its place in the graph: as a head, as a branch point, as a merge point.

        :param effective: tell a head that another revision depends on.
        """
        head = self.is_head and ("head" if self._is_real_head or not effective else "effective head")
        return head, self.is_branch_point and "branchpoint", self.is_merge_point and "mergepoint"

    def _sorted_labels(self) -> Sequence[str]:
        if self._graph is None:
            return sorted(self._node.labels)
        return self._graph.branch_names.get(self._at, ())

    def _is_current(self, said: bool) -> bool:
        return said or bool(self._db_current_indicator)


def _flags(*flags: str | bool | None) -> str:
    return "".join(f" ({flag})" for flag in flags if flag)
