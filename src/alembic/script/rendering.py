"""Mako templates turned to text, and text put into files whole or not at all. Mako is imported only here."""

from __future__ import annotations

import os
from typing import Any

from alembic.errors.writing import OutputEncodingInvalid, TemplateNotFound, TemplateRenderingFailed


def render(template_file: str | os.PathLike[str], **variables: Any) -> str:
    """The text that a Mako template gives; names it uses but wasn't given are falsy.

    :raises TemplateNotFound: there is no such file.
    :raises TemplateRenderingFailed: Mako or the template's code failed; the error names a file with the
        traceback in terms of template lines.
    """
    from mako.template import Template

    path = os.fspath(template_file)
    if not os.path.isfile(path):
        raise TemplateNotFound(path)
    try:
        return str(Template(filename=path).render_unicode(**variables))
    except Exception as error:  # whatever the template's own code may raise
        raise TemplateRenderingFailed(path, error, _write_traceback()) from error


def template_to_file(
    template_file: str | os.PathLike[str],
    dest: str | os.PathLike[str],
    output_encoding: str,
    *,
    append_with_newlines: bool = False,
    **kw: Any,
) -> None:
    """Render a template into a file.

    :param output_encoding: the codec of the file written.
    :param append_with_newlines: keep what the file has and add the text after two newlines.
    """
    content = encode(render(template_file, **kw), output_encoding)
    if not append_with_newlines:
        write_whole(os.fspath(dest), content)
        return
    with open(dest, "ab") as file:
        file.write(encode("\n\n", output_encoding) + content)


def encode(text: str, encoding: str) -> bytes:
    """The text in the ``output_encoding`` setting's codec.

    :raises OutputEncodingInvalid: no such codec, or it lacks a character of the text.
    """
    try:
        return text.encode(encoding)
    except (LookupError, UnicodeEncodeError) as error:
        raise OutputEncodingInvalid(encoding, error) from error


def write_whole(path: str, content: bytes) -> None:
    """Put the content at ``path`` in one step: at no time is there half a file under that name."""
    # Its name is a short one: that of the file may be as long as the file system takes.
    draft = os.path.join(os.path.dirname(path), f".{os.getpid()}-{os.urandom(4).hex()}.draft")
    try:
        with open(draft, "xb") as file:
            file.write(content)
        os.replace(draft, path)
    except BaseException:
        if os.path.exists(draft):
            os.unlink(draft)
        raise


def _write_traceback() -> str:
    """Mako's account of the exception being handled, in a file that stays for the user to read."""
    from tempfile import NamedTemporaryFile

    from mako.exceptions import text_error_template

    account = text_error_template().render()
    content = account if isinstance(account, bytes) else str(account).encode()
    with NamedTemporaryFile(suffix=".txt", delete=False) as file:
        file.write(content)
    return file.name
