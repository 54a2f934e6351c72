"""Which PostgreSQL database to serve from, without ever saying how one gets in: passwords stay in the environment."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import psycopg
from psycopg.conninfo import conninfo_to_dict

URL_VARIABLE = "CLUSTERBENCH_POSTGRES_URL"
_SCHEMES = ("postgresql://", "postgres://")
_SECRETS = ("password", "sslpassword")
_ADVICE = (
    "The password belongs into the environment (PGPASSWORD), into a password file (PGPASSFILE, ~/.pgpass), or with the "
    f"whole URL into {URL_VARIABLE}, which `clusterbench publish --to` without a URL takes."
)


class UnusableAddress(Exception):
    """What was given is no address of a PostgreSQL database, or tells a password; the message repeats neither."""


class ServingFailed(Exception):
    """The database could not be reached or did not take the release; readers still have what they had."""


@dataclass(frozen=True)
class Address:
    """A database; what libpq is to be given for it is kept out of every text about it."""

    conninfo: str = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def connect(self) -> AbstractContextManager[psycopg.Connection]:
        """A connection that commits at the end of its `with` block. Raises ServingFailed."""
        try:
            return psycopg.connect(self.conninfo, application_name="clusterbench", connect_timeout=10)
        except psycopg.Error as error:
            raise ServingFailed(f"PostgreSQL cannot be reached: {self.without_secrets(error)} {_ADVICE}") from None

    def without_secrets(self, error: psycopg.Error) -> str:
        """What an error says, in one line, should it ever repeat the password without that."""
        said = " ".join(str(error).split())
        for secret in self.secrets:
            said = said.replace(secret, "…")
        return said


def refuse_secrets(url: str) -> None:
    """Raise UnusableAddress for a URL as an argument that tells a password: others see arguments, logs keep them."""
    parts = _parts(url)
    if any(parts.get(secret) for secret in _SECRETS):
        raise UnusableAddress(f"The URL has a password in it, which every user of this machine can see. {_ADVICE}")


def address_of(url: str, environment: Mapping[str, str]) -> Address:
    """The database of a URL, or of the one in the environment if it is empty. Raises UnusableAddress."""
    if url:
        refuse_secrets(url)
    elif not (url := environment.get(URL_VARIABLE, "")):
        raise UnusableAddress(
            f"There is no database to publish to: give --to postgresql://user@host/database, or set {URL_VARIABLE}."
        )
    parts = _parts(url)
    secrets = [parts.get("password"), environment.get("PGPASSWORD")]
    return Address(url, tuple(str(secret) for secret in secrets if secret))


def _parts(url: str) -> Mapping[str, object]:
    wrong = "This is no URL of a PostgreSQL database: expected is postgresql://user@host:port/database."
    if not url.startswith(_SCHEMES):
        raise UnusableAddress(wrong)
    try:
        return conninfo_to_dict(url)
    except psycopg.Error:
        raise UnusableAddress(f"{wrong} Special characters in it must be percent-encoded.") from None
