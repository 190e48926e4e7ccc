"""Contract 3.4: options as users see them (a dictionary) and as we do (typed attributes)."""

from __future__ import annotations

import io
import sys

from alembic.runtime.settings import Settings, configured


def test_settings_show_the_present_state_of_the_dictionary() -> None:
    options: dict[str, object] = {}
    settings = Settings(options)
    assert settings.version_table == "alembic_version"
    options["version_table"] = "other"
    assert settings.version_table == "other"


def test_callbacks_are_one_or_several() -> None:
    def first(**kw: object) -> None: ...

    def second(**kw: object) -> None: ...

    assert Settings({}).on_version_apply == ()
    assert Settings({"on_version_apply": first}).on_version_apply == (first,)
    assert Settings({"on_version_apply": [first, second]}).on_version_apply == (first, second)


def test_starting_revisions_leave_base_out() -> None:
    assert Settings({"starting_rev": None}).starting_revisions == ()
    assert Settings({"starting_rev": "base"}).starting_revisions == ()
    assert Settings({"starting_rev": "a"}).starting_revisions == ("a",)
    assert Settings({"starting_rev": ("a", "b")}).starting_revisions == ("a", "b")


def test_each_call_has_a_dictionary_of_its_own() -> None:
    command = {"tag": "t", "starting_rev": "a"}
    first = configured(command, {"tag": None, "starting_rev": "b"}, {"version_table": "v"})
    assert first == {"tag": "t", "starting_rev": "b", "on_version_apply": (), "version_table": "v"}
    second = configured(command, {"tag": "u"}, {})
    assert second == {"tag": "u", "starting_rev": "a", "on_version_apply": ()}
    assert command == {"tag": "t", "starting_rev": "a"}


def test_an_encoding_writes_bytes() -> None:
    stream = io.BytesIO()
    Settings({"output_buffer": stream, "output_encoding": "latin-1"}).script_buffer().write("é")
    assert stream.getvalue() == b"\xe9"
    assert Settings({}).script_buffer() is sys.stdout
