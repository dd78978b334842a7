#!/usr/bin/env python3
"""Verifies a bundle of `sinergi audit export`: python verify.py [FOLDER] [--json] [--trust FILE].

It needs Python 3.11 and PyNaCl or cryptography, and nothing of Sinergi: who trusts nobody's
program can read this one. It checks who signed each record, that nothing is missing, changed or
in two versions, that other agencies' acts are their own, that every cause exists, and the
checkpoints. It does not fold events into states: `sinergi audit verify` does.

Compare the root keys in trust.json with what each agency has told you on paper, or give your own
list with --trust. Exit 0: all holds. 1: something does not. 2: this is no bundle.
"""

import hashlib
import json
import re
import sys
import unicodedata
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from pathlib import Path

HASHED = tuple(
    f"ce_{name}" if name != "content-type" else name
    for name in (
        "content-type", "specversion", "id", "source", "type", "subject", "time", "sequence",
        "commit", "cause", "correlationid", "causationid", "actor", "prevhash", "keyid",
    )
)  # fmt: skip
LISTED = {*HASHED, "ce_signature", "ce_proof"}
GENESIS = "0" * 64
LARGEST = 2**53 - 1
ACT = "application/vnd.sinergi.act.v1+json"


class Wrong(Exception):
    def __init__(self, code, why):
        super().__init__(why)
        self.code = code


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def ed25519(public, message, signature):
    """Return whether this key signed the message."""
    try:
        from nacl.exceptions import BadSignatureError
        from nacl.signing import VerifyKey
    except ImportError:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True
    try:
        VerifyKey(public).verify(message, signature)
    except (BadSignatureError, ValueError):
        return False
    return True


# -- a record --------------------------------------------------------------------------------------


def unbase64(text):
    value = urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    if urlsafe_b64encode(value).rstrip(b"=") != text:
        raise ValueError("not canonical base64url")
    return value


def decimal(text):
    if not text.isdigit() or (text[:1] == b"0" and text != b"0") or len(text) > 16:
        raise ValueError("not a decimal number")
    return int(text)


def sized(value):
    return len(value).to_bytes(4, "big") + value


def node(left, right):
    return sha256(b"\x01", left, right)


def root_from_path(leaf, index, size, path):
    """RFC 9162 section 2.1.3.2; None for a path of the wrong form."""
    if not 0 <= index < size:
        return None
    first, second, result = index, size - 1, leaf
    for sibling in path:
        if second == 0:
            return None
        if first & 1 or first == second:
            result = node(sibling, result)
            while not first & 1 and first:
                first, second = first >> 1, second >> 1
        else:
            result = node(result, sibling)
        first, second = first >> 1, second >> 1
    return result if second == 0 else None


class Event:
    """A record in its parts. Raises Wrong for one that has none."""

    def __init__(self, record):
        found = {}
        for name, value in record["headers"]:
            if name not in LISTED:
                if name.lower() in LISTED:
                    raise Wrong("header", f"the header {name} is not spelled in lower case")
            elif name in found or value is None:
                raise Wrong("header", f"the header {name} is there twice or null")
            else:
                found[name] = value
        if missing := [name for name in HASHED if name not in found]:
            raise Wrong("header", f"the header {missing[0]} is missing")
        values = [found[name] for name in HASHED]
        if not all(v and v.isascii() and v.decode("latin-1").isprintable() for v in values):
            raise Wrong("header", "a header is empty or not printable ASCII")
        text = {name: found[name].decode("ascii") for name in HASHED}
        if text["content-type"] != "application/json" or text["ce_specversion"] != "1.0":
            raise Wrong("content-type", "not CloudEvents 1.0 in JSON")
        if record["key"] != found["ce_subject"]:
            raise Wrong("key", "the record's key is not its subject")
        if record["value"] is None or len(record["value"]) > 256 * 1024:
            raise Wrong("data", "the data are missing or exceed 256 KiB")
        self.data, self.found = record["value"], found
        self.source, self.type, self.subject = (
            text["ce_source"], text["ce_type"], text["ce_subject"]
        )  # fmt: skip
        self.prevhash, self.keyid = text["ce_prevhash"], text["ce_keyid"]
        self.cause, self.causation = text["ce_cause"].partition(";")[0], text["ce_causationid"]
        try:
            self.sequence = decimal(found["ce_sequence"])
            self.first, self.count = map(decimal, found["ce_commit"].split(b":"))
            self.time = datetime.fromisoformat(text["ce_time"])
            good = (
                text["ce_id"] == f"{self.subject}/{self.sequence}"
                and 1 <= self.first <= self.sequence < self.first + self.count
                and self.sequence <= LARGEST
                and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", text["ce_time"])
                and re.fullmatch(r"[0-9a-f]{64}", self.prevhash)
            )
        except ValueError:
            good = False
        if not good:
            raise Wrong("header", "id, sequence, commit, time or prevhash is malformed")
        self.id = text["ce_id"]
        parts = b"".join(map(sized, values))
        self.digest = sha256(b"sinergi.event.v1\n", parts, sized(self.data))
        self.hash = self.digest.hex()

    def signed(self):
        """Return what was signed, and the signature."""
        index, size, path = 0, 1, b""
        try:
            signature = unbase64(self.found["ce_signature"])
            if "ce_proof" in self.found:
                first, second, third = self.found["ce_proof"].split(b":")
                index, size, path = decimal(first), decimal(second), unbase64(third)
        except (KeyError, ValueError):
            raise Wrong("signature", "the signature or proof is missing or malformed") from None
        siblings = [path[i : i + 32] for i in range(0, len(path), 32)]
        root = root_from_path(sha256(b"\x00", self.digest), index, size, siblings)
        alone = "ce_proof" not in self.found
        if root is None or size >= 2**32 or len(path) % 32 or (size == 1) != alone:
            raise Wrong("proof", "the proof does not have the form its index and size demand")
        return b"sinergi.group.v1\n" + size.to_bytes(4, "big") + root, signature


