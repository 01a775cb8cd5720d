"""Where does a store lie, and with which credentials is it reached? Named in `desk.yaml`, never in the data map."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, StringConstraints, model_validator

from answerable.adapters.sources import failures
from answerable.adapters.sources.scanning import Scanning
from answerable.casefile.encoding import Record

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")]


class Connection(Record):
    """How one store is reached. A text alone is its `path`.

    `path` is a file or a folder; `dsn_env` and `dsn_file` name where the address of a server stands, its password in it;
    `search_path` are the schemas in which plain names are looked up; `may_write_because` lets a role that can write in;
    `master`, `catalog` and `database` lead to a cluster.
    """

    path: Annotated[str, Field(min_length=1)] | None = None
    dsn_env: Annotated[str, StringConstraints(pattern=r"^[A-Z_][A-Z0-9_]*$")] | None = None
    dsn_file: Annotated[str, Field(min_length=1)] | None = None
    statement_timeout_seconds: Annotated[int, Field(ge=1, le=86_400)] = 600
    search_path: tuple[Name, ...] = ()
    may_write_because: Annotated[str, Field(min_length=10, max_length=500)] | None = None
    master: Annotated[str, Field(min_length=1)] | None = None
    catalog: Name | None = None
    database: Name | None = None

    @model_validator(mode="before")
    @classmethod
    def _a_text_is_a_path(cls, value: Any) -> Any:
        return {"path": value} if isinstance(value, str) else value


def open_store(name: str, kind: str, connection: Connection) -> Scanning:
    """Open a store. A driver is imported with the first store of its kind: a desk without one need not have it."""
    if kind == "postgres":
        from answerable.adapters.sources.postgres import PostgresStore  # noqa: PLC0415

        return PostgresStore(name, connection)
    if kind == "mysql":
        from answerable.adapters.sources.mysql import MysqlStore  # noqa: PLC0415

        return MysqlStore(name, connection)
    if kind == "warehouse":
        from answerable.adapters.sources.warehouse import WarehouseStore  # noqa: PLC0415

        return WarehouseStore(name, connection)
    path = path_of(name, connection)
    if kind == "sqlite":
        from answerable.adapters.sources.sqlite import SqliteStore  # noqa: PLC0415

        return SqliteStore(name, path)
    if kind == "parquet":
        from answerable.adapters.sources.parquet import ParquetStore  # noqa: PLC0415

        return ParquetStore(name, connection.path or path)  # s3://… is the address of a bucket, no path of this machine
    raise failures.no_credentials(name, f"Nothing here opens a store of the kind {kind}.")


def path_of(name: str, connection: Connection) -> Path:
    """Return the file or folder of a store. Refuses settings without one."""
    if connection.path is None:
        raise failures.no_credentials(name, "A store of this kind is a file or a folder, and path does not name it.")
    return Path(connection.path)


def secret(name: str, connection: Connection) -> str:
    """Return the address of a server, password and all. Refuses settings that name no place for it, or two."""
    if (connection.dsn_env is None) == (connection.dsn_file is None):
        raise failures.no_credentials(
            name, "Exactly one of dsn_env and dsn_file says where the server's address stands."
        )
    if connection.dsn_env is not None:
        found = os.environ.get(connection.dsn_env, "").strip()
        why = f"The environment variable {connection.dsn_env} is not set."
    else:
        found, why = _content(connection.dsn_file or ""), f"{connection.dsn_file} cannot be read, or is empty."
    if not found:
        raise failures.no_credentials(name, why)
    return found


def _content(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
