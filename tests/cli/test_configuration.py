"""Sections 2.1, 2.2 and 2.4 of the contract: files, keys, precedence."""

from __future__ import annotations

import argparse
import configparser
import contextlib
import io
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from alembic import errors
from alembic.config import Config


@pytest.fixture
def ini(tmp_path: Path):
    def write(text: str, *, encoding: str = "utf-8", **kw) -> Config:
        path = tmp_path / "alembic.ini"
        path.write_bytes(text.encode(encoding))
        return Config(path, **kw)

    return write


@pytest.fixture
def toml(tmp_path: Path):
    def write(text: str, **kw) -> Config:
        path = tmp_path / "pyproject.toml"
        path.write_text(text, "utf-8")
        return Config(toml_file=path, **kw)

    return write


class TestInMemory:
    def test_there_is_one_empty_main_section_and_here_is_the_working_directory(self):
        config = Config()
        assert config.file_config.sections() == ["alembic"]
        assert config.get_section("alembic") == {"here": "."}
        assert config.config_args == {"here": "."}

    def test_attributes_of_a_new_configuration(self):
        config = Config()
        assert config.config_file_name is None
        assert config.toml_file_name is None
        assert config.config_ini_section == "alembic"
        assert config.output_buffer is None
        assert config.cmd_opts is None
        assert config.attributes == {}
        assert config.toml_alembic_config == {}
        assert config.messaging_opts == {"quiet": False}

    def test_values_are_interpolated_when_read(self):
        config = Config()
        config.set_main_option("script_location", "%(here)s/migrations")
        assert config.get_main_option("script_location") == "./migrations"

    def test_a_lone_per_cent_sign_is_refused(self):
        with pytest.raises(ValueError, match="invalid interpolation syntax"):
            Config().set_main_option("sqlalchemy.url", "x%y")

    def test_removed_values_are_gone(self):
        config = Config()
        config.set_main_option("a", "1")
        config.remove_main_option("a")
        config.remove_main_option("never there")
        assert config.get_main_option("a") is None

    def test_any_section_can_be_made(self):
        config = Config()
        config.set_section_option("other", "key", "value")
        assert config.get_section_option("other", "key") == "value"
        assert config.get_section_option("other", "missing", "default") == "default"

    def test_a_missing_section_is_an_error_for_one_value_and_a_default_for_all(self):
        config = Config()
        with pytest.raises(errors.CommandError) as caught:
            config.get_section_option("nope", "key", "default")
        assert str(caught.value) == "No config file None found, or file has no '[nope]' section"
        assert config.get_section("nope") is None
        assert config.get_section("nope", {"a": "b"}) == {"a": "b"}

    def test_config_args_are_usable_in_values_and_kept_in_two_copies(self):
        config = Config(config_args={"tenant": "x"})
        config.set_main_option("a", "%(tenant)s!")
        assert config.get_main_option("a") == "x!"
        assert config.config_args is not config.toml_args
        assert config.toml_args == {"tenant": "x"}

    def test_attributes_are_copied(self):
        mine = {"connection": object()}
        config = Config(attributes=mine)
        assert config.attributes == mine
        assert config.attributes is not mine


