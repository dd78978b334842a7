"""A SQLite file: its connection and transactions, and SQLite's failures as the ports'."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.kernel.ports import Damaged, Unavailable

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_PRIMARY = 0xFF  # of an extended result code
# Raise it when a table changes.
_FORMAT = 1


class SqliteFile:
    """One file in WAL mode without implicit transactions, usable from any thread.

    `kind` ("the store", "the log") and `remedy` are for messages.
    """

    def __init__(self, path: Path, *, kind: str, remedy: str, readonly: bool) -> None:
        self.path, self._kind, self._remedy, self._readonly = path, kind, remedy, readonly
        self._connection: sqlite3.Connection | None = None

    @property
    def connection(self) -> sqlite3.Connection:
        """The open connection. Raises Unavailable when there is none."""
        if self._connection is None:
            raise Unavailable(f"{self._kind} {self.path} is not open")
        return self._connection

    def open(self, schema: str) -> None:
        """Connect, and make the folder and the tables that are missing unless it is read-only."""
        try:
            with self.failures("open"):
                self._open(schema)
        except BaseException:
            self.close()
            raise

    def _open(self, schema: str) -> None:
        if self._readonly:
            self._connection = self._connect(f"file:{self.path}?mode=ro")
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = self._connect(f"file:{self.path}")
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA secure_delete=ON")
        # A checkpoint every 16 MiB: smaller ones cost more than they save (docs/adr/0006).
        self._connection.execute("PRAGMA wal_autocheckpoint=4000")
        self._check_format(self._connection)
        self._connection.executescript(f"{schema}; PRAGMA user_version={_FORMAT}")

    def _check_format(self, db: sqlite3.Connection) -> None:
        """Raise Damaged unless the file is empty, or of the tables that this version knows."""
        (format_,) = db.execute("PRAGMA user_version").fetchone()
        (tables,) = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if tables and format_ != _FORMAT:
            raise self.damaged(f"another version of Sinergi wrote it (format {format_})")

    @staticmethod
    def _connect(uri: str) -> sqlite3.Connection:
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA busy_timeout=5000")
        return connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextmanager
    def failures(self, doing: str) -> Iterator[None]:
        """Raise Unavailable and Damaged for failures of the disk or the file, with its name.

        Errors of a statement stay as they are.
        """
        try:
            yield
        except sqlite3.DatabaseError as error:
            operational = isinstance(error, sqlite3.OperationalError)
            # Python's own errors have no code; the only operational one is text that is not UTF-8.
            own = sqlite3.SQLITE_CORRUPT if operational else sqlite3.SQLITE_ERROR
            code = getattr(error, "sqlite_errorcode", own) & _PRIMARY
            if code in _DAMAGED:
                raise self.damaged(str(error)) from error
            if code == sqlite3.SQLITE_ERROR or not operational:
                raise
            raise Unavailable(f"cannot {doing} {self._kind} {self.path}: {error}") from error
        except OSError as error:
            raise Unavailable(f"cannot {doing} {self._kind} {self.path}: {error}") from error

    def damaged(self, why: str) -> Damaged:
        """Return the error that says what is wrong with this file and what to do about it."""
        return Damaged(f"{self._kind} {self.path} is damaged: {why}. {self._remedy}")

    @contextmanager
    def decoding(self) -> Iterator[None]:
        """Raise Damaged where what was read is not what can have been written."""
        try:
            yield
        except (ValueError, TypeError, OverflowError) as error:
            raise self.damaged(f"not a record: {error}") from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write all of it or nothing."""
        db = self.connection
        with self.failures("write"):
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
