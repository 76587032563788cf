"""What is a store's file, what is a server's address, and what is neither; no address is ever repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

import connect_sms
from connect_sms import ConfigurationError
from connect_sms.receipts import open_store
from connect_sms.store import database_at
from connect_sms.store.opening import file_of

SECRET = "hunter2"
PACKAGE = Path(connect_sms.__file__).parent


@pytest.mark.parametrize(
    ("where", "file"),
    [
        ("receipts.db", "receipts.db"),
        ("sqlite:///receipts.db", "receipts.db"),
        ("sqlite:////var/lib/sms/receipts.db", "/var/lib/sms/receipts.db"),
        ("C:\\data\\receipts@home.db", "C:\\data\\receipts@home.db"),
        ("posts.db", "posts.db"),
        ("a=b.db", "a=b.db"),
        ("postgresql://sms@db.example.org/sms", None),
        ("postgres://sms@db.example.org/sms", None),
        ("  postgresql://sms@db.example.org/sms\n", None),
        ("host=db.example.org dbname=sms", None),
        ("dbname = sms", None),
        ("service=sms", None),
        ("application_name=x host=/run/postgresql", None),
    ],
)
def test_what_is_a_file(where: str, file: str | None) -> None:
    assert file_of(where) == file


@pytest.mark.parametrize(
    "where",
    [
        f"postgresql:/sms:{SECRET}@db.example.org/sms",
        f"postgres:sms:{SECRET}@db.example.org/sms",
        f"postgressql://sms:{SECRET}@db.example.org/sms",
        f"postgre://sms:{SECRET}@db.example.org/sms",
        f"POSTGRESQL://sms:{SECRET}@db.example.org/sms",
        f"postgresql+psycopg://sms:{SECRET}@db.example.org/sms",
        f"pgsql://sms:{SECRET}@db.example.org/sms",
        f"psql://sms:{SECRET}@db.example.org/sms",
        f"mysql://sms:{SECRET}@db.example.org/sms",
        f"sms:{SECRET}@db.example.org/sms",
    ],
)
def test_a_misspelt_address_is_no_file(where: str) -> None:
    with pytest.raises(ConfigurationError, match=r"postgresql://") as caught:
        database_at(where, 1.0)
    assert SECRET not in f"{caught.value!r}"


@pytest.mark.parametrize(
    "where",
    [
        "postgresql://sms:hunter2%2x@127.0.0.1:1/db",
        "postgresql://sms:x@hunter2@127.0.0.1:1/db",
        "postgresql://sms:hunter2/x@127.0.0.1:1/db",
        "postgresql://sms:hunter2#x@127.0.0.1:1/db?nonsense=hunter2",
        "host=127.0.0.1 password=hunter2 passwrod=hunter2",
        "host=127.0.0.1 password='hunter2",
        "host=127.0.0.1 password=hunter2 port=hunter2",
    ],
)
def test_an_address_that_cannot_be_parsed_is_not_repeated(where: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be parsed") as caught:
        database_at(where, 1.0)
    assert SECRET not in f"{caught.value!r}{caught.value.__context__!r}"


def test_a_failure_to_connect_says_why_and_nothing_else() -> None:
    psycopg = pytest.importorskip("psycopg")
    database = database_at("postgresql://sms@db.example.org/sms", 1.0)
    quoting = psycopg.OperationalError(f"failed to resolve host '{SECRET}@db': Name or service not known")
    assert database.explain(quoting) == "failed to resolve host"
    assert database.explain(psycopg.OperationalError(f"strange: {SECRET}")) == "OperationalError"
    assert database.explain(UnicodeError(SECRET)) == "UnicodeError"


@pytest.mark.parametrize(
    "where", ["postgresql://sms:hunter2%2x@127.0.0.1:1/db", "sms:hunter2@db.example.org/sms"]
)
def test_no_frame_of_ours_shows_an_address(where: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        open_store(where)
    ours = [entry.frame.f_locals for entry in caught.traceback if str(entry.path).startswith(str(PACKAGE))]
    assert len(ours) > 1
    assert SECRET not in repr(ours)


def test_the_repr_of_a_database_shows_no_address() -> None:
    assert SECRET not in repr(database_at(f"postgresql://sms:{SECRET}@db.example.org/sms", 1.0))
