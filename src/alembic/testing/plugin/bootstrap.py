"""What a conftest.py imports before its tests: nothing needs to be prepared for :mod:`alembic.testing`.

Options and collection are those of SQLAlchemy's own plugin, which a dialect's conftest.py takes as its
documentation says: ``from sqlalchemy.testing.plugin.pytestplugin import *``.
"""
