"""Files of Python code and of templates, by the familiar import path."""

from __future__ import annotations

from ..script.locations import coerce_resource_to_filename
from ..script.modules import load_module_py, load_python_file, pyc_file_from_path
from ..script.rendering import template_to_file

__all__ = [
    "coerce_resource_to_filename",
    "load_module_py",
    "load_python_file",
    "pyc_file_from_path",
    "template_to_file",
]
