"""Follow a topic of Sinergi: each authentic event once, in order per stream; none of its code.

    python consumer.py localhost:9092 registration.events urn:sinergi:blk-paser trust.json

Needs aiokafka and PyNaCl.
"""

import asyncio
import json
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

from aiokafka import AIOKafkaConsumer
from nacl.signing import VerifyKey

HASHED = (
    "content-type",
    "ce_specversion",
    "ce_id",
    "ce_source",
    "ce_type",
    "ce_subject",
    "ce_time",
    "ce_sequence",
    "ce_commit",
    "ce_cause",
    "ce_correlationid",
    "ce_causationid",
    "ce_actor",
    "ce_prevhash",
    "ce_keyid",
)


def root(node, index, size, path):
    """Return the root above a leaf's hash (RFC 9162); `path` holds its siblings, lowest first."""
    if size == 1 or not path:
        return node if size == 1 and not path else b"not a root"
    half = 1 << ((size - 1).bit_length() - 1)
    if index < half:
        return sha256(b"\1" + root(node, index, half, path[:-1]) + path[-1]).digest()
    return sha256(b"\1" + path[-1] + root(node, index - half, size - half, path[:-1])).digest()


def opened(record, owner, keys):
    """Return signed headers and hash of a record; raise anything if it is not authentic."""
    pairs = [(n, v) for n, v in record.headers if n in {*HASHED, "ce_signature", "ce_proof"}]
    head = dict(pairs)
    parts = [head[name] for name in HASHED] + [record.value]
    hashed = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    hash_ = sha256(b"sinergi.event.v1\n" + hashed).digest()
    index, size, path = head.get("ce_proof", b"0:1:").split(b":")
    index, size, path = int(index), int(size), urlsafe_b64decode(path + b"==")
    proof = b"%d:%d:%b" % (index, size, urlsafe_b64encode(path).rstrip(b"="))
    signature = urlsafe_b64decode(head["ce_signature"] + b"==")
    if (
        len(pairs) != len(head)  # a header that is there twice
        or record.key != head["ce_subject"]
        or head["ce_source"] != owner.encode()
        or head.get("ce_proof") != (None if size == 1 else proof)
        or head["ce_signature"] != urlsafe_b64encode(signature).rstrip(b"=")
        or not 0 <= index < size < 2**32
    ):
        raise ValueError("not the record that its owner wrote")
    siblings = [path[i : i + 32] for i in range(0, len(path), 32)]
    top = root(sha256(b"\0" + hash_).digest(), index, size, siblings)
    message = b"sinergi.group.v1\n" + size.to_bytes(4, "big") + top
    keys[head["ce_keyid"]].verify(message, signature)
    return {name: head[name].decode("ascii") for name in HASHED}, hash_.hex()


def follow(record, owner, keys, streams):
    """Return the events that can be handled now: none, this one, or this and early ones."""
    head, hash_ = opened(record, owner, keys)
    last, early = streams.setdefault(record.key, ([0, "0" * 64], {}))
    number = int(head["ce_sequence"])
    if number <= last[0]:
        if number == last[0] and hash_ != last[1]:
            raise ValueError(f"ALARM: another {head['ce_id']} than before")
        return  # a repeat
    early.setdefault(number, (head, hash_, record.value))
    while found := early.pop(last[0] + 1, None):
        head, hash_, value = found
        if head["ce_prevhash"] != last[1]:
            raise ValueError(f"ALARM: {head['ce_id']} does not follow its stream")
        data = json.loads(value)
        last[:] = int(head["ce_sequence"]), hash_
        yield head, data


def named(keys):
    """Return public keys, given in hex, by their ids."""
    raw = [bytes.fromhex(key) for key in keys]
    return {sha256(key).hexdigest()[:32].encode(): VerifyKey(key) for key in raw}


class Keys:
    """The keys of all agencies, as their pinned roots have signed them on keys.events."""

    def __init__(self, trust):
        self.roots = {agency: named(keys) for agency, keys in json.loads(trust).items()}
        self.all, self.streams = {}, {}

    def take(self, record):
        agency = dict(record.headers)["ce_source"].decode()
        for head, said in follow(record, agency, self.roots[agency], self.streams):
            keyid = said["keyid"].encode()
            known = self.all.get(keyid)
            if head["ce_subject"] != f"agency/{agency}":
                raise ValueError("not the agency's own stream")
            if head["ce_type"] == "sinergi.keys.KeyAuthorised.v1" and known is None:
                key = named([said["public"]])[keyid]
                self.all[keyid] = agency, key, said["use"], said.get("since", {}), []
            elif known and known[0] == agency and "until" in said:
                known[-1].append(said["until"])  # retired or revoked: the earliest end counts
            else:
                raise ValueError(f"{head['ce_type']} can't be of {keyid.decode()}")

    def at(self, agency, topic, partition, offset):
        """Return the agency's keys that are valid for its events at this place."""

        def size(sizes):
            return sizes.get(topic, {}).get(str(partition), 0)

        return {
            keyid: key
            for keyid, (whose, key, use, since, ends) in self.all.items()
            if (whose, use) == (agency, "events")
            and size(since) <= offset
            and all(offset < size(end) for end in ends)
        }


async def read_to_end(said, keys):
    """Read keys.events up to its end."""
    ends = await said.end_offsets(said.assignment())
    while any([await said.position(place) < end for place, end in ends.items()]):
        for records in (await said.getmany(timeout_ms=100)).values():
            for record in records:
                attempt(keys.take, record)


def attempt(work, record):
    try:
        work(record)
    except Exception as error:
        place = f"{record.topic}/{record.partition}/{record.offset}"
        print(f"{place}: {error!r}", file=sys.stderr, flush=True)


async def main(bootstrap, topic, owner, keys):
    streams = {}

    def show(record):
        valid = keys.at(owner, topic, record.partition, record.offset)
        for head, data in follow(record, owner, valid, streams):
            print(head["ce_time"], head["ce_id"], head["ce_type"], data, flush=True)

    where = {"bootstrap_servers": bootstrap, "auto_offset_reset": "earliest"}
    said, consumer = (AIOKafkaConsumer(name, **where) for name in ("keys.events", topic))
    async with said, consumer:
        while True:
            batches = await consumer.getmany(timeout_ms=1000)
            # A key is announced before it signs: what these are signed with is there by now.
            await read_to_end(said, keys)
            for records in batches.values():
                for record in records:
                    attempt(show, record)


if __name__ == "__main__":
    bootstrap, topic, owner, trust = sys.argv[1:]
    asyncio.run(main(bootstrap, topic, owner, Keys(Path(trust).read_text())))
