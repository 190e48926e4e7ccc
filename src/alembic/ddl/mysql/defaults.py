"""Server defaults in one spelling: the one that MariaDB stores, as far as that can be told without asking."""

from __future__ import annotations

import datetime
import re
import struct
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from .strings import literal, members, string_value

Spell = Callable[[str], str]


def spelled_default(text: str, type_text: str, expression: Spell, bare: Spell) -> str | None:
    """A server default in its one spelling; None where it says nothing.

    :param text: SQL, with its ON UPDATE if there is one.
    :param type_text: the type of the column in its one spelling.
    :param expression: spells an expression.
    :param bare: takes the parentheses off that surround all of a text.
    """
    head = re.split(r"\W", type_text, maxsplit=1)[0]
    moment = None
    if head in ("timestamp", "datetime") and (found := _ON_UPDATE.fullmatch(text.strip())):
        text, moment = found.group(1), _now(found.group(2)) or expression(found.group(2))
    value = _value(bare(text), type_text, head, expression)
    if moment is None:
        return value
    return f"{value or 'NULL'} ON UPDATE {moment}"


_ON_UPDATE = re.compile(r"(?is)(.*\S)\s+on\s+update\s+(\S.*)")
_NOW = re.compile(r"(?i)(?:now|current_timestamp|localtime|localtimestamp)(?:\s*\(\s*(\d*)\s*\))?")
_NUMBER = re.compile(r"[-+]?\s*(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_BITS = re.compile(r"(?i)b'([01]*)'|0b([01]+)")
_HEX = re.compile(r"(?i)x'([0-9a-f]*)'|0x([0-9a-f]+)")
_WORDS = {"TRUE": "1", "FALSE": "0"}


def _now(text: str) -> str | None:
    found = _NOW.fullmatch(text.strip())
    if found is None:
        return None
    digits = found.group(1)
    return f"current_timestamp({digits if digits and digits != '0' else ''})"


def _value(text: str, type_text: str, head: str, expression: Spell) -> str | None:
    if text.upper() == "NULL" or not text:
        return None
    if (moment := _now(text)) is not None:
        return moment
    said, number = string_value(text), None
    if said is None and (found := _HEX.fullmatch(text)):
        digits = found.group(1) or found.group(2) or ""
        if head in _NUMBERS or head == "bit":
            number = str(int(digits or "0", 16))
        else:
            said = bytes.fromhex(digits.rjust(len(digits) + len(digits) % 2, "0")).decode("latin-1")
    elif said is None:
        number = _number(text)
    if said is None and number is None:
        return expression(text)
    try:
        canonical = _literal(said, number, type_text, head)
    except (ValueError, InvalidOperation, OverflowError, struct.error):
        canonical = None
    return expression(text) if canonical is None else canonical


def _number(text: str) -> str | None:
    """A number or truth value as decimal digits; None for anything else."""
    if text.upper() in _WORDS:
        return _WORDS[text.upper()]
    if _NUMBER.fullmatch(text):
        return text.replace(" ", "").lstrip("+")
    found = _BITS.fullmatch(text)
    return str(int(found.group(1) or found.group(2) or "0", 2)) if found else None


def _literal(said: str | None, number: str | None, type_text: str, head: str) -> str | None:
    """What the server stores for a constant of which either the text or the number is given."""
    text = number if said is None else said
    if text is None:
        return None
    if head in _NUMBERS:
        return _stored_number(text.strip(), type_text, head)
    if head in ("date", "datetime", "timestamp", "time"):
        return literal(_stored_moment(text, type_text, head))
    if head == "year":
        return _stored_year(int(text))
    if head == "bit":
        return f"b'{int(text):b}'" if number is not None else _bits_of(text)
    if head == "set":
        return literal(_stored_set(text, type_text))
    if head == "binary":
        width = re.search(r"\((\d+)", type_text)
        text = text.ljust(int(width.group(1)) if width else 1, "\0")
    elif head in ("char", "enum"):
        text = text.rstrip(" ")
    elif head == "uuid":
        text = text.lower()
    return literal(text)


_NUMBERS = frozenset(("tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double"))


def _stored_number(text: str, type_text: str, head: str) -> str:
    value = Decimal(text)
    scale = re.search(r"\(\d+,(\d+)\)", type_text)
    if head in ("float", "double") and scale is None:
        number = float(value)
        # A FLOAT has some seven digits, and shows no more than six.
        return repr(float(f"{number:.6g}")) if head == "float" else repr(number)
    digits = int(scale.group(1)) if scale else 0
    rounded = value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{rounded if rounded else abs(rounded):f}"


def _stored_moment(text: str, type_text: str, head: str) -> str:
    """A date or time with all its parts, and as many decimals as the type has."""
    decimals = re.search(r"\((\d)\)", type_text)
    places = int(decimals.group(1)) if decimals else 0
    if text == "0" or text.startswith("0000-00-00"):
        return {"date": "0000-00-00", "time": "00:00:00"}.get(head, "0000-00-00 00:00:00") + _fraction(
            "", places
        )
    day, time = _DAY.match(text.strip()), None
    rest = text.strip()[day.end() :] if day else text.strip()
    time = _TIME.fullmatch(rest.strip(" T"))
    if (day is None and head != "time") or (rest.strip(" T") and time is None):
        raise ValueError(text)
    parts = []
    if day and head != "time":
        year, month, date = (int(part) for part in day.groups())
        parts.append(datetime.date(year, month, date).isoformat())
    if head != "date":
        sign, hours, minutes, seconds, fraction = time.groups() if time else ("", "0", "0", "0", "")
        clock = f"{int(hours):02}:{int(minutes):02}:{int(seconds or 0):02}"
        parts.append((sign or "") + clock + _fraction(fraction or "", places))
    return " ".join(parts)


_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_TIME = re.compile(r"(-?)(\d{1,3}):(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?)?")


def _fraction(digits: str, places: int) -> str:
    return "." + digits.ljust(places, "0")[:places] if places else ""


def _stored_year(year: int) -> str:
    if year > 99 or year < 0:
        return str(year)
    return str(year + (2000 if year < 70 else 1900)) if year else "0"


def _bits_of(text: str) -> str:
    """The BIT that a string's bytes are."""
    return f"b'{int.from_bytes(text.encode('latin-1'), 'big'):b}'"


def _stored_set(text: str, type_text: str) -> str:
    """Members in the order of the type; those that the type does not have stay where they are."""
    order = {value: place for place, value in enumerate(members(type_text))}
    said = list(dict.fromkeys(text.split(",")))
    return ",".join(sorted(said, key=lambda value: order.get(value, len(order))))