class TestIni:
    def test_here_is_the_absolute_directory_of_the_file(self, ini, tmp_path, monkeypatch):
        config = ini("[alembic]\nscript_location = %(here)s/migrations\n")
        monkeypatch.chdir(tmp_path)
        config.config_file_name = "alembic.ini"
        assert config.get_main_option("script_location") == f"{tmp_path.as_posix()}/migrations"
        assert config.config_args == {"here": tmp_path.as_posix()}

    def test_a_path_object_becomes_text(self, tmp_path):
        assert Config(tmp_path / "a.ini").config_file_name == str(tmp_path / "a.ini")

    def test_a_missing_file_is_empty(self, tmp_path):
        config = Config(tmp_path / "none.ini")
        assert config.file_config.sections() == []
        assert config.get_alembic_option("script_location") is None
        with pytest.raises(
            errors.ConfigSectionMissing, match=r"none.ini' found, or file has no '\[alembic\]'"
        ):
            config.get_main_option("script_location")

    def test_the_main_section_can_have_another_name_and_inherit(self, ini):
        config = ini("[DEFAULT]\nshared = 1\n[one]\nscript_location = a\n", ini_section="one")
        assert config.get_main_option("script_location") == "a"
        assert config.get_section("one")["shared"] == "1"

    def test_a_syntax_error_names_file_and_line(self, ini):
        with pytest.raises(errors.ConfigFileMalformed) as caught:
            ini("[alembic]\na = 1\nnonsense\n").get_main_option("a")
        first, *more = str(caught.value).splitlines()
        assert first.startswith("Can't parse configuration file '") and first.endswith("alembic.ini'")
        assert "3" in "".join(more) and "nonsense" in "".join(more)

    def test_text_is_utf8_whatever_the_locale(self, ini):
        assert ini("[alembic]\na = Ωmega\n").get_main_option("a") == "Ωmega"
        assert ini("\ufeff[alembic]\na = b\n").get_main_option("a") == "b"

    def test_text_that_is_not_utf8_is_read_in_the_encoding_of_the_locale(self, ini, monkeypatch):
        monkeypatch.setattr("locale.getpreferredencoding", lambda do_setlocale=True: "latin-1")
        assert ini("[alembic]\na = é\n", encoding="latin-1").get_main_option("a") == "é"

    def test_text_in_neither_encoding_is_an_error_that_names_the_line(self, ini, monkeypatch):
        monkeypatch.setattr("locale.getpreferredencoding", lambda do_setlocale=True: "ascii")
        with pytest.raises(errors.ConfigFileUnreadable, match="line 2 is neither UTF-8 nor ascii"):
            ini("[alembic]\na = é\n", encoding="latin-1").get_main_option("a")
        monkeypatch.setattr("locale.getpreferredencoding", lambda do_setlocale=True: "UTF-8")
        with pytest.raises(errors.ConfigFileUnreadable, match="line 2 is not UTF-8"):
            ini("[alembic]\na = é\n", encoding="latin-1").get_main_option("a")

    def test_a_pipe_is_read_and_a_folder_is_none(self, tmp_path):
        os.mkfifo(tmp_path / "pipe")
        writer = threading.Thread(target=(tmp_path / "pipe").write_text, args=["[alembic]\na = b\n"])
        writer.start()
        assert Config(tmp_path / "pipe").get_main_option("a") == "b"
        writer.join()
        with pytest.raises(errors.ConfigFileUnreadable, match="Is a directory"):
            Config(tmp_path).get_main_option("a")

    def test_interpolation_mistakes_stay_those_of_configparser(self, ini):
        config = ini("[alembic]\nsqlalchemy.url = db://u:p%40x@h\n")
        with pytest.raises(configparser.InterpolationSyntaxError):
            config.get_main_option("sqlalchemy.url")


class TestToml:
    def test_strings_are_interpolated_everywhere(self, toml, tmp_path):
        config = toml(
            "[tool.alembic]\n"
            'script_location = "%(here)s/m"\n'
            'version_locations = ["%(here)s/a", "b"]\n'
            'nested = {deep = ["%(here)s"], number = 3}\n'
            'file_template = "%%(rev)s"\n'
        )
        here = tmp_path.as_posix()
        assert config.get_alembic_option("script_location") == f"{here}/m"
        assert config.get_version_locations_list() == [f"{here}/a", "b"]
        assert config.get_alembic_option("nested") == {"deep": [here], "number": 3}
        assert config.get_alembic_option("file_template") == "%(rev)s"
        assert config.toml_args == {"here": here}
        assert config.toml_alembic_config["script_location"] == "%(here)s/m"

    def test_a_missing_file_or_table_is_empty(self, toml, tmp_path):
        assert Config(toml_file=tmp_path / "none.toml").get_alembic_option("a") is None
        assert toml("[tool.other]\na = 1\n").get_alembic_option("a", "default") == "default"

    def test_the_ini_methods_do_not_see_it(self, toml):
        assert toml('[tool.alembic]\na = "1"\n').get_main_option("a") is None

    @pytest.mark.parametrize("text", ["[tool]\nalembic = 3\n", "tool = 3\n"])
    def test_anything_but_a_table_is_an_error(self, toml, text):
        with pytest.raises(errors.CommandError) as caught:
            toml(text).get_alembic_option("a")
        assert str(caught.value).splitlines()[0] == "Incorrect TOML format"
        assert "pyproject.toml" in str(caught.value)

    def test_a_syntax_error_names_file_and_line(self, toml):
        with pytest.raises(errors.ConfigFileMalformed, match=r"pyproject.toml'\n.*line 1"):
            toml("a = = 1").get_alembic_option("a")

    @pytest.mark.parametrize("value", ["1.5", "2020-01-01"])
    def test_other_types_are_refused(self, toml, value):
        with pytest.raises(errors.TomlValueInvalid) as caught:
            toml(f"[tool.alembic]\na = {value}\n").get_alembic_option("a")
        assert caught.value.message == "unsupported TOML value type for key: 'a'"

    @pytest.mark.parametrize("value", ["%(nope)s", "100%", "%(rev)s_%(slug)s"])
    def test_a_stray_per_cent_sign_is_an_error_that_says_what_to_write(self, toml, value):
        with pytest.raises(errors.TomlValueInvalid, match="twice"):
            toml(f'[tool.alembic]\na = "{value}"\n').get_alembic_option("a")

    @pytest.mark.parametrize("value", ["3", "[3]", "true", "{a = 'b'}"])
    def test_paths_are_strings(self, toml, value):
        config = toml(f"[tool.alembic]\nversion_locations = {value}\nprepend_sys_path = {value}\n")
        with pytest.raises(errors.TomlValueInvalid, match=r"array of strings .* 'version_locations'"):
            config.get_version_locations_list()
        with pytest.raises(errors.TomlValueInvalid, match=r"array of strings .* 'prepend_sys_path'"):
            config.get_prepend_sys_paths_list()

    def test_one_path_may_stand_alone_and_none_is_none(self, toml):
        config = toml('[tool.alembic]\nversion_locations = ""\nprepend_sys_path = "lib"\n')
        assert config.get_version_locations_list() is None
        assert config.get_prepend_sys_paths_list() == ["lib"]

    @pytest.mark.parametrize("option", ["type = 3", "type = ['exec']", "cwd = true"])
    def test_options_of_hooks_are_strings(self, toml, option):
        config = toml(f"[[tool.alembic.post_write_hooks]]\nname = 'a'\n{option}\n")
        with pytest.raises(
            errors.TomlValueInvalid, match=f"string expected for key '{option[: option.index(' ')]}'"
        ):
            config.get_hooks_list()

    def test_booleans_are_real_ones(self, toml):
        config = toml("[tool.alembic]\nsourceless = true\nother = 'true'\n")
        assert config.get_alembic_boolean_option("sourceless") is True
        assert config.get_alembic_boolean_option("missing") is False
        with pytest.raises(
            errors.TomlValueInvalid, match="boolean value expected for TOML parameter 'other'"
        ):
            config.get_alembic_boolean_option("other")


