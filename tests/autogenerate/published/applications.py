"""Applications from PyPI whose models are compared; downloaded when the tests run."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import NamedTuple

from tests.real import applications as histories
from tests.servers.genuine import _command, _exclusive, cache_directory

# Each without its dependencies: what follows an application's line is what its models can't do without.
PACKAGES = (
    *("aiida-core==2.9.4", "wrapt==2.5.2"),
    *("arize-phoenix==20.26.1", "email-validator==2.4.0", "dnspython==2.9.2"),
    *("dagster==1.13.29", "dagster-shared==1.13.29"),
    *("galaxy-data==26.1.2", "galaxy-util==26.1.2", "galaxy-schema==26.1.2", "importlib_resources"),
    *("rucio==41.5.1", "dogpile.cache==1.5.0", "decorator==5.3.1", "stevedore==5.10.0"),
)

SERVERS = ("postgresql", "mysql")
ALL = ("sqlite", *SERVERS)


class Models(NamedTuple):
    """Where the models of an application are.

    `imports` are modules to import, the last one has the MetaData, as `metadata` says; `stand_ins` are
    modules that the models import and don't need. `on` are the databases that the application supports;
    MariaDB goes by the URL that these name, `mysql+pymysql`. `differences` are those that are true.
    """

    imports: tuple[str, ...]
    metadata: str
    tables: int
    stand_ins: tuple[str, ...] = ()
    on: tuple[str, ...] = ALL
    charset: str | None = None
    differences: dict[str, list[str]] = {}  # noqa: RUF012


DAGSTER = (
    *("coloredlogs", "dagster_pipes", "docstring_parser", "filelock", "pytz", "structlog"),
    *("toposort", "watchdog"),
)
AIIDA = ("click_spinner", "disk_objectstore", "kiwipy", "pgsu", "plumpy", "upf_to_json", "zmq")

MODELS = {
    "optuna": Models(("optuna.storages._rdb.models",), "BaseModel.metadata", 12),
    "jupyterhub": Models(("jupyterhub.orm",), "Base.metadata", 15),
    "dagster-events": Models(
        ("dagster._core.storage.event_log.schema",), "SqlEventLogStorageMetadata", 9, DAGSTER
    ),
    "dagster-runs": Models(("dagster._core.storage.runs.schema",), "RunStorageSqlMetadata", 9, DAGSTER),
    "dagster-schedules": Models(
        ("dagster._core.storage.schedules.schema",), "ScheduleStorageSqlMetadata", 5, DAGSTER
    ),
    "aiida": Models(
        ("aiida.storage.psql_dos.models", "aiida.storage.psql_dos.models.base"),
        "Base.metadata",
        10,
        AIIDA,
        on=("postgresql",),
    ),
    "aiida-archive": Models(
        ("aiida.storage.sqlite_zip.models",), "SqliteBase.metadata", 10, AIIDA, on=("sqlite",)
    ),
    "phoenix": Models(
        ("phoenix.db.models",),
        "Base.metadata",
        64,
        (
            *("httpx", "jsonpath_ng", "ldap3", "openinference", "orjson", "pandas", "phoenix.server"),
            *("pyarrow", "sqlean", "strawberry"),
        ),
        on=("sqlite", "postgresql"),
    ),
    "galaxy": Models(
        ("galaxy.model",),
        "mapper_registry.metadata",
        183,
        (
            *("bleach", "boltons", "docutils", "galaxy.files", "galaxy.objectstore", "galaxy.security"),
            *("galaxy.tool_util", "galaxy.tool_util_models", "lxml", "social_core"),
        ),
        on=("sqlite", "postgresql"),
    ),
    "rucio": Models(
        ("rucio.db.sqla.models",),
        "BASE.metadata",
        71,
        ("bcrypt", "paramiko"),
        # Keys of 2,048 characters: more than MariaDB has room for in utf8mb4.
        charset="latin1",
        differences={
            # When the tables are made, a listener of the application has account_map use the other table's
            # type; SQLAlchemy has made this one already, and nothing uses it.
            "postgresql": ["('execute', 'DROP TYPE \"ACCOUNT_MAP_ID_TYPE_CHK\"')"]
        },
    ),
}


def unpacked() -> list[Path]:
    """The directories to be put on PYTHONPATH, those of the published histories among them."""
    home = cache_directory() / f"published-py{sys.version_info.major}.{sys.version_info.minor}"
    with _exclusive(home.with_suffix(".lock")):
        if not (home / "complete").exists():
            shutil.rmtree(home, ignore_errors=True)
            pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
            _command([*pip, "--quiet", "--no-deps", "--target", str(home), *PACKAGES])
            # The least that rucio wants to read when it is imported.
            (home / "rucio.cfg").write_text("[common]\n[database]\ndefault = sqlite://\n", "utf-8")
            (home / "complete").touch()
    return [home, *histories.unpacked()]
