"""Import of many commands from a table: each row what its route would take, tried first."""

import functools
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from pydantic import BaseModel, ValidationError

from shared.events.described import described
from shared.eventsourcing.idempotency import Cause, request_cause, request_id
from shared.eventsourcing.policies import AnyDispatch
from shared.eventsourcing.refusal import Refused
from shared.kernel.sentences import Params, sentence
from shared.web.problems import ProblemError, invalid_input
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.tables import TableRow


class RowError(BaseModel):
    """The fault in one column, and how to mend it; an empty column: the row as a whole."""

    column: Annotated[
        str, described(en="the column; empty: the row", id="kolom; kosong: baris", example="nik")
    ]
    rule: Annotated[
        str,
        described(en="the rule that refused", id="aturan yang menolak", example="invalid-input"),
    ]
    en: Annotated[
        str, described(en="why, in English", id="alasannya, bahasa Inggris", example="16 digits")
    ]
    id: Annotated[
        str,
        described(en="why, in Indonesian", id="alasannya, bahasa Indonesia", example="16 angka"),
    ]


class RowResult(BaseModel):
    """The result of one row: stored (or would be), already there from before, or an error."""

    row: Annotated[
        int,
        described(
            en="the row's number in the file", id="nomor baris di berkas", unit="1", example=2
        ),
    ]
    status: Annotated[
        Literal["ok", "already", "error"],
        described(
            en="stored (or would be), already there, or an error",
            id="tersimpan (atau akan), sudah ada, atau salah",
        ),
    ]
    stream: Annotated[
        str | None,
        described(
            en="the stream that it is in",
            id="aliran peristiwanya",
            example="application/0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05",
        ),
    ] = None
    errors: Annotated[
        list[RowError], described(en="what is wrong", id="yang harus diperbaiki")
    ] = []


_Rows = Annotated[int, described(unit="1", example=1)]


class Imported(BaseModel):
    """The result of a table. `stored` says whether anything was kept."""

    stored: Annotated[
        bool, described(en="whether anything was kept", id="apakah ada yang disimpan")
    ]
    ok: Annotated[_Rows, described(en="rows that are right", id="baris yang benar")]
    already: Annotated[
        _Rows, described(en="rows that were there before", id="baris yang sudah ada")
    ]
    errors: Annotated[_Rows, described(en="rows that are wrong", id="baris yang salah")]
    rows: Annotated[list[RowResult], described(en="a result for each row", id="hasil setiap baris")]


# Makes the context of one row's request, given its id and whether it is only tried.
Asking = Callable[[UUID, bool], RequestContext]
Prepare = Callable[[RequestContext, Any], Awaitable[AnyDispatch]]


@dataclass(frozen=True, slots=True)
class _Trial:
    """The states that the rows tried so far would have left: rows of one table meet each other."""

    states: dict[str, Any] = field(default_factory=dict)
    done: dict[UUID, str] = field(default_factory=dict)


class Importer:
    """Turns rows into commands of one route.

    A trial keeps nothing: it decides each row on what the rows before it would have left. What
    others do between a trial and the storing can still refuse a row, which is then reported.

    A row's request id follows from the kind and what the row says, so that the same row takes
    effect once, whoever sends it and however often.
    """

    def __init__(
        self, service: Resources, kind: str, model: type[BaseModel], prepare: Prepare
    ) -> None:
        self._service, self._kind = service, kind
        self._model, self._prepare = model, prepare

    async def run(
        self, rows: Sequence[TableRow], ask: Asking, *, dry: bool, every: bool
    ) -> Imported:
        """Store the rows that can be; with `every`, none unless all can be; with `dry`, none."""
        results = []
        if dry or every:
            trial = _Trial()
            results = [await self._row(row, ask, trial) for row in rows]
            if dry or any(result.status == "error" for result in results):
                return _imported(results, stored=False)
        results = [await self._row(row, ask, None) for row in rows]
        return _imported(results, stored=any(result.status == "ok" for result in results))

    async def _row(self, row: TableRow, ask: Asking, trial: _Trial | None) -> RowResult:
        if row.bad:
            return _wrong(row, [_row_error(bad.column, "cell", bad.code, {}) for bad in row.bad])
        raw = orjson.dumps(row.body, option=orjson.OPT_SORT_KEYS)
        try:
            body = self._model.model_validate_json(raw)
        except ValidationError as error:
            return _wrong(row, _errors(invalid_input(error)))
        command_handler, secret = self._service.command_handler, self._service.keys.secret
        id_ = request_id(secret, "import", self._kind, hashlib.sha256(raw).hexdigest())
        if trial and id_ in trial.done:
            return RowResult(row=row.number, status="already", stream=trial.done[id_])
        asking = ask(id_, trial is not None)
        cause = request_cause(
            id_,
            actor=asking.actor,
            agency=asking.identity.agency,
            fingerprint=secret.hash(b"body", raw).hex(),
        )
        try:
            if (first := await command_handler.first(cause)) is not None:
                return RowResult(row=row.number, status="already", stream=first.stream)
            dispatch = await self._prepare(asking, body)
            stream = str(dispatch.stream)
            if trial:
                changed = await self._try(trial, dispatch, cause)
                trial.done[id_] = stream
            else:
                commit = await command_handler.handle(
                    dispatch.stream, dispatch.command, cause, expected=dispatch.expected
                )
                changed = commit is not None
        except (Refused, ProblemError) as error:
            return _wrong(row, _errors(error))
        return RowResult(row=row.number, status="ok" if changed else "already", stream=stream)

    async def _try(self, trial: _Trial, dispatch: AnyDispatch, cause: Cause) -> bool:
        command_handler, stream = self._service.command_handler, str(dispatch.stream)
        decider = command_handler.decider(stream)
        state = trial.states.get(stream) or (await command_handler.head(dispatch.stream)).state
        events = decider.decide(state, dispatch.command, cause.context(self._service.clock()))
        trial.states[stream] = functools.reduce(decider.evolve, events, state)
        return bool(events)


def _imported(results: list[RowResult], *, stored: bool) -> Imported:
    def count(status: str) -> int:
        return sum(result.status == status for result in results)

    return Imported(
        stored=stored, ok=count("ok"), already=count("already"), errors=count("error"), rows=results
    )


def _wrong(row: TableRow, errors: list[RowError]) -> RowResult:
    return RowResult(row=row.number, status="error", errors=errors)


def _errors(error: Refused | ProblemError) -> list[RowError]:
    if isinstance(error, ProblemError) and error.errors:
        return [_row_error(e.field, error.rule, e.code, e.params) for e in error.errors]
    column = error.field or "" if isinstance(error, Refused) else ""
    return [_row_error(column, error.rule, error.code, error.params)]


def _row_error(column: str, rule: str, code: str, params: Params) -> RowError:
    en, id_ = sentence(code, params, "en"), sentence(code, params, "id")
    return RowError(column=column, rule=rule, en=en, id=id_)