class TestPrecedence:
    @pytest.fixture
    def both(self, tmp_path):
        (tmp_path / "a.ini").write_text(
            "[alembic]\nscript_location = of-ini\nversion_locations =\nprepend_sys_path =\n"
            "[post_write_hooks]\n"
        )
        (tmp_path / "pyproject.toml").write_text(
            "[tool.alembic]\n"
            'script_location = "of-toml"\ntimezone = "UTC"\n'
            'version_locations = ["v"]\nprepend_sys_path = ["p"]\n'
            '[[tool.alembic.post_write_hooks]]\nname = "h"\ntype = "exec"\nexecutable = "%(here)s/x"\n'
        )
        return Config(tmp_path / "a.ini", tmp_path / "pyproject.toml")

    def test_the_ini_file_wins_key_by_key(self, both):
        assert both.get_alembic_option("script_location") == "of-ini"
        assert both.get_alembic_option("timezone") == "UTC"

    def test_empty_path_lists_fall_through(self, both):
        assert both.get_version_locations_list() == ["v"]
        assert both.get_prepend_sys_paths_list() == ["p"]

    def test_an_empty_hooks_section_falls_through(self, both, tmp_path):
        assert both.get_hooks_list() == [
            {"type": "exec", "executable": f"{tmp_path.as_posix()}/x", "_hook_name": "h"}
        ]

    def test_hooks_of_the_ini_file_win(self, both):
        both.set_section_option("post_write_hooks", "hooks", "a")
        assert both.get_hooks_list() == [{"_hook_name": "a"}]

    def test_a_value_set_in_python_wins(self, both):
        both.set_main_option("timezone", "CET")
        assert both.get_alembic_option("timezone") == "CET"


