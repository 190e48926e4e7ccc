"""The script directory of a project: its settings, its revisions, questions about them, and new ones."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, cast

from alembic import console
from alembic.errors.files import (
    ScriptLocationNotFound,
    ScriptLocationNotSet,
    SettingInvalid,
    SeveralRevisions,
    VersionLocationsAmbiguous,
)
from alembic.script import files, locations
from alembic.script.modules import BYTECODE_SUFFIXES, load_python_file
from alembic.script.revision import RevisionMap
from alembic.script.script import Script
from alembic.script.target import relative
from alembic.script.wording import worded

if TYPE_CHECKING:
    import datetime
    from typing import TextIO

    from alembic.script.revision import Revision
    from alembic.script.steps import RevisionStep, StampStep

__all__ = ["Script", "ScriptDirectory"]

_FILE_TEMPLATE = "%(rev)s_%(slug)s"
_SLUG_LENGTH = 40
_NO_TARGET = "Destination {} is not a valid {} target from current head(s)"


class ProjectConfig(Protocol):
    """What a script directory asks of a configuration."""

    config_file_name: str | None
    config_ini_section: str
    toml_file_name: str | None

    @property
    def messaging_opts(self) -> Mapping[str, Any]: ...
    @property
    def stdout(self) -> TextIO: ...
    def get_alembic_option(self, name: str, default: str | None = None) -> Any: ...
    def get_alembic_boolean_option(self, name: str) -> bool: ...
    def get_version_locations_list(self) -> list[str] | None: ...
    def get_prepend_sys_paths_list(self) -> list[str] | None: ...
    def get_hooks_list(self) -> Sequence[Mapping[str, Any]]: ...


class ScriptDirectory:
    """The folder with env.py and the revision files.

    :param dir: the folder.
    :param file_template: the form of new files' names, in %-format.
    :param truncate_slug_length: the length to which the message is cut in them.
    :param version_locations: the folders of revision files; ``versions`` in ``dir`` if none are given.
    :param sourceless: compiled revision files count where the source is missing.
    :param output_encoding: the codec of new files.
    :param timezone: the zone of creation dates; local time if None.
    :param hooks: what to run on new files, see :mod:`alembic.script.write_hooks`.
    :param recursive_version_locations: folders below the version locations count, too.
    :param messaging_opts: ``{"quiet": True}`` keeps status lines away.
    :raises ScriptLocationNotFound: there is no such folder.
    """

    def __init__(
        self,
        dir: str | os.PathLike[str],
        file_template: str = _FILE_TEMPLATE,
        truncate_slug_length: int | None = _SLUG_LENGTH,
        version_locations: Sequence[str | os.PathLike[str]] | None = None,
        sourceless: bool = False,
        output_encoding: str = "utf-8",
        timezone: str | None = None,
        hooks: Sequence[Mapping[str, Any]] = (),
        recursive_version_locations: bool = False,
        messaging_opts: Mapping[str, Any] = {},
    ) -> None:
        self.dir = os.fspath(dir)
        if not os.path.isdir(self.dir):
            raise ScriptLocationNotFound(os.path.abspath(self.dir))
        self.file_template = file_template
        self.truncate_slug_length = truncate_slug_length or _SLUG_LENGTH
        self.version_locations = [os.fspath(location) for location in version_locations or ()]
        self.sourceless = sourceless
        self.output_encoding = output_encoding
        self.timezone = timezone
        self.hooks = list(hooks)
        self.recursive_version_locations = recursive_version_locations
        self.messaging_opts = dict(messaging_opts)
        self.revision_map = RevisionMap(self._load_revisions)
        self._stdout: TextIO | None = None

    @classmethod
    def from_config(cls, config: ProjectConfig) -> ScriptDirectory:
        """The script directory that a configuration describes; its ``prepend_sys_path`` takes effect.

        :raises ScriptLocationNotSet: the configuration doesn't say where it is.
        """
        place = _text(config, "script_location")
        if not place:
            raise ScriptLocationNotSet(list(_searched(config)))
        _prepend_to_sys_path(config.get_prepend_sys_paths_list() or [])
        script_directory = cls(
            locations.resolve(place),
            file_template=_text(config, "file_template") or _FILE_TEMPLATE,
            truncate_slug_length=_whole_number(config, "truncate_slug_length"),
            version_locations=config.get_version_locations_list(),
            sourceless=config.get_alembic_boolean_option("sourceless"),
            output_encoding=_text(config, "output_encoding") or "utf-8",
            timezone=_text(config, "timezone"),
            hooks=config.get_hooks_list(),
            recursive_version_locations=config.get_alembic_boolean_option("recursive_version_locations"),
            messaging_opts=config.messaging_opts,
        )
        script_directory._stdout = config.stdout
        return script_directory

    # -- places ----------------------------------------------------------------------------------------------

    @property
    def versions(self) -> str:
        """The one version location.

        :raises VersionLocationsAmbiguous: there are several.
        """
        if len(self._version_locations) > 1:
            raise VersionLocationsAmbiguous("Multiple version_locations present", self._version_locations)
        return self._version_locations[0]

    @property
    def env_py_location(self) -> str:
        """Where env.py is."""
        return os.path.join(self.dir, "env.py")

    @property
    def _version_locations(self) -> list[str]:
        if not self.version_locations:
            return [os.path.abspath(os.path.join(self.dir, "versions"))]
        return [os.path.abspath(locations.resolve(location)) for location in self.version_locations]

    def run_env(self) -> None:
        """Run env.py, as a fresh module made from its source."""
        load_python_file(self.dir, "env.py")

    # -- revisions -------------------------------------------------------------------------------------------

    def walk_revisions(
        self, base: str | tuple[str, ...] = "base", head: str | tuple[str, ...] = "heads"
    ) -> Iterator[Script]:
        """All revisions from a head down to a base, both included; each comes before those it builds on."""
        with worded(start=base, end=head):
            yield from _scripts(
                self.revision_map.iterate_revisions(head, base, inclusive=True, assert_relative_length=False)
            )

    def iterate_revisions(
        self, upper: str | tuple[str, ...] | None, lower: str | tuple[str, ...] | None, **kw: Any
    ) -> Iterator[Script]:
        """The revisions from ``upper`` down to ``lower``, without the latter.

        :param kw: ``inclusive``, ``implicit_base``, ``assert_relative_length`` or ``select_for_downgrade``,
            as for :meth:`RevisionMap.iterate_revisions`.
        """
        with worded(start=lower, end=upper):
            yield from _scripts(self.revision_map.iterate_revisions(upper, lower, **kw))

    def get_revision(self, id_: str) -> Script:
        """The revision that an id, a unique part of one, a label or another symbol stands for."""
        with worded():
            # It is None for "base" only; the signature that callers know doesn't say so.
            return cast("Script", self.revision_map.get_revision(id_))

    def get_revisions(self, id_: str | Sequence[str] | None) -> tuple[Script, ...]:
        """All revisions that a symbol, or several, stand for."""
        with worded():
            return tuple(_scripts(self.revision_map.get_revisions(id_)))

    def get_all_current(self, id_: tuple[str, ...]) -> set[Script]:
        """The given revisions and the heads of other branches that they imply through their dependencies."""
        with worded():
            return set(_scripts(self.revision_map._get_all_current(id_)))

    def as_revision_number(self, id_: str | None) -> str | tuple[str, ...] | None:
        """The id that a symbol stands for; a tuple for ``heads``, None for ``base`` and without revisions.

        A bare count such as ``+1`` comes back as it is: only the database knows what it leads to.
        """
        counted = relative(self.revision_map.graph, id_)
        if counted is not None and counted.symbol is None:
            return id_
        with worded():
            found, _ = self.revision_map._resolve_revision_number(id_)
        if not found:
            return None
        return tuple(found) if id_ == "heads" else found[0]

    def get_current_head(self) -> str | None:
        """The id of the head; None without revisions.

        :raises SeveralRevisions: there are several.
        """
        message = (
            "The script directory has multiple heads (due to branching)."
            "Please use get_heads(), or merge the branches using alembic merge."
        )
        with worded(several=message):
            return self.revision_map.get_current_head()

    def get_heads(self, consider_depends_on: bool = False) -> list[str]:
        """The ids of all heads.

        :param consider_depends_on: without those that another revision depends on.
        """
        return list(self.revision_map._real_heads if consider_depends_on else self.revision_map.heads)

    def get_base(self) -> str | None:
        """The id of the first revision; None without revisions.

        :raises SeveralRevisions: there are several.
        """
        bases = self.get_bases()
        if len(bases) > 1:
            raise SeveralRevisions("The script directory has multiple bases. Please use get_bases().", bases)
        return bases[0] if bases else None

    def get_bases(self) -> list[str]:
        """The ids of all first revisions."""
        return list(self.revision_map.bases)

    def _load_revisions(self) -> Iterator[Script]:
        with _collector_paused():
            found = files.find(
                self._version_locations,
                sourceless=self.sourceless,
                recursive=self.recursive_version_locations,
            )
            return iter([self._script_at(path) for path in found])

    @staticmethod
    def _script_at(path: str) -> Script:
        compiled = path.endswith(BYTECODE_SUFFIXES)
        return Script.from_file(path, None if compiled else files.read_text(path))

    # -- plans -----------------------------------------------------------------------------------------------

    def _upgrade_revs(self, destination: str, current_rev: Any) -> list[RevisionStep]:
        """The steps from the rows of the version table up to a destination, in order."""
        import logging

        from alembic.script import plan
        from alembic.script.inserted import report_inserted
        from alembic.script.steps import RevisionStep

        map_ = self.revision_map
        no_target = _NO_TARGET.format(destination, "upgrade")
        with worded(not_connected=no_target, end=destination, rows=current_rev):
            ids = plan.upgrade(map_.graph, destination, current_rev)
            report_inserted(map_, current_rev, logging.getLogger("alembic.script").warning)
        return [RevisionStep(map_, map_.by_id(id_), True) for id_ in ids]

    def _downgrade_revs(self, destination: str, current_rev: Any) -> list[RevisionStep]:
        """The steps from the rows of the version table down to a destination, in order."""
        from alembic.script import plan
        from alembic.script.steps import RevisionStep

        map_ = self.revision_map
        no_target = _NO_TARGET.format(destination, "downgrade")
        with worded(not_connected=no_target, end=destination, rows=current_rev):
            ids = plan.downgrade(map_.graph, destination, current_rev)
        return [RevisionStep(map_, map_.by_id(id_), False) for id_ in ids]

    def _stamp_revs(self, revision: Any, heads: Any) -> list[StampStep]:
        """The steps that make the rows of the version table say that a revision is applied."""
        from alembic.script import plan
        from alembic.script.steps import StampStep

        map_ = self.revision_map
        several = "Multiple heads are present; please specify a single target revision"
        with worded(several=several, end=revision, rows=heads):
            return [StampStep(*move, map_) for move in plan.stamp(map_.graph, revision, heads)]

    # -- new revisions ---------------------------------------------------------------------------------------

    def generate_revision(
        self,
        revid: str,
        message: str | None,
        head: str | Sequence[str] | None = None,
        splice: bool | None = False,
        branch_labels: str | Sequence[str] | None = None,
        version_path: str | os.PathLike[str] | None = None,
        file_template: str | None = None,
        depends_on: str | Sequence[str] | None = None,
        **kw: Any,
    ) -> Script:
        """Write a new revision file from ``script.py.mako``, run the hooks on it, and return its revision.

        Whatever can be wrong is found before the file is written.

        :param revid: its id.
        :param message: what it is about; part of the file name and of the docstring.
        :param head: what it follows; the only head if None, ``"base"`` for nothing.
        :param splice: it may follow a revision that others follow already.
        :param branch_labels: its branch labels.
        :param version_path: the version location to write to.
        :param file_template: not used.
        :param depends_on: revisions or labels that it depends on.
        :param kw: more variables for the template.
        """
        from alembic.script import creation

        known = self._version_locations
        with worded():
            new, location = creation.decide(
                self.revision_map,
                revid,
                parents="head" if head is None else head,
                splice=bool(splice),
                branch_labels=creation.as_items(branch_labels),
                depends_on=creation.as_items(depends_on),
                version_path=None if version_path is None else os.fspath(version_path),
                known=known,
            )
        created = self._generate_create_date()
        path = self._rev_path(location, revid, message, created)
        creation.check_path(path, known, self.recursive_version_locations)
        template = os.path.join(self.dir, "script.py.mako")
        text = creation.rendered(template, new, message, created, kw)
        content = creation.encoded(text, self.output_encoding)
        creation.check_text(template, path, text, new)
        self._write(path, content)
        script = self._read_back(path)
        creation.check_written(
            template, path, script.revision, script.branch_labels, creation.as_items(script.dependencies), new
        )
        self.revision_map.add_revision(script)
        return script

    def _generate_create_date(self) -> datetime.datetime:
        from alembic.script.naming import creation_time

        return creation_time(self.timezone)

    def _rev_path(
        self, path: str | os.PathLike[str], rev_id: str, message: str | None, create_date: datetime.datetime
    ) -> str:
        from alembic.script.naming import file_name

        name = file_name(self.file_template, rev_id, message, create_date, self.truncate_slug_length)
        return os.path.join(os.fspath(path), name)

    def _write(self, path: str, content: bytes) -> None:
        from alembic.script.rendering import write_whole

        folder = os.path.dirname(path)
        if not os.path.isdir(folder):
            with self._status(f"Creating directory {folder}"), _about_writing(path):
                os.makedirs(folder)
        with self._status(f"Generating {path}"), _about_writing(path):
            write_whole(path, content)
        if self.hooks:
            from alembic.script.write_hooks import run_hooks

            run_hooks(path, self.hooks, partial(self._status, newline=True))

    def _read_back(self, path: str) -> Script:
        """The new revision as the hooks left its file."""
        if not os.path.exists(path):
            from alembic.errors.writing import RevisionFileGone

            raise RevisionFileGone(path)
        return self._script_at(path)

    def _status(self, text: str, newline: bool = False) -> AbstractContextManager[None]:
        return console.status(text, self._stdout, bool(self.messaging_opts.get("quiet")), newline)


def _scripts(revisions: Iterable[Revision]) -> Iterator[Script]:
    """Revisions of the map, which holds what :meth:`ScriptDirectory._load_revisions` gave it."""
    return cast("Iterator[Script]", iter(revisions))


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Many small objects that all stay: looking for garbage among them again and again is half the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def _about_writing(path: str) -> Iterator[None]:
    """What the file system refuses is told of the revision file; not so what standard output refuses."""
    try:
        yield
    except OSError as error:
        from alembic.errors.writing import RevisionFileUnwritable

        raise RevisionFileUnwritable(path, error) from error


def _searched(config: ProjectConfig) -> Iterator[str]:
    """Where the settings were looked for: a wrong directory or section shows here."""
    for path, section in (
        (config.config_file_name, config.config_ini_section),
        (config.toml_file_name, "tool.alembic"),
    ):
        if path:
            yield f"[{section}] of {path}" if os.path.exists(path) else f"{path} (no such file)"


def _prepend_to_sys_path(paths: Sequence[str]) -> None:
    """Put paths first, in their order, each of them once however often a script directory is made.

    What a relative one means is for the working directory of now: Python remembers the one of its first use.
    """
    for path in paths:
        if not os.path.isabs(path):
            sys.path_importer_cache.pop(path, None)
    sys.path[:] = [*paths, *(path for path in sys.path if path not in paths)]


def _text(config: ProjectConfig, name: str) -> str | None:
    value = config.get_alembic_option(name)
    if value is not None and not isinstance(value, str):
        raise SettingInvalid(name, value, "a string")
    return value


def _whole_number(config: ProjectConfig, name: str) -> int | None:
    value = config.get_alembic_option(name)
    if not value:
        return None
    try:
        return int(value)
    except (ValueError, TypeError) as error:
        raise SettingInvalid(name, value, "a whole number") from error
