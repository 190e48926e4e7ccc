"""Reading a statement of SQLite token by token."""

from __future__ import annotations

from ...schema.tokens import SQLITE, Kind, Token, significant_tokens
from .parts import NoCreateTable, Span

_NAMES = (Kind.WORD, Kind.NAME, Kind.STRING)


class Cursor:
    """The tokens of a statement that mean something, and how far they were read."""

    __slots__ = ("found", "position", "stop", "text", "words")

    def __init__(self, text: str) -> None:
        self.text = text
        word = Kind.WORD
        self.found = significant_tokens(text, SQLITE)
        self.words = [token.text.upper() if token.kind is word else "" for token in self.found]
        self.words += ("", "")
        self.position = 0
        self.stop = len(self.found)

    @property
    def at_end(self) -> bool:
        """Everything was read."""
        return self.position >= self.stop

    @property
    def word(self) -> str:
        """The next token, if it is a bare word: in upper case; otherwise the empty string."""
        return self.words[self.position] if self.position < self.stop else ""

    @property
    def word_after(self) -> str:
        """The token after the next, as :attr:`word`."""
        return self.words[self.position + 1] if self.position + 1 < self.stop else ""

    @property
    def symbol(self) -> str:
        """The next token as it stands; the empty string at the end."""
        return self.found[self.position].text if self.position < self.stop else ""

    @property
    def start(self) -> int:
        """Where the next token begins."""
        return self.found[self.position].start if self.position < self.stop else len(self.text)

    @property
    def last_end(self) -> int:
        """Where what was read last ends."""
        return self.found[self.position - 1].end

    def next(self) -> Token:
        """Read a token.

        :raises NoCreateTable: there is none.
        """
        if self.position >= self.stop:
            raise NoCreateTable(f"The statement ends too early: {self.text[:60]!r}")
        token = self.found[self.position]
        self.position += 1
        return token

    def take(self, *words: str) -> bool:
        """Read the next token if it is one of these words."""
        if self.position < self.stop and self.words[self.position] in words:
            self.position += 1
            return True
        return False

    def take_symbol(self, symbol: str) -> bool:
        """Read the next token if it is this one."""
        if self.symbol == symbol:
            self.position += 1
            return True
        return False

    def expect(self, word: str) -> None:
        """Read this word.

        :raises NoCreateTable: something else stands there.
        """
        if not self.take(word):
            raise NoCreateTable(f"{word} expected, not {self.symbol or 'the end'}: {self.text[:60]!r}")

    def identifier(self) -> Token:
        """Read a name, quoted in any way; SQLite takes strings too."""
        token = self.next()
        if token.kind not in _NAMES:
            raise NoCreateTable(f"A name expected, not {token.text!r}: {self.text[:60]!r}")
        return token

    def parentheses(self) -> Span:
        """Read a pair of parentheses with all that is in it; the span is what is inside."""
        return self.group()[0]

    def group(self) -> tuple[Span, Cursor]:
        """Read a pair of parentheses; its inside as a span, and to be read on its own."""
        opening = self.next()
        if opening.text != "(":
            raise NoCreateTable(f"( expected, not {opening.text!r}: {self.text[:60]!r}")
        first, depth = self.position, 1
        while depth:
            text = self.next().text
            if text == "(":
                depth += 1
            elif text == ")":
                depth -= 1
        inside = Cursor.__new__(Cursor)
        inside.text, inside.found, inside.words = self.text, self.found, self.words
        inside.position, inside.stop = first, self.position - 1
        return Span(opening.end, self.found[self.position - 1].start), inside