class TestPathLists:
    @pytest.mark.parametrize(
        ("separator", "expected"),
        [
            ("os", [part.strip() for part in f"a b{os.pathsep}c;d\ne".split(os.pathsep)]),
            ("space", ["a", f"b{os.pathsep}c;d\ne"]),
            ("newline", [f"a b{os.pathsep}c;d", "e"]),
            (";", [f"a b{os.pathsep}c", "d\ne"]),
        ],
    )
    def test_the_separator_is_what_the_key_says(self, ini, separator, expected):
        config = ini(
            f"[alembic]\npath_separator = {separator}\nversion_locations = a b{os.pathsep}c;d\n   e\n"
            f"prepend_sys_path = a b{os.pathsep}c;d\n   e\n"
        )
        assert config.get_version_locations_list() == expected
        assert config.get_prepend_sys_paths_list() == expected

    def test_items_are_stripped_and_empty_ones_dropped(self, ini):
        config = ini("[alembic]\npath_separator = :\nversion_locations = a:: b :\n")
        assert config.get_version_locations_list() == ["a", "b"]

    @pytest.mark.parametrize("separator", ["bad", ""])
    def test_another_separator_is_an_error(self, ini, separator):
        config = ini(f"[alembic]\npath_separator = {separator}\nversion_locations = a\n")
        with pytest.raises(ValueError) as caught:
            config.get_version_locations_list()
        assert isinstance(caught.value, errors.CommandError)
        assert str(caught.value) == (
            f"'{separator}' is not a valid value for path_separator; "
            "expected 'space', 'newline', 'os', ':', ';'"
        )

    def test_without_a_separator_older_rules_hold_with_a_warning(self, ini):
        config = ini("[alembic]\nversion_locations = a, b  c,d\nprepend_sys_path = . :x\n")
        with pytest.warns(DeprecationWarning, match="version_locations"):
            assert config.get_version_locations_list() == ["a", "b", "c", "d"]
        with pytest.warns(DeprecationWarning, match="colons"):
            assert config.get_prepend_sys_paths_list() == [".", "x"]

    def test_the_older_separator_key_counts_for_version_locations_only(self, ini):
        config = ini(
            "[alembic]\nversion_path_separator = space\nversion_locations = a b\nprepend_sys_path = a b\n"
        )
        with pytest.warns(DeprecationWarning, match="version_path_separator is deprecated"):
            assert config.get_version_locations_list() == ["a", "b"]
        with pytest.warns(DeprecationWarning, match="no path_separator"):
            assert config.get_prepend_sys_paths_list() == ["a", "b"]

    def test_unset_lists_are_none(self, ini):
        config = ini("[alembic]\n")
        assert config.get_version_locations_list() is None
        assert config.get_prepend_sys_paths_list() is None


class TestBooleansAndHooks:
    def test_only_the_text_true_is_true_in_an_ini_file(self, ini):
        config = ini("[alembic]\nsourceless = True\nrecursive_version_locations = true\n")
        assert config.get_alembic_boolean_option("sourceless") is False
        assert config.get_alembic_boolean_option("recursive_version_locations") is True

    def test_hooks_of_an_ini_file(self, ini):
        config = ini(
            "[alembic]\n[post_write_hooks]\nhooks = a-b,, c d\n"
            "a-b.type = exec\na-b.executable = ls\nc.type=module\n"
        )
        assert config.get_hooks_list() == [
            {"type": "exec", "executable": "ls", "_hook_name": "a-b"},
            {"type": "module", "_hook_name": "c"},
            {"_hook_name": "d"},
        ]

    def test_hooks_of_a_toml_file_need_a_name_and_to_be_tables(self, toml):
        with pytest.raises(errors.TomlValueInvalid, match="no key 'name'"):
            toml('[[tool.alembic.post_write_hooks]]\ntype = "exec"\n').get_hooks_list()
        with pytest.raises(errors.TomlValueInvalid, match="array of tables"):
            toml('[tool.alembic]\npost_write_hooks = "x"\n').get_hooks_list()


class TestPrinting:
    def test_text_is_a_format_only_with_values(self):
        out = io.StringIO()
        config = Config(stdout=out)
        config.print_stdout("100%s")
        config.print_stdout("%s and %d", "a", 3)
        assert out.getvalue() == "100%s\na and 3\n"

    def test_quiet_prints_nothing(self):
        out = io.StringIO()
        config = Config(stdout=out, cmd_opts=argparse.Namespace(quiet=True))
        config.print_stdout("x")
        assert out.getvalue() == ""
        assert config.messaging_opts == {"quiet": True}

    def test_the_default_stream_is_that_of_the_moment(self):
        out = io.StringIO()
        config = Config()
        with contextlib.redirect_stdout(out):
            config.print_stdout("x")
        assert out.getvalue() == "x\n"


def test_templates_are_found():
    assert os.path.isfile(os.path.join(Config().get_template_directory(), "generic", "env.py"))


def test_neither_file_format_is_loaded_without_such_a_file(tmp_path):
    program = (
        "import sys\nfrom alembic.config import Config\n"
        "Config('a.ini', 'b.toml').get_alembic_option('script_location')\n"
        "print({'configparser', 'tomllib', 'pathlib', 'sqlalchemy', 'logging'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert run.stdout == "set()\n", run.stderr