# -- keys ------------------------------------------------------------------------------------------


class Keys:
    """Which key speaks for whom, and from where to where."""

    def __init__(self, roots):
        self.all, self.remembered = {}, {}
        for agency, publics in roots.items():
            for public in map(bytes.fromhex, publics):
                keyid = hashlib.sha256(public).hexdigest()[:32]
                self.all[keyid] = {"agency": agency, "public": public, "use": None}

    def judge(self, keyid, use, place):
        """The agency for which the key speaks here. Raises Wrong."""
        key = self.all.get(keyid)
        topic, partition, offset = place
        if key is None:
            raise Wrong("key", f"the key {keyid} is not on the trust list")
        if key["use"] not in (None, use):
            raise Wrong("key-use", f"the key {keyid} is for {key['use']}, not {use}")
        since, until = key.get("since"), key.get("until")
        if since and offset < since.get(topic, {}).get(str(partition), 0):
            raise Wrong("key-early", f"the key {keyid} is not valid yet")
        if until is not None and offset >= until.get(topic, {}).get(str(partition), 0):
            raise Wrong(f"key-{key['end']}", f"the key {keyid} was {key['end']} before")
        return key["agency"]

    def verify(self, keyid, message, signature):
        asked = keyid, message, signature
        if asked not in self.remembered:
            if len(self.remembered) > 10_000:
                self.remembered.clear()
            self.remembered[asked] = ed25519(self.all[keyid]["public"], message, signature)
        return self.remembered[asked]

    def apply(self, agency, kind, data):
        """Takes up what an agency's root says of its keys. Raises Wrong."""
        keyid = data["keyid"]
        known = self.all.get(keyid)
        if kind == "KeyAuthorised":
            public = bytes.fromhex(data["public"])
            if known or hashlib.sha256(public).hexdigest()[:32] != keyid:
                raise Wrong("key-history", f"{keyid} can't be authorised")
            self.all[keyid] = {"agency": agency, "public": public, "use": data["use"]}
            self.all[keyid]["since"] = data.get("since")
            return
        end = {"KeyRetired": "retired", "KeyRevoked": "revoked"}.get(kind)
        if known is None or known["agency"] != agency or end is None:
            raise Wrong("key-history", f"{agency} has no key {keyid} to end")
        until, before = data["until"], known.get("until")
        if before is not None:
            if end == "retired":
                raise Wrong("key-history", f"the time of the key {keyid} has ended before")
            until = {
                t: {p: min(n, before.get(t, {}).get(p, 0)) for p, n in ps.items()}
                for t, ps in until.items()
            }
        known.update(until=until, end=end)


def believe(event, place, owners, keys):
    """Raises Wrong unless one of the owners signed, by a key valid at this place."""
    message, signature = event.signed()
    if event.source not in owners:
        raise Wrong("source", f"{event.source} does not own this topic")
    agency = keys.judge(event.keyid, "events", place)
    if agency != event.source:
        raise Wrong("agency", f"the key {event.keyid} belongs to {agency}")
    if not keys.verify(event.keyid, message, signature):
        raise Wrong("signature", "the signature does not fit the record")


