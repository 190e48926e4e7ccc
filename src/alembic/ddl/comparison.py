"""What a dialect says when asked whether two schema objects are the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple


class ComparisonResult(NamedTuple):
    """Equal, different (with the reason), or not to be compared (with the reason)."""

    status: Literal["equal", "different", "skip"]
    message: str

    @property
    def is_equal(self) -> bool:
        """Both are the same."""
        return self.status == "equal"

    @property
    def is_different(self) -> bool:
        """They differ; ``message`` says in what."""
        return self.status == "different"

    @property
    def is_skip(self) -> bool:
        """They can't be compared; ``message`` says why."""
        return self.status == "skip"

    @classmethod
    def Equal(cls) -> ComparisonResult:
        """Both are the same."""
        return cls("equal", "")

    @classmethod
    def Different(cls, reason: str | Sequence[str]) -> ComparisonResult:
        """They differ, for one or several reasons."""
        return cls("different", _joined(reason))

    @classmethod
    def Skip(cls, reason: str | Sequence[str]) -> ComparisonResult:
        """They can't be compared, for one or several reasons."""
        return cls("skip", _joined(reason))


def _joined(reason: str | Sequence[str]) -> str:
    return reason if isinstance(reason, str) else ", ".join(reason)
