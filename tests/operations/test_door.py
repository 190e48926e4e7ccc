"""`op` speaks for the migration that is running here and now, and for nothing when there is none."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from alembic import op
from alembic.errors import CommandError
from alembic.operations import BatchOperations, Operations
from alembic.operations.door import Door, ModuleClsProxy
from tests.operations.migrations import Script

NOTHING = (
    "Can't invoke function 'execute', as the proxy object has not yet been established "
    "for the Alembic 'Operations' class.  Try placing this code inside a callable."
)


def test_outside_of_a_migration() -> None:
    with pytest.raises(NameError) as failure:
        op.execute("select 1")
    assert str(failure.value) == NOTHING
    assert isinstance(failure.value, CommandError)


def test_after_a_migration_it_is_the_same() -> None:
    script = Script()
    with Operations.context(script.context):
        op.execute("select 1")
    with pytest.raises(NameError) as failure:
        op.execute("select 2")
    assert str(failure.value) == NOTHING
    assert script.lines == ["select 1;"]


def test_it_is_the_same_after_a_failure() -> None:
    with pytest.raises(ZeroDivisionError), Operations.context(Script().context):
        raise ZeroDivisionError
    with pytest.raises(NameError):
        op.get_context()


def test_the_context_manager_gives_the_object_that_op_speaks_for() -> None:
    context = Script().context
    with Operations.context(context) as operations:
        assert isinstance(operations, Operations)
        assert op.get_context() is context
        assert operations.get_context() is context


def test_an_inner_migration_speaks_until_it_is_over() -> None:
    outer, inner = Script(), Script()
    with Operations.context(outer.context):
        with Operations.context(inner.context):
            op.execute("inner")
        op.execute("outer")
    assert (outer.lines, inner.lines) == (["outer;"], ["inner;"])


def test_threads_do_not_see_each_other() -> None:
    meeting = threading.Barrier(8)

    def migrate(number: int) -> list[str]:
        script = Script()
        with Operations.context(script.context):
            meeting.wait()
            for _ in range(20):
                op.execute(f"select {number}")
            meeting.wait()
        return script.lines

    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(migrate, range(8)))
    assert results == [[f"select {number};"] * 20 for number in range(8)]


def test_tasks_do_not_see_each_other() -> None:
    async def migrate(number: int) -> list[str]:
        script = Script()
        with Operations.context(script.context):
            for _ in range(20):
                op.execute(f"select {number}")
                await asyncio.sleep(0)
        return script.lines

    async def all_of_them() -> list[list[str]]:
        return await asyncio.gather(*(migrate(number) for number in range(8)))

    assert asyncio.run(all_of_them()) == [[f"select {number};"] * 20 for number in range(8)]


def test_a_thread_of_the_only_migration_speaks_for_it() -> None:
    script = Script()
    with Operations.context(script.context), ThreadPoolExecutor(1) as thread:
        thread.submit(op.execute, "select 1").result()
    assert script.lines == ["select 1;"]


def test_a_thread_that_cannot_know_is_told_so() -> None:
    with (
        Operations.context(Script().context),
        Operations.context(Script().context),
        ThreadPoolExecutor(1) as thread,
        pytest.raises(NameError),
    ):
        thread.submit(op.execute, "select 1").result()


def test_a_context_kept_for_later_does_not_revive_a_migration() -> None:
    with Operations.context(Script().context):
        kept = contextvars.copy_context()
    with pytest.raises(NameError):
        kept.run(op.get_context)


def test_leaving_in_another_context_than_entering() -> None:
    door: Door[Any] = Door("Thing")
    thing = object()
    contextvars.copy_context().run(door.enter, thing)
    assert door.current("f") is thing
    door.leave(thing)
    with pytest.raises(NameError):
        door.current("f")


def test_functions_look_like_the_methods_without_self() -> None:
    for name in ("add_column", "execute", "create_foreign_key", "get_bind"):
        function, method = getattr(op, name), getattr(Operations, name)
        expected = list(inspect.signature(method).parameters.values())[1:]
        assert list(inspect.signature(function).parameters.values()) == expected
        assert function.__doc__ == method.__doc__
        assert function.__name__ == name


def test_every_public_method_is_a_function() -> None:
    methods = {name for name in dir(Operations) if not name.startswith("_")}
    assert methods == set(op.__all__)
    assert methods <= set(dir(op))
    assert all(callable(getattr(op, name)) for name in methods)


def test_importing_the_functions_loads_nothing() -> None:
    program = "import alembic.op, sys; assert 'sqlalchemy' not in sys.modules; alembic.op.execute"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_there_is_no_other_function() -> None:
    with pytest.raises(AttributeError):
        op.no_such_directive  # noqa: B018
    with pytest.raises(AttributeError):
        op._say  # noqa: B018


def test_a_subclass_is_spoken_for_as_well() -> None:
    class Own(Operations):
        pass

    script = Script()
    with Own.context(script.context) as own:
        assert type(own) is Own
        op.execute("select 1")
    assert script.lines == ["select 1;"]


def test_a_batch_has_a_door_of_its_own() -> None:
    with Operations.context(Script().context), pytest.raises(NameError):
        BatchOperations._door.current("add_column")


def test_a_module_may_have_its_own_functions() -> None:
    class Speaker(ModuleClsProxy):
        def say(self, word: str) -> str:
            return f"said {word}"

        @classmethod
        def shout(cls) -> str:
            return "SAID"

    module = SimpleNamespace()
    Speaker.create_module_class_proxy(vars(module), vars(module))
    with pytest.raises(NameError, match=r"Can't invoke function 'say'.*'Speaker' class"):
        module.say("x")
    speaker = Speaker()
    speaker._install_proxy()
    assert module.say("x") == "said x"
    speaker._remove_proxy()
    assert module.shout() == "SAID"
    assert not hasattr(module, "_install_proxy")