# -- streams ---------------------------------------------------------------------------------------


class Stream:
    def __init__(self):
        self.hashes, self.early, self.commit, self.before = [], {}, (0, 1, ""), GENESIS


class Log:
    """Follows all streams; `problems` is what does not hold."""

    def __init__(self):
        self.streams, self.problems, self.acts, self.repeats = {}, [], {}, 0

    def problem(self, place, code, why):
        self.problems.append((*place, code, why))

    def follow(self, place, event):
        """The events that this one lets follow, itself the first."""
        stream = self.streams.setdefault((event.source, event.subject), Stream())
        if event.sequence <= len(stream.hashes) or event.sequence in stream.early:
            self.repeats += 1
            known = (
                stream.hashes[event.sequence - 1]
                if event.sequence <= len(stream.hashes)
                else stream.early[event.sequence][1].hash
            )
            if known != event.hash:
                self.problem(place, "fork", f"another {event.id} than before")
            return
        stream.early[event.sequence] = place, event
        while len(stream.hashes) + 1 in stream.early:
            found, next_ = stream.early.pop(len(stream.hashes) + 1)
            if next_.prevhash != (stream.hashes[-1] if stream.hashes else GENESIS):
                self.problem(found, "chain", f"{next_.id} does not follow the event before it")
                return
            commit = next_.first, next_.count, next_.cause
            if next_.sequence == next_.first:
                tiles = next_.first == stream.commit[0] + stream.commit[1]
                stream.before = next_.prevhash
            else:
                tiles = commit == stream.commit
            if not tiles:
                self.problem(found, "commit", f"{next_.id} is not of the commit of its place")
            stream.commit = commit
            stream.hashes.append(next_.hash)
            yield found, next_, stream.before

    def gaps(self):
        for (_, subject), stream in self.streams.items():
            if stream.early:
                place, _ = stream.early[min(stream.early)]
                why = f"event {len(stream.hashes) + 1} of {subject} is missing"
                self.problem(place, "gap", why)


# -- data ------------------------------------------------------------------------------------------


def pairs(found):
    if len(dict(found)) < len(found):
        raise ValueError("a name is there twice")
    return dict(found)


def constant(name):
    raise ValueError(f"{name} is no JSON number")


def integer(digits):
    if len(digits) > 17 or abs(int(digits)) > LARGEST:
        raise ValueError(f"{digits[:30]} is beyond 2^53 - 1")
    return int(digits)


def real(digits):
    if float(digits) in (float("inf"), float("-inf")):
        raise ValueError(f"{digits[:30]} is more than a number can be")
    return float(digits)


def composed(value):
    if isinstance(value, str):
        value.encode()
        if not unicodedata.is_normalized("NFC", value):
            raise ValueError("its text is not in Unicode's composed form")
    elif isinstance(value, dict):
        for each in (*value, *value.values()):
            composed(each)
    elif isinstance(value, list):
        for each in value:
            composed(each)


def strict(raw):
    """The JSON value. Raises ValueError for what readers would take differently."""
    value = json.loads(
        raw.decode(), object_pairs_hook=pairs, parse_constant=constant, parse_int=integer,
        parse_float=real,
    )  # fmt: skip
    composed(value)
    return value


