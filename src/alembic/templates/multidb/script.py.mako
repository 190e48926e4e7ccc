<%!
    import re
%>"""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}

"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op
${imports if imports else ""}

# Keep these four plain values: they are read without running the file.
revision: str = ${repr(up_revision)}
down_revision: str | Sequence[str] | None = ${repr(down_revision)}
branch_labels: str | Sequence[str] | None = ${repr(branch_labels)}
depends_on: str | Sequence[str] | None = ${repr(depends_on)}
<%
    names = [name for name in re.split(r"[,\s]+", config.get_main_option("databases", "")) if name]
    function = {name: re.sub(r"\W", "_", name) for name in names}
%>
% for name in names:

def upgrade_${function[name]}() -> None:
    """Make the change in ${name}."""
    ${context.get(f"{name}_upgrades") or "pass"}


def downgrade_${function[name]}() -> None:
    """Undo the change in ${name}."""
    ${context.get(f"{name}_downgrades") or "pass"}

% endfor

def upgrade(engine_name: str) -> None:
    """Make the change in the database of this name."""
    {
% for name in names:
        "${name}": upgrade_${function[name]},
% endfor
    }[engine_name]()


def downgrade(engine_name: str) -> None:
    """Undo the change in the database of this name."""
    {
% for name in names:
        "${name}": downgrade_${function[name]},
% endfor
    }[engine_name]()
