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


class Bytecode:
    """What the interpreter's cache holds for a file, as far as it was made of exactly this source.

    By default Python matches the two by time and length, and takes a source changed twice within a second
    for unchanged. It knows matching by a hash of the source as well (PEP 552), which is what is written here.

    :param path: of the source.
    """

    def __init__(self, path: str, source: bytes) -> None:
        # Not at module level: most commands run no file.
        from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash

        self._loader = SourceFileLoader("", path)
        self._header = MAGIC_NUMBER + _CHECKED_HASH + source_hash(source)
        try:
            self._cache = cache_from_source(path)
        except NotImplementedError:  # this interpreter has no such cache
            self._cache = ""

    def read(self) -> bytes:
        """The code as ``marshal`` writes it, and whatever was written behind it; empty if there is none."""
        try:
            content = self._loader.get_data(self._cache)
        except OSError:
            return b""
        return content[len(self._header) :] if content.startswith(self._header) else b""

    def write(self, content: bytes) -> None:
        """Replace all that :meth:`read` gives; does nothing where it may not write."""
        if self._cache and not sys.dont_write_bytecode:
            self._loader.set_data(self._cache, self._header + content)


class ExactLoader(SourceFileLoader):
    """Takes bytecode from the interpreter's cache only if it was made of exactly this source."""

    #: The end of what was in the cache, and the code was taken from; empty if it was compiled.
    end = b""

    def get_code(self, fullname: str) -> CodeType:
        source = self.get_data(self.path)
        bytecode = Bytecode(self.path, source)
        content = bytecode.read()
        code = self._cached(content)
        if code is None:
            code = _compiled(source, self.path)
            bytecode.write(marshal.dumps(code))
        else:
            self.end = content[-_END:]
        return code

    def _cached(self, content: bytes) -> CodeType | None:
        try:
            code = marshal.loads(content)
        except (EOFError, ValueError, TypeError):
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
# So much of a bytecode file is remembered of what is kept behind the code.
_END = 100


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
        return _run(ExactLoader(module_id, path))
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