def check_act(event, before, data, rule, place, keys, used):
    """Raises Wrong unless the agency that acts signed for just this."""
    attestation = data.get("attestation")
    if attestation is None:
        raise Wrong("act-missing", f"{rule['act']} is signed by the agency that acts: this is not")
    try:
        payload, body = (b64decode(attestation[n], validate=True) for n in ("payload", "body"))
        act, (signature,) = strict(payload), attestation["signatures"]
        kind, sig = attestation["payloadType"], b64decode(signature["sig"])
        keyid = str(signature["keyid"])
        use = tuple(str(act[n]) for n in ("agency", "id", "act", "stream", "expected", "sha256"))
        meant = [act[n] for n in ("act", "audience", "stream", "expected", "prevhash")]
        late = event.time > datetime.fromisoformat(act["not_after"])
    except (ValueError, KeyError, TypeError) as error:
        raise Wrong("act-form", f"it is no DSSE envelope of an act: {error!r}") from error
    if kind != ACT:
        raise Wrong("act-form", f"{kind} is no act")
    if hashlib.sha256(body).hexdigest() != act["sha256"]:
        raise Wrong("act-body", "this is not the body that was signed")
    if meant != [rule["act"], event.source, event.subject, event.first - 1, before]:
        raise Wrong("act-moved", "it was signed for something else")
    if data.get(rule["agency"]) != act["agency"]:
        raise Wrong("act-agency", f"{act['agency']} signed, the event says another")
    if late:
        raise Wrong("act-late", "it was recorded later than it was good for")
    try:
        said = strict(body or b"{}")
    except ValueError as error:
        raise Wrong("act-body", f"the signed body: {error}") from error
    if not isinstance(said, dict):
        raise Wrong("act-body", "the signed body is no JSON object")
    for name in (*rule["stated"], *rule["filled"]):
        given = said.get(name)
        if name in rule["filled"] and given is None:
            continue
        part = rule["schema"]["properties"][name]
        if tidy(filled(given, part, rule["schema"].get("$defs", {}))) != tidy(data.get(name)):
            raise Wrong("act-fields", f"{name} is not what the signed body says")
    if keyid not in keys.all or keys.all[keyid]["agency"] != act["agency"]:
        raise Wrong("act-key", f"the key {keyid} is not one of {act['agency']}")
    pae = b"DSSEv1 %d %b %d %b" % (len(kind), kind.encode(), len(payload), payload)
    if not keys.verify(keyid, pae, sig):
        raise Wrong("act-signature", "the signature does not fit the act")
    try:
        keys.judge(keyid, "acts", place)
    except Wrong as error:
        raise Wrong(f"act-{error.code}", str(error)) from error
    if use in used:
        raise Wrong("act-reused", f"the act {act['id']} was used before")
    used[use] = event.id


