"""A real PostgreSQL on loopback, for as long as any process of the test session needs it."""

from __future__ import annotations

import fcntl
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

# What loading without a care for power cuts gains, tests of a server that is thrown away may have.
_SETTINGS = ("listen_addresses=127.0.0.1", "unix_socket_directories=''", "fsync=off", "max_connections=100")


@dataclass(frozen=True)
class Server:
    """A running server; `password` is that of its superuser and of every login made here."""

    port: int
    password: str = field(repr=False)

    def url(self, login: str, database: str) -> str:
        """A URL as one gives it to the command, without the password."""
        return f"postgresql://{login}@127.0.0.1:{self.port}/{database}"

    def connect(self, login: str = "postgres", database: str = "postgres") -> psycopg.Connection:
        """A connection in which every statement is a transaction of its own."""
        return psycopg.connect(self.url(login, database), password=self.password, autocommit=True, connect_timeout=10)

    def make_login(self, login: str, *roles: str, options: str = "") -> str:
        """Make a login that is a member of roles; returns its name."""
        with self.connect() as connection:
            name = sql.Identifier(login)
            connection.execute(
                sql.SQL("create role {} login password {} {}").format(
                    name, sql.Literal(self.password), sql.SQL(options)
                )
            )
            for role in roles:
                connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(role), name))
        return login

    def limit_files(self, pid: int, n_bytes: int) -> None:
        """Let a process of the server write no longer files than that, as if the disk were full."""
        subprocess.run(["prlimit", f"--pid={pid}", f"--fsize={n_bytes}"], check=True, **_as_somebody())

    def make_database(self, name: str) -> str:
        """Make a database that a publisher of its own owns; returns the URL for that one."""
        owner = self.make_login(f"{name}_publisher", options="createrole")
        with self.connect() as connection:
            connection.execute(
                sql.SQL("create database {} owner {}").format(sql.Identifier(name), sql.Identifier(owner))
            )
        return self.url(owner, name)


def _binaries() -> Path:
    """Where initdb and pg_ctl are: of the newest version that Debian has installed, or wherever PATH says."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    program = found[-1] if found else shutil.which("initdb")
    assert program, "PostgreSQL is not installed: apt-get install postgresql"
    return Path(program).parent


def _as_somebody() -> Mapping[str, str | int | list[str]]:
    """PostgreSQL refuses to run as root: then it runs as the system's user for it."""
    return {} if os.getuid() else {"user": "postgres", "group": "postgres", "extra_groups": []}


def _start(shared: Path) -> None:
    """Make a database cluster and start it; writes into `shared` where it is, its port and its password."""
    folder = Path(tempfile.mkdtemp(prefix="clusterbench-postgresql-"))
    password = secrets.token_hex(8)
    (folder / "password").write_text(password)
    if not os.getuid():
        user = pwd.getpwnam("postgres")
        for path in (folder, folder / "password"):
            os.chown(path, user.pw_uid, user.pw_gid)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder, **_as_somebody()}
    data = folder / "data"
    of_cluster = ["--username=postgres", "--auth=scram-sha-256", f"--pwfile={folder / 'password'}", "--no-sync"]
    of_text = ["--encoding=UTF8", "--locale=C.UTF-8"]
    subprocess.run([_binaries() / "initdb", "-D", data, *of_cluster, *of_text], **quiet)
    options = " ".join(f"-c {setting}" for setting in (*_SETTINGS, f"port={port}"))
    subprocess.run([_binaries() / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start"], **quiet)
    (shared / "server").write_text(f"{folder}\n{port}\n{password}")


def _stop(shared: Path) -> None:
    folder = Path((shared / "server").read_text().splitlines()[0])
    command = [_binaries() / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, **_as_somebody())
    shutil.rmtree(folder)
    (shared / "server").unlink()


@contextmanager
def running(shared: Path) -> Iterator[Server]:
    """The server of all who name the same folder: the first one starts it, the last one stops it."""

    def count(step: int) -> int:
        users = shared / "server.users"
        n = int(users.read_text() if users.exists() else 0) + step
        users.write_text(str(n))
        return n

    with (shared / "server.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if count(+1) == 1:
            _start(shared)
        _, port, password = (shared / "server").read_text().splitlines()
        fcntl.flock(lock, fcntl.LOCK_UN)
        try:
            yield Server(int(port), password)
        finally:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if count(-1) == 0:
                _stop(shared)
