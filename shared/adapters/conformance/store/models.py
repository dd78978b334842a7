"""Random steps, compared with a model."""

import itertools
from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.adapters.conformance.store.samples import CAUSE, OK, RECORD, STREAM, commit
from shared.adapters.conformance.store.site import StoreSuite
from shared.kernel.ports import Appended, Commit, Row, Store

_Put = tuple[str, int, bytes | None, int | None, bool]
_Append = tuple[int, bool, int, int]

few = settings(
    max_examples=15,
    deadline=None,
    database=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        # One method, run by the class of each adapter.
        HealthCheck.differing_executors,
    ],
)

keys = st.text("a/ é😀", max_size=3)
bodies = st.none() | st.binary(max_size=3)
dues = st.none() | st.integers(0, 5)
puts = st.lists(
    st.tuples(keys.filter(bool), st.integers(1, 4), bodies, dues, st.booleans()), max_size=5
)
examples = itertools.count()
commits = st.tuples(st.integers(1, 3), st.booleans(), st.integers(1, 8), st.integers(1, 2))
groups = st.lists(st.lists(commits, min_size=1, max_size=7), max_size=4)


def model_append(known: list[Commit], group: Sequence[Commit]) -> list[Appended]:
    found = []
    lost: set[str] = set()
    for each in group:
        if each.stream in lost:
            outcome = STREAM
        elif any(each.cause == k.cause for k in known):
            outcome = CAUSE
        elif any((each.stream, each.first) == (k.stream, k.first) for k in known):
            outcome = STREAM
        else:
            outcome = OK
            known.append(each)
        if outcome is not OK:
            lost.add(each.stream)
        found.append(outcome)
    return found


class Models(StoreSuite):
    """Rows and appends as in a model."""

    @few
    @given(steps=st.lists(puts, max_size=4), prefix=keys, after=keys, limit=st.integers(0, 6))
    async def test_rows_are_as_in_a_model(
        self, store: Store, steps: list[list[_Put]], prefix: str, after: str, limit: int
    ) -> None:
        table = f"model {next(examples)}"
        model: dict[str, Row] = {}
        for step in steps:
            rows = [
                # An order is unique in its table, and must not sort as the keys do.
                Row(table, key, sequence, body, due, f"{key[::-1]}{key}" if ordered else None)
                for key, sequence, body, due, ordered in step
            ]
            await store.put(rows)
            for row in rows:
                if row.key not in model or row.sequence > model[row.key].sequence:
                    model[row.key] = row
        ordered = [model[key] for key in sorted(model)]
        assert await store.scan(table) == ordered
        found = await store.scan(table, prefix, after, limit)
        assert found == [r for r in ordered if r.key.startswith(prefix) and r.key > after][:limit]
        assert await store.get(table, [prefix, after]) == {
            key: model[key] for key in (prefix, after) if key in model
        }
        paged = sorted((r for r in ordered if r.order is not None), key=lambda r: r.order or "")
        assert await store.page(table) == paged
        assert (
            await store.page(table, prefix, after, limit)
            == [r for r in paged if (o := r.order or "").startswith(prefix) and o > after][:limit]
        )
        late = sorted((r.due, r.key) for r in ordered if r.due is not None and r.due <= 3)
        assert [(r.due, r.key) for r in await store.due(table, 3, limit)] == late[:limit]
        found = await store.due(table, 3, limit, (2, after))
        beyond = [each for each in late if each > (2, after)]
        assert [(r.due, r.key) for r in found] == beyond[:limit]

    @few
    @given(steps=groups)
    async def test_append_is_as_in_a_model(self, store: Store, steps: list[list[_Append]]) -> None:
        example = f"model {next(examples)}"
        known: list[Commit] = []
        for step in steps:
            ends = {stream: max((k.last for k in known if k.stream == stream), default=0)
                    for stream in (f"{example}/{s}" for s, *_ in step)}  # fmt: skip
            group = []
            for s, follows, cause, size in step:
                stream = f"{example}/{s}"
                first = ends[stream] + 1 if follows else 1
                each = commit(stream, first, f"{example}:{cause}", records=(RECORD,) * size)
                ends[stream] = max(ends[stream], each.last)
                group.append(each)
            expected = model_append(known, group)
            assert await store.append(group) == expected
        for stream in (f"{example}/{n}" for n in range(1, 4)):
            history = sorted((k for k in known if k.stream == stream), key=lambda k: k.first)
            for after in (0, *(k.last for k in history)):
                assert await store.history(stream, after) == [k for k in history if k.first > after]
        for name in (f"{example}:{n}" for n in range(1, 9)):
            expected_commit = next((k for k in known if k.cause == name), None)
            assert await store.by_cause(name) == expected_commit
        pending = [p for p in await store.pending(10_000) if p.stream.startswith(f"{example}/")]
        assert sorted(p.cause for p in pending) == sorted(k.cause for k in known)
