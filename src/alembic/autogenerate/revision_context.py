"""One run of ``alembic revision`` or ``check``: from its arguments over comparison and hooks to the files."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from ..errors.autogenerate import EmptyMetadata, RenameInvalid
from ..operations.containers import DowngradeOps, MigrationScript, OpContainer, UpgradeOps
from ..operations.tables import DropTableOp
from ..script.naming import new_identifier
from .description import differences
from .renames import ask_for_renames
from .template_variables import Pass, template_variables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from ..configuration import Config
    from ..operations.operation import MigrateOperation
    from ..runtime.environment import ProcessRevisionDirectiveFn
    from ..runtime.migration import MigrationContext
    from ..script.base import Script, ScriptDirectory
    from .context import AutogenContext
    from .description import Difference


class RevisionContext:
    """What a run of ``alembic revision`` is about to write.

    It begins as one script without operations. Each time env.py runs migrations, the differences between
    models and database are added, and hooks may edit the list ``generated_revisions``: change operations,
    change or remove scripts, add further ones. Where env.py turns to several databases, each has
    containers of its own in the script, told apart by their tokens.

    :param config: becomes the template variable ``config``.
    :param script_directory: where the files go.
    :param command_args: the arguments of :func:`alembic.command.revision`, by name; and ``ask``, a function
        that puts a question with the answers yes and no to a person.
    :param process_revision_directives: a hook that runs before the one of env.py.
    """

    def __init__(
        self,
        config: Config,
        script_directory: ScriptDirectory,
        command_args: dict[str, Any],
        process_revision_directives: ProcessRevisionDirectiveFn | None = None,
    ) -> None:
        self.command_args = command_args
        self.process_revision_directives = process_revision_directives
        self.script_directory, self.config = script_directory, config
        self.template_args: dict[str, Any] = {"config": config}
        self._begun = self._script_of_arguments()
        self.generated_revisions = [self._begun]
        self._passes: list[Pass] = []
        self._renames_used: set[str] = set()

    # -- the passes of env.py ------------------------------------------------------------------------

    def run_autogenerate(self, rev: Any, migration_context: MigrationContext) -> None:
        """Add the differences between one database and its models to the script, and offer it to the hooks.

        :param rev: what the database is at.
        :param migration_context: the context that env.py configured.
        :raises EmptyMetadata: the models are empty, and the database is not.
        """
        from .compare import _populate_migration_script

        if not self.generated_revisions:
            # A hook found nothing to write for the databases so far; it may think otherwise of this one.
            self.generated_revisions.append(self._begun)
        opts = migration_context.opts
        self._make_room(opts["upgrade_token"], opts["downgrade_token"])
        autogen_context = self._compared_by(migration_context, ())
        script = self._main_script()
        _populate_migration_script(autogen_context, script)
        answered = ask_for_renames(script.upgrade_ops_list[-1], autogen_context, self.command_args.get("ask"))
        if answered:
            script.upgrade_ops_list[-1].ops.clear()
            script.downgrade_ops_list[-1].ops.clear()
            autogen_context = self._compared_by(migration_context, answered)
            _populate_migration_script(autogen_context, script)
        self._renames_used |= autogen_context.opts["renames_used"]
        self._passes.append(Pass(opts["upgrade_token"], opts["downgrade_token"], autogen_context))
        self._offer(rev, migration_context)
        self._refuse_empty_metadata(autogen_context, opts)

    def run_no_autogenerate(self, rev: Any, migration_context: MigrationContext) -> None:
        """Offer the scripts, as they are, to the hooks.

        :param rev: what the database is at.
        :param migration_context: the context that env.py configured; its options have env.py's hook.
        """
        from .context import AutogenContext

        opts = migration_context.opts
        self._make_room(opts["upgrade_token"], opts["downgrade_token"])
        autogen_context = AutogenContext(migration_context, autogenerate=False)
        self._passes.append(Pass(opts["upgrade_token"], opts["downgrade_token"], autogen_context))
        self._offer(rev, migration_context)

    def _compared_by(self, migration_context: MigrationContext, answered: Sequence[str]) -> AutogenContext:
        from .context import AutogenContext

        wishes = [*(self.command_args.get("renames") or ()), *answered]
        opts = {**migration_context.opts, "renames": wishes, "renames_used": set()}
        return AutogenContext(migration_context, opts=opts)

    def _offer(self, rev: Any, migration_context: MigrationContext) -> None:
        for hook in (
            self.process_revision_directives,
            migration_context.opts.get("process_revision_directives"),
        ):
            if hook:
                hook(migration_context, rev, self.generated_revisions)

    def _make_room(self, upgrade_token: str, downgrade_token: str) -> None:
        """Give each script containers for the operations of the database that env.py turned to."""
        for script in self.generated_revisions:
            if not self._passes:
                script.upgrade_ops.upgrade_token = upgrade_token
                script.downgrade_ops.downgrade_token = downgrade_token
            else:
                script.upgrade_ops_list.append(UpgradeOps(upgrade_token=upgrade_token))
                script.downgrade_ops_list.append(DowngradeOps(downgrade_token=downgrade_token))

    def _main_script(self) -> MigrationScript:
        """The script that differences go to: the one this began with, unless hooks have replaced it."""
        if self._begun in self.generated_revisions:
            return self._begun
        return self.generated_revisions[-1]

    def _refuse_empty_metadata(self, autogen_context: AutogenContext, opts: Any) -> None:
        """Refuse to drop everything because env.py forgot to import the models.

        Looked at after the hooks: a project that lives without models may have one that keeps all tables.
        """
        if autogen_context.table_key_to_table or opts.get("allow_empty_metadata"):
            return
        if self.command_args.get("allow_empty_metadata", True):  # those who don't know of it don't ask for it
            return
        dropped = [
            operation.table_name
            for script in self.generated_revisions
            for container in script.upgrade_ops_list
            if container.upgrade_token == opts["upgrade_token"]
            for operation in leaves(container)
            if isinstance(operation, DropTableOp)
        ]
        if dropped:
            raise EmptyMetadata(dropped)

    # -- what came of it -----------------------------------------------------------------------------

    def is_empty(self) -> bool:
        """Whether no script has an operation, be it in a container within a container."""
        return not any(
            any(True for _ in leaves(container))
            for script in self.generated_revisions
            for container in (*script.upgrade_ops_list, *script.downgrade_ops_list)
        )

    def diffs(self) -> list[Any]:
        """The diff tuples of all upgrades, as a flat list."""
        return [each for container in self._upgrades() for each in container.as_diffs()]

    def differences(self) -> list[tuple[str, Difference]]:
        """What the upgrades change, each difference with the token of its database."""
        dialects = {one.upgrade_token: one.context.dialect for one in self._passes}
        return [
            (container.upgrade_token, each)
            for container in self._upgrades()
            for each in differences(container, dialects.get(container.upgrade_token))
        ]

    def _upgrades(self) -> Iterator[UpgradeOps]:
        for script in self.generated_revisions:
            yield from script.upgrade_ops_list

    def check_renames(self) -> None:
        """Make sure that each rename that was asked for has been made in one of the databases.

        :raises RenameInvalid: one was not.
        """
        unused = [wish for wish in self.command_args.get("renames") or () if wish not in self._renames_used]
        if unused:
            raise RenameInvalid(
                f"Nothing to rename by {', '.join(unused)}",
                hint="A rename needs the old name in the database, the new one in the models, and neither "
                "the other way round; write table.old:new for a column, old:new for a table.",
            )

    def generate_scripts(self) -> Iterator[Script | None]:
        """Write the files; yields the script of each.

        All of them are rendered before the first is written. Nothing is written if autogenerate was asked
        for, found nothing, and the arguments do not say ``allow_empty``.
        """
        self.check_renames()
        arguments = self.command_args
        if arguments.get("autogenerate") and not arguments.get("allow_empty", True) and self.is_empty():
            return
        # Where env.py was not run, nothing was added, and nobody has said how to render it.
        variables = [
            template_variables(script, self._passes, partial(self._preview, script)) if self._passes else {}
            for script in self.generated_revisions
        ]
        for script, of_script in zip(self.generated_revisions, variables, strict=True):
            yield self._write(script, of_script)

    def _write(self, script: MigrationScript, variables: dict[str, Any]) -> Script | None:
        return self.script_directory.generate_revision(
            script.rev_id or new_identifier(),
            script.message,
            refresh=True,
            head=script.head,
            splice=script.splice,
            branch_labels=script.branch_label,
            version_path=script.version_path,
            depends_on=script.depends_on,
            **{**self.template_args, "imports": "\n".join(sorted(script.imports)), **variables},
        )

    def _preview(self, script: MigrationScript, variables: dict[str, Any]) -> str:
        """The file that the template makes of these variables, before anything is decided about it."""
        from ..script import creation

        directory = self.script_directory
        return creation.rendered(
            os.path.join(directory.dir, "script.py.mako"),
            creation.NewRevision(script.rev_id or "preview", (), (), ()),
            script.message,
            directory._generate_create_date(),
            {**self.template_args, **variables},
        )

    def _script_of_arguments(self) -> MigrationScript:
        arguments = self.command_args
        return MigrationScript(
            arguments["rev_id"] or new_identifier(),
            UpgradeOps(),
            DowngradeOps(),
            message=arguments["message"],
            head=arguments["head"],
            splice=arguments["splice"],
            branch_label=arguments["branch_label"],
            version_path=arguments["version_path"],
            depends_on=arguments["depends_on"],
        )


def leaves(container: OpContainer) -> Iterator[MigrateOperation]:
    """The operations of a container, and of those within it."""
    for operation in container.ops:
        if isinstance(operation, OpContainer):
            yield from leaves(operation)
        else:
            yield operation
