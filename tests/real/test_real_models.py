"""Published histories at their heads, compared with the application's models: what the genuine package finds,
and beyond that only what is true.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.absence import absent
from tests.real import applications
from tests.real.applications import APPLICATIONS
from tests.real.test_real_histories import Bench
from tests.servers import Unavailable

DIFFERENCES = Path(__file__).with_name("differences.py")

# Modules, the last of which has the MetaData.
MODELS = {
    "optuna": ("optuna.storages._rdb.models", "BaseModel.metadata"),
    "jupyterhub": ("jupyterhub.orm", "Base.metadata"),
    "mlflow": (
        "mlflow.store.tracking.dbmodels.models,mlflow.store.model_registry.dbmodels.models,"
        "mlflow.store.db.base_sql_model",
        "Base.metadata",
    ),
}

Explained = dict[str, str]

# These foreign keys need the unique index of oauth_clients.identifier, which gets another name: they go
# before it and come back after it, or the server refuses the script.
OAUTH_KEY = "{what}_fk {table}.fk_{table}_oauth_client_id_oauth_clients({columns})"
RENAMED_KEY = {
    OAUTH_KEY.format(
        what=what, table=table, columns="oauth_client_id -> oauth_clients.identifier"
    ): "needs the unique index that is dropped and made under its new name"
    for what in ("add", "remove")
    for table in ("services", "spawners")
}

# What only we find, and why it is true.
ONLY_OURS: dict[tuple[str, str], Explained] = {
    ("optuna", "postgresql"): {
        "execute \"ALTER TYPE trialstate ADD VALUE 'WAITING' AFTER 'FAIL'\"": (
            "the models have had this state since it was introduced, the type in PostgreSQL has not"
        ),
    },
    ("jupyterhub", "postgresql"): RENAMED_KEY,
    ("jupyterhub", "mariadb"): RENAMED_KEY,
    ("mlflow", "postgresql"): {
        "add_constraint trace_request_metadata.trace_request_metadata_pk(request_id, key)": (
            "the history made the primary key in the other order"
        ),
        "remove_constraint trace_request_metadata.trace_request_metadata_pk(key, request_id)": "see above",
        "add_constraint trace_tags.trace_tag_pk(request_id, key)": "the same",
        "remove_constraint trace_tags.trace_tag_pk(key, request_id)": "the same",
        "add_fk input_tags.input_tags_input_uuid_fkey(input_uuid -> inputs.input_uuid)": (
            "the name that the server would give, written out so that the downgrade can drop it"
        ),
    },
}

# What only the genuine package finds.
ONLY_THEIRS: dict[tuple[str, str], Explained] = {
    ("mlflow", "postgresql"): {
        "add_fk input_tags.None(input_uuid -> inputs.input_uuid)": "ours has a name, see above",
    },
}

# Those whose history gets to its head there.
AT_HEAD = [
    ("optuna", "postgresql"),
    ("jupyterhub", "postgresql"),
    ("jupyterhub", "mariadb"),
    ("mlflow", "postgresql"),
]


@pytest.fixture(scope="module")
def path() -> list[Path]:
    try:
        return applications.unpacked()
    except Unavailable as error:
        absent("applications", error)


@pytest.mark.parametrize(("name", "kind"), AT_HEAD)
def test_differences_at_the_head(
    name: str,
    kind: str,
    request: pytest.FixtureRequest,
    genuine: Path,
    path: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Types and server defaults are compared on both sides."""
    url = str(request.getfixturevalue(f"{kind}_url"))
    application = APPLICATIONS[name]
    for table in ("LOCK", "HISTORY", "RECOVERY"):  # whose tables the genuine package doesn't know as ours
        monkeypatch.setenv(f"ALEMBIC_{table}", "false")
    ours = Bench(application, Path(sys.executable), path, tmp_path / "ours")
    theirs = Bench(application, genuine, path, tmp_path / "theirs")
    ours.start(url, application.journeys[kind])
    ours.alembic("upgrade", "head").ok()
    found, expected = (_differences(bench, name, url) for bench in (ours, theirs))
    assert expected
    only_ours = ONLY_OURS.get((name, kind), {})
    assert set(found) - set(expected) == set(only_ours)
    assert set(expected) - set(found) == set(ONLY_THEIRS.get((name, kind), {}))


def _differences(bench: Bench, name: str, url: str) -> list[str]:
    result = bench.python_run("-W", "ignore", str(DIFFERENCES), *MODELS[name], url).ok()
    found: list[str] = json.loads(result.stdout.splitlines()[-1])
    return found
