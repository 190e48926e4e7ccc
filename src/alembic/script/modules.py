"""Running a Python file of the user's as a fresh module, outside ``sys.modules``."""

from __future__ import annotations

import marshal
import os
import re
import sys
from importlib.machinery import ModuleSpec, SourceFileLoader, SourcelessFileLoader
from types import CodeType, ModuleType
from typing import TYPE_CHECKING

from alembic.errors.files import BytecodeUnusable, PythonFileNotFound

if TYPE_CHECKING:
    import pathlib

BYTECODE_SUFFIXES = (".pyc", ".pyo")


class _ExactLoader(SourceFileLoader):
    """Takes bytecode from the interpreter's cache only if it was made of exactly this source.

    By default Python matches the two by time and length, and takes a source changed twice within a second
    for unchanged. It knows matching by a hash of the source as well (PEP 552), which is what is written here.
    """

    def get_code(self, fullname: str) -> CodeType:
        source = self.get_data(self.path)
        try:
            # Not at module level: most commands run no file.
            from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash

            cache = cache_from_source(self.path)
        except NotImplementedError:  # this interpreter has no such cache
            return _compiled(source, self.path)
        header = MAGIC_NUMBER + _CHECKED_HASH + source_hash(source)
        code = self._cached(cache, header)
        if code is None:
            code = _compiled(source, self.path)
            if not sys.dont_write_bytecode:
                self.set_data(cache, header + marshal.dumps(code))  # does nothing where it may not write
        return code

    def _cached(self, cache: str, header: bytes) -> CodeType | None:
        try:
            bytecode = self.get_data(cache)
            code = marshal.loads(bytecode[len(header) :]) if bytecode.startswith(header) else None
        except (OSError, EOFError, ValueError, TypeError):
            return None
        # After the folder was moved, tracebacks would name the old place.
        return code if isinstance(code, CodeType) and code.co_filename == self.path else None


def _compiled(source: bytes, path: str) -> CodeType:
    try:
        return compile(source, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        if getattr(error, "filename", None):
            raise
        # A NUL byte: which of the two errors that is depends on Python's version, and neither names the file.
        raise SyntaxError(str(error), (path, None, None, None)) from None


# The flags of a bytecode file that say: compare this hash with the source's.
_CHECKED_HASH = (0b11).to_bytes(4, "little")


def module_name(path: str) -> str:
    """The name of this file's module: the file name with everything but word characters turned to ``_``."""
    return re.sub(r"\W", "_", os.path.basename(path))


def load_python_file(dir_: str | os.PathLike[str], filename: str | os.PathLike[str]) -> ModuleType:
    """Run ``dir_/filename`` as a fresh module and return it; it is not entered in ``sys.modules``.

    A ``.py`` file is compiled from its source, whatever bytecode lies beside it; where there is only
    bytecode, that is run.

    :raises PythonFileNotFound: there is neither; the error is an ``ImportError`` too.
    """
    path = os.path.join(os.fspath(dir_), os.fspath(filename))
    if os.path.exists(path):
        return load_module_py(module_name(path), path)
    compiled = pyc_file_from_path(path)
    if compiled is None:
        raise PythonFileNotFound(path)
    return load_module_py(module_name(path), compiled)


def load_module_py(module_id: str, path: str | os.PathLike[str]) -> ModuleType:
    """Run the file at ``path``, source or bytecode, as a fresh module named ``module_id`` and return it.

    :raises BytecodeUnusable: the file is bytecode of another Python version.
    """
    path = os.fspath(path)
    if not path.endswith(BYTECODE_SUFFIXES):
        return _run(_ExactLoader(module_id, path))
    try:
        return _run(SourcelessFileLoader(module_id, path))
    except ImportError as error:
        if error.path == path:
            raise BytecodeUnusable(path, str(error)) from error
        raise


def pyc_file_from_path(path: str | os.PathLike[str]) -> pathlib.Path | None:
    """The compiled form of a source file, from this interpreter's cache or lying beside it; else None."""
    import pathlib
    from importlib.util import cache_from_source

    source = os.fspath(path)
    stem = os.path.splitext(source)[0]
    for candidate in (cache_from_source(source), *(stem + suffix for suffix in BYTECODE_SUFFIXES)):
        if os.path.exists(candidate):
            return pathlib.Path(candidate)
    return None


def _run(loader: SourceFileLoader | SourcelessFileLoader) -> ModuleType:
    """Run a file as a module with the attributes that an import gives it.

    Without the import system's own bookkeeping, which costs as much as compiling a short revision.
    """
    module = ModuleType(loader.name)
    spec = ModuleSpec(loader.name, loader, origin=loader.path)
    spec.has_location = True
    module.__spec__, module.__loader__, module.__package__ = spec, loader, ""
    module.__file__ = loader.path
    code = loader.get_code(loader.name)
    assert code is not None  # only namespace packages have none
    exec(code, module.__dict__)
    return module
