"""Passwords in texts: everything that is printed, logged or recorded goes through here first.

A text is masked before it is cut to a length: half a URL, without the ``@`` at its end, tells no password
from a port.
"""

from __future__ import annotations

import re

MASK = "***"

# What may be a URL in a text, and in it what stands before the password.
_WORD = re.compile(r"[^\s'\"]+")
_USER = re.compile(r"://[^:/@]*:")

_KEYS = ("passw", "pwd", "secret", "token", "identified")
# A text that was cut off may end inside of the string.
_STRING = r"""'(?:[^'\\]|\\.|'')*(?:'|$)|"(?:[^"\\]|\\.)*(?:"|$)"""
_RULES = (
    # 'user_password': 'x', "secret": "x", SET PASSWORD = N'x'
    re.compile(
        rf"((?:password|passwd|pwd|secret|token)\w{{0,40}}['\"]?\s*[:=]\s*N?)({_STRING})",
        re.IGNORECASE | re.DOTALL,
    ),
    # PASSWORD 'x', PASSWORD('x')
    re.compile(rf"(\bpassword\s*\(?\s*N?)({_STRING})", re.IGNORECASE | re.DOTALL),
    # host=a password=x, ?sslpassword=x&, PWD=x;
    re.compile(r"((?:password|passwd|pwd)=)([^\s&;,)'\"]+)", re.IGNORECASE),
    # IDENTIFIED WITH plugin AS 'x'
    re.compile(
        rf"(\bidentified\s+(?:with|via)\s+\S+\s+(?:by|as|using)\s+)({_STRING})", re.IGNORECASE | re.DOTALL
    ),
    # IDENTIFIED BY 'x'; Oracle's passwords are words; a revision is identified by no password
    re.compile(
        rf"((?<!revision )\bidentified\s+by\s+(?:values\s+)?)(?!password\b|values\b)({_STRING}|[^\s;]+)",
        re.IGNORECASE | re.DOTALL,
    ),
)


def masked(text: str) -> str:
    """The text with ``***`` in place of every password that can be told as such.

    These are passwords in URLs and connection strings, in SQL that makes users and connections, and the
    values of what is called a password, a secret or a token. The time grows with the length of the text only,
    since an error may quote megabytes of someone's data.
    """
    if "://" in text:
        text = _WORD.sub(_without_password, text)
    lower = text.lower()
    if any(key in lower for key in _KEYS):
        for rule in _RULES:
            text = rule.sub(_without_value, text)
    return text


def _without_password(word: re.Match[str]) -> str:
    """A word without its password, which ends at the last @: an unescaped @ or / may be part of it."""
    text = word[0]
    end = text.rfind("@")
    user = _USER.search(text, 0, end) if end > 0 else None
    return f"{text[: user.end()]}{MASK}{text[end:]}" if user else text


def _without_value(found: re.Match[str]) -> str:
    value = found[2]
    quote = value[0] if value[0] in "'\"" else ""
    return f"{found[1]}{quote}{MASK}{quote}"