def tidy(value):
    """As services keep what they are told: no spaces around a text, no fields that say nothing."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value.strip())
    if isinstance(value, list):
        return [tidy(each) for each in value] or None
    if isinstance(value, dict):
        return {name: tidy(each) for name, each in value.items() if tidy(each) is not None}
    return value


def filled(value, schema, names):
    """A value with the defaults that its schema has for what it leaves out."""
    while "$ref" in schema:
        schema = names[schema["$ref"].rpartition("/")[2]]
    for option in schema.get("anyOf", ()):
        if option.get("type") != "null" and value is not None:
            return filled(value, option, names)
    if isinstance(value, dict):
        made = {
            n: filled(v, schema.get("properties", {}).get(n, {}), names) for n, v in value.items()
        }
        for name, part in schema.get("properties", {}).items():
            if part.get("default") is not None:
                made.setdefault(name, part["default"])
        return made
    if isinstance(value, list):
        return [filled(each, schema.get("items", {}), names) for each in value]
    return value


# -- checkpoints -----------------------------------------------------------------------------------


def packed(value):
    """MessagePack in its shortest forms, of what a record is made of."""
    if value is None:
        return b"\xc0"
    if isinstance(value, list):
        size = len(value)
        head = bytes([0x90 | size]) if size < 16 else b"\xdc" + size.to_bytes(2, "big")
        return head + b"".join(map(packed, value))
    raw = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
    size, first = len(raw), 0xD9 if isinstance(value, str) else 0xC4
    if isinstance(value, str) and size < 32:
        return bytes([0xA0 | size]) + raw
    more = 0 if size < 1 << 8 else 1 if size < 1 << 16 else 2
    return bytes([first + more]) + size.to_bytes(1 << more, "big") + raw


def leaf(record):
    if record is None:
        return sha256(b"\x00")
    headers = [[name, value] for name, value in record["headers"]]
    return sha256(b"\x00", packed([record["key"], record["value"], headers]))


class Tree:
    """A tree that only grows: the roots of its complete subtrees."""

    def __init__(self):
        self.size, self.parts = 0, []

    def append(self, hash_):
        size = self.size
        while size & 1:
            hash_, size = node(self.parts.pop(), hash_), size >> 1
        self.parts.append(hash_)
        self.size += 1

    @property
    def root(self):
        if not self.parts:
            return sha256()
        result = self.parts[-1]
        for left in self.parts[-2::-1]:
            result = node(left, result)
        return result


def signers(text, lines, name, agency, keys, place):
    """Raises Wrong unless a key of the agency signed the note under this name."""
    for line in lines:
        dash, _, rest = line.partition(" ")
        named, _, encoded = rest.partition(" ")
        raw = b64decode(encoded, validate=True)
        for keyid, key in keys.all.items():
            if key["agency"] != agency or named != name or dash != "—":
                continue
            kind = 1 if name != agency else 4
            if raw[:4] != sha256(name.encode(), b"\n", bytes([kind]), key["public"])[:4]:
                continue
            message, signature = text.encode(), raw[4:]
            if kind == 4:
                seconds = int.from_bytes(raw[4:12], "big")
                message = f"cosignature/v1\ntime {seconds}\n{text}".encode()
                signature = raw[12:]
            if ed25519(key["public"], message, signature):
                keys.judge(keyid, "events", place)
                return
    raise Wrong("note-signature", f"no key of {agency} has signed this checkpoint")


def read_notes(records, owners, keys, log):
    """{(topic, partition): {size: [root, old, leaves]}} of all that was rightly signed."""
    signed: dict = {}
    for place, record in ((p, r) for p, r in records if r is not None):
        try:
            whole = record["value"].decode()
            head, _, lines = whole.rpartition("\n\n")
            text = head + "\n"
            origin, size, root = text.split("\n")[:3]
            agency, topic, partition = origin.rsplit("/", 2)
            if topic not in owners:
                continue
            size, root = int(size), b64decode(root, validate=True)
            headers = dict(record["headers"])
            if record["key"] != origin.encode() or agency not in owners[topic]:
                raise ValueError(origin)
            witness = headers["witness"].decode() if "witness" in headers else None
            signers(text, lines[:-1].split("\n"), witness or origin, witness or agency, keys, place)
        except Wrong as error:
            log.problem(place, error.code, str(error))
            continue
        except (ValueError, AttributeError) as error:
            log.problem(place, "note", f"it is no checkpoint: {error!r}")
            continue
        sizes = signed.setdefault((topic, int(partition)), {})
        leaves = headers.get("leaves", b"")
        known = sizes.setdefault(
            size, [root, int(headers.get("old", b"-1")),
                   [leaves[i : i + 32] for i in range(0, len(leaves), 32)]]
        )  # fmt: skip
        if known[0] != root:
            log.problem((topic, int(partition), size - 1), "two-checkpoints",
                        f"{witness or agency} signed another root for the size {size}")  # fmt: skip
    return signed


def check_tree(where, leaves, sizes, log):
    tree, base, wanted = Tree(), 0, sorted(sizes)
    for hash_ in leaves:
        tree.append(hash_)
        if wanted and tree.size == wanted[0]:
            size = wanted.pop(0)
            root, old, named = sizes[size]
            if root != tree.root:
                at = base
                if old == base and len(named) == size - base:
                    differ = (i for i, h in enumerate(named) if h != leaves[base + i])
                    at += next(differ, 0)
                why = f"it is not the record that was signed for in the checkpoint of size {size}"
                log.problem((*where, at), "checkpoint", why)
                return
            base = size
    if wanted:
        why = f"somebody signed for {wanted[0]} records, and there are {len(leaves)}"
        log.problem((*where, len(leaves)), "truncated", why)


# -- the bundle ------------------------------------------------------------------------------------


def raw(text):
    return None if text is None else text.encode("latin-1")


def records_of(folder, topic, partitions):
    for partition, count in partitions.items():
        path = folder / "topics" / f"{topic}.{partition}.jsonl"
        lines = path.read_bytes().splitlines()
        if len(lines) != count:
            raise OSError(f"{path} has {len(lines)} lines, the manifest says {count}")
        for offset, line in enumerate(lines):
            found = json.loads(line)
            if found is None:
                yield (topic, int(partition), offset), None
                continue
            record = {
                "key": raw(found["key"]),
                "value": raw(found["value"]),
                "headers": [(name, raw(value)) for name, value in found["headers"]],
            }
            yield (topic, int(partition), offset), record


def read_keys(folder, topics, trust, log):
    roots, keys = Keys(trust), Keys({})
    found = records_of(folder, "keys.events", topics.get("keys.events", {}))
    for place, record in ((p, r) for p, r in found if r is not None):
        try:
            event = Event(record)
            believe(event, place, trust, roots)
            for found, next_, _ in log.follow(place, event):
                kind = next_.type.split(".")[2]
                if next_.subject != f"agency/{next_.source}":
                    log.problem(found, "key-history", "this is not the agency's stream")
                else:
                    keys.apply(next_.source, kind, strict(next_.data))
        except Wrong as error:
            log.problem(place, error.code, str(error))
        except (ValueError, KeyError) as error:
            log.problem(place, "key-history", repr(error))
    return keys


def verify(folder, trust_file=None):
    """{"records": ..., "problems": [[topic, partition, offset, code, why], ...]}."""
    manifest = json.loads((folder / "manifest.json").read_text("ascii"))
    for name, digest in manifest["files"].items():
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
            raise OSError(f"{name} is not the file that was exported")
    topics, log = manifest["topics"], Log()
    rules = json.loads((folder / "rules.json").read_text("ascii"))
    for type_, rule in rules["acts"].items():
        rule["schema"] = json.loads((folder / "schemas" / f"{type_}.json").read_text("utf-8"))
    trust = json.loads((trust_file or folder / "trust.json").read_text("ascii"))
    keys = read_keys(folder, topics, trust, log)
    notes = records_of(folder, "checkpoints", topics.get("checkpoints", {}))
    signed = read_notes(notes, rules["owners"], keys, log)
    followed: list = []
    leaves: dict = {}
    effects: list = []
    for topic, owners in rules["owners"].items():
        for place, record in records_of(folder, topic, topics[topic]):
            leaves.setdefault(place[:2], []).append(leaf(record))
            if record is None:
                continue
            try:
                event = Event(record)
                believe(event, place, owners, keys)
                followed += log.follow(place, event)
            except Wrong as error:
                log.problem(place, error.code, str(error))
    followed.sort(key=lambda found: found[1].time)
    for place, event, before in followed:
        check_event(place, event, before, rules, topics, keys, log, effects)
    log.gaps()
    for place, event in effects:
        if (place[0], event.cause) not in log.acts:
            log.acts[place[0], event.cause] = place
        else:
            log.problem(place, "cause", f"{event.id}: {event.cause} took effect before")
    for place, partition_leaves in leaves.items():
        check_tree(place, partition_leaves, signed.get(place, {}), log)
    for place, sizes in signed.items():
        if place not in leaves:
            check_tree(place, [], sizes, log)
    return {
        "records": {topic: sum(partitions.values()) for topic, partitions in topics.items()},
        "repeats": log.repeats,
        "problems": sorted(log.problems),
    }


def check_receipt(place, event, data, topics, log):
    for partition, offset in data["offsets"].items():
        if offset > (end := topics.get(data["topic"], {}).get(partition, 0)):
            why = f"{event.id}: {offset} records are acknowledged, and there are {end}"
            log.problem(place, "truncated", why)


def check_event(place, event, before, rules, topics, keys, log, effects):
    if not event.type.startswith(f"sinergi.{place[0].partition('.')[0]}."):
        log.problem(place, "type", f"{event.type} is not of this topic")
        return
    try:
        data = strict(event.data)
        if not isinstance(data, dict):
            raise ValueError("it is no object")
        if rule := rules["acts"].get(event.type):
            check_act(event, before, data, rule, place, keys, log.acts)
        if event.type.split(".")[2] == "EventsAcknowledged":
            check_receipt(place, event, data, topics, log)
    except Wrong as error:
        log.problem(place, error.code, f"{event.id}: {error}")
    except (ValueError, RecursionError) as error:
        log.problem(place, "json", f"{event.id}: {error}")
    if event.sequence == event.first and event.cause.startswith("event/"):
        stream, _, sequence = event.causation.rpartition("/")
        source, _, subject = stream.partition("/")
        known = log.streams.get((source, subject))
        if known is None or not sequence.isdigit() or int(sequence) > len(known.hashes):
            why = f"{event.id}: its cause {event.causation} is not on the log"
            log.problem(place, "cause", why)
        effects.append((place, event))


def main(arguments):
    as_json = "--json" in arguments
    trust = None
    if "--trust" in arguments:
        trust = Path(arguments.pop(arguments.index("--trust") + 1))
    named = [a for a in arguments if not a.startswith("--")]
    folder = Path(named[0]) if named else Path(__file__).resolve().parent
    try:
        found = verify(folder, trust)
    except (OSError, ValueError, KeyError) as error:
        print(f"{folder} can't be verified: {error!r}", file=sys.stderr)
        return 2
    if as_json:
        print(json.dumps({"holds": not found["problems"], **found}, indent=1))
    else:
        for topic, count in found["records"].items():
            print(f"{topic}: {count} records")
        for topic, partition, offset, code, why in found["problems"]:
            print(f"DOES NOT HOLD  {topic} partition {partition} offset {offset}: {why} ({code})")
        print("Something does not hold." if found["problems"] else "All of it holds.")
    return 1 if found["problems"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
