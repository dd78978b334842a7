"""Commits in MongoDB: one document each, in one collection."""

from collections.abc import Mapping, Sequence

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from shared.adapters.mongo.database import LOCAL, MAJORITY, MongoDatabase
from shared.adapters.mongo.documents import CommitDocument, Query, commit_of, document_of, id_of
from shared.adapters.mongo.failures import deadline, refused, unavailable, wait
from shared.adapters.mongo.queries import BATCH, BULK, among, chunks
from shared.kernel.ports import Appended, Commit, Place, Position

_STEPS = 3


class MongoCommits(MongoDatabase):
    """Appends and reads commits, acknowledged by a majority's journals and read as it has them."""

    async def append(self, group: Sequence[Commit]) -> list[Appended]:
        outcomes = [Appended.OK] * len(group)
        with unavailable("the store cannot append"):
            lost: set[str] = set()
            for wave in _waves(group):
                ready = [group[index] for index in wave if group[index].stream not in lost]
                refused = await self._insert([document_of(commit) for commit in ready])
                for index in wave:
                    commit = group[index]
                    if commit.stream in lost:
                        outcomes[index] = Appended.STREAM
                    elif commit.cause in refused:
                        outcomes[index] = refused[commit.cause]
                        lost.add(commit.stream)
        return outcomes

    async def _insert(self, documents: Sequence[CommitDocument]) -> dict[str, Appended]:
        """Insert these; return the causes that were refused, and the outcome of each."""
        if not documents:
            return {}
        try:
            await self._commits().insert_many(documents, ordered=False)
        except BulkWriteError as error:
            return await self._why([documents[place] for place in refused(error)])
        return {}

    async def _why(self, refused: Sequence[CommitDocument]) -> dict[str, Appended]:
        # The error need not say which index refused, and both may have.
        reasons: dict[str, Appended] = {}
        commits = self._commits()
        until = deadline()
        while True:
            causes = {"cause": {"$in": [each["cause"] for each in refused]}}
            async for found in commits.find(causes, {"cause": 1}):
                reasons[found["cause"]] = Appended.CAUSE
            left = {each["_id"]: each["cause"] for each in refused if each["cause"] not in reasons}
            if left:
                async for found in commits.find(among(list(left)), {"_id": 1}):
                    reasons[left[found["_id"]]] = Appended.STREAM
            if len(reasons) == len(refused):
                return reasons
            await wait(until, "refused by a commit that no majority has yet")

    async def by_cause(self, cause: str) -> Commit | None:
        with unavailable("the store cannot read"):
            document = await self._commits().find_one({"cause": cause})
        return document and commit_of(document)

    async def at(self, place: Place) -> Commit | None:
        with unavailable("the store cannot read"):
            document = await self._commits().find_one({"_id": id_of(place)})
        return document and commit_of(document)

    async def history(self, stream: str, after: int = 0) -> list[Commit]:
        # Mostly there is nothing new, and some servers search a range in all there is.
        found: list[Commit] = []
        while len(found) < _STEPS:
            following = await self.at(Place(stream, found[-1].last + 1 if found else after + 1))
            if following is None:
                return found
            found.append(following)
        rest = {"$gt": id_of(found[-1].place), "$lt": f"{stream}#:"}
        # The stream too, since another's name may begin like this one's ids.
        return found + await self._find({"_id": rest, "stream": stream}, "_id")

    async def pending(self, limit: int) -> list[Commit]:
        return await self._find({"sent": False}, "at", "_id", limit=limit) if limit > 0 else []

    async def sent_from(
        self, partition: int, offset: int, limit: int | None = None
    ) -> list[Commit]:
        if limit is not None and limit <= 0:
            return []
        query = {"partition": partition, "offset": {"$gte": offset}}
        return await self._find(query, "offset", limit=limit or 0)

    async def _find(self, query: Query, *order: str, limit: int = 0) -> list[Commit]:
        with unavailable("the store cannot read"):
            found = self._commits().find(query).sort([(field, 1) for field in order]).limit(limit)
            return [commit_of(document) async for document in found]

    async def marked(self, places: Sequence[Place]) -> set[Place]:
        if not places:
            return set()
        wanted = {id_of(place): place for place in places}
        with unavailable("the store cannot read"):
            # One that is marked here was on the log before, whatever becomes of the mark.
            found = self._commits(read=LOCAL).find(among(list(wanted)), {"sent": 1})
            return {wanted[each["_id"]] async for each in found if each["sent"]}

    async def mark_sent(self, sent: Mapping[Place, Position]) -> None:
        marks = [
            UpdateOne({"_id": id_of(place)}, {"$set": {"sent": True, **position._asdict()}})
            for place, position in sent.items()
        ]
        with unavailable("the store cannot mark"):
            for chunk in chunks(marks, BULK):
                await self._commits(MAJORITY).bulk_write(chunk, ordered=False)

    async def mark_pending(self, places: Sequence[Place]) -> None:
        unmark = {"$set": {"sent": False}, "$unset": {"partition": "", "offset": ""}}
        with unavailable("the store cannot mark"):
            for chunk in chunks([id_of(place) for place in places], BATCH):
                await self._commits().update_many(among(chunk), unmark)

    async def sent_ends(self) -> dict[int, int]:
        ends: dict[int, int] = {}
        partition = -1
        with unavailable("the store cannot read"):
            # One seek in the index per partition, instead of an aggregation over all commits.
            while True:
                highest = (
                    self._commits()
                    .find({"partition": {"$gt": partition}}, {"partition": 1, "offset": 1})
                    .sort([("partition", 1), ("offset", -1)])
                    .limit(1)
                )
                found = [document async for document in highest]
                if not found:
                    return ends
                partition = found[0]["partition"]
                ends[partition] = found[0]["offset"]


def _waves(group: Sequence[Commit]) -> list[list[int]]:
    """Return places in the group, in waves that have no stream and no cause twice.

    An unordered insert promises nothing about which of two commits of one stream wins.
    """
    waves: list[list[int]] = []
    streams: dict[str, int] = {}
    causes: dict[str, int] = {}
    for place, commit in enumerate(group):
        wave = max(streams.get(commit.stream, 0), causes.get(commit.cause, 0))
        streams[commit.stream] = causes[commit.cause] = wave + 1
        if wave == len(waves):
            waves.append([])
        waves[wave].append(place)
    return waves
