"""One run of ``alembic revision``, from its arguments over the hooks to the files written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.errors.commands import NotYetAvailable
from alembic.operations.containers import DowngradeOps, MigrationScript, UpgradeOps
from alembic.script.naming import new_identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any, Protocol

    from alembic.configuration import Config
    from alembic.script.base import Script, ScriptDirectory

    class MigrationContext(Protocol):
        """What is needed of the context that env.py configured."""

        @property
        def opts(self) -> Mapping[str, Any]: ...

    DirectivesHook = Callable[[Any, Any, list[MigrationScript]], None]


class RevisionContext:
    """What a run of ``alembic revision`` is about to write.

    It begins as one script without operations. Each time env.py runs migrations, hooks may edit the list
    ``generated_revisions``: add operations, change or remove scripts, add further ones.

    :param config: becomes the template variable ``config``.
    :param script_directory: where the files go.
    :param command_args: the arguments of :func:`alembic.command.revision`, by name.
    :param process_revision_directives: a hook that runs before the one of env.py.
    """

    def __init__(
        self,
        config: Config,
        script_directory: ScriptDirectory,
        command_args: dict[str, Any],
        process_revision_directives: DirectivesHook | None = None,
    ) -> None:
        self.config = config
        self.script_directory = script_directory
        self.command_args = command_args
        self.process_revision_directives = process_revision_directives
        self.template_args: dict[str, Any] = {"config": config}
        self.generated_revisions = [self._script_of_arguments()]
        self._passes = 0

    def run_autogenerate(self, rev: Any, migration_context: MigrationContext) -> None:
        """Fill the scripts with the differences between database and models.

        :raises NotYetAvailable: this version cannot compare them.
        """
        raise NotYetAvailable("autogenerate comes with the next version")

    def run_no_autogenerate(self, rev: Any, migration_context: MigrationContext) -> None:
        """Offer the scripts, as they are, to the hooks.

        :param rev: what the database is at.
        :param migration_context: the context that env.py configured; its options have env.py's hook.
        """
        opts = migration_context.opts
        self._make_room(opts["upgrade_token"], opts["downgrade_token"])
        for hook in (self.process_revision_directives, opts.get("process_revision_directives")):
            if hook:
                hook(migration_context, rev, self.generated_revisions)

    def generate_scripts(self) -> Iterator[Script | None]:
        """Write the files; yields the script of each."""
        for migration_script in self.generated_revisions:
            yield self._write(migration_script)

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

    def _make_room(self, upgrade_token: str, downgrade_token: str) -> None:
        """Give each script containers for the operations of the database that env.py turned to."""
        self._passes += 1
        for script in self.generated_revisions:
            if self._passes == 1:
                script.upgrade_ops.upgrade_token = upgrade_token
                script.downgrade_ops.downgrade_token = downgrade_token
            elif upgrade_token not in {ops.upgrade_token for ops in script.upgrade_ops_list}:
                script.upgrade_ops_list.append(UpgradeOps(upgrade_token=upgrade_token))
                script.downgrade_ops_list.append(DowngradeOps(downgrade_token=downgrade_token))

    def _write(self, script: MigrationScript) -> Script | None:
        if any(not ops.is_empty() for ops in (*script.upgrade_ops_list, *script.downgrade_ops_list)):
            raise NotYetAvailable(
                "a process_revision_directives hook added operations; writing those is not available yet",
                hint="Hooks that change identifiers, messages, parents or the number of files work.",
            )
        return self.script_directory.generate_revision(
            script.rev_id or new_identifier(),
            script.message,
            refresh=True,
            head=script.head,
            splice=script.splice,
            branch_labels=script.branch_label,
            version_path=script.version_path,
            depends_on=script.depends_on,
            **{**self.template_args, "imports": "\n".join(sorted(script.imports))},
        )
