// Verifies records of Sinergi with nothing but Node.js (20 or newer).
//
//     node verify.mjs vectors.json
//
// says of each record in a file of test vectors whether it is authentic, a JSON line each.

import { createHash, createPublicKey, verify as verifyEd25519 } from "node:crypto";
import { readFileSync } from "node:fs";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";

// The headers that the hash covers, in its order, and the form of each.
const TEXT = /^[\x20-\x7e]+$/;
const HASHED = new Map([
  ["content-type", /^application\/json$/],
  ["ce_specversion", /^1\.0$/],
  ["ce_id", TEXT],
  ["ce_source", TEXT],
  ["ce_type", TEXT],
  ["ce_subject", TEXT],
  ["ce_time", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/],
  ["ce_sequence", /^[1-9]\d{0,15}$/],
  ["ce_commit", /^[1-9]\d{0,15}:[1-9]\d{0,15}$/],
  ["ce_cause", TEXT],
  ["ce_correlationid", TEXT],
  ["ce_causationid", TEXT],
  ["ce_actor", TEXT],
  ["ce_prevhash", /^[0-9a-f]{64}$/],
  ["ce_keyid", /^[0-9a-f]{32}$/],
]);
const PROOF = /^(0|[1-9]\d{0,9}):([1-9]\d{0,9}):([A-Za-z0-9_-]+)$/;

function must(holds, why) {
  if (!holds) throw new Error(why);
}

function sha256(...parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function uint32(number) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}

function base64url(text) {
  const bytes = Buffer.from(text, "base64url");
  must(bytes.toString("base64url") === text, "not canonical base64url");
  return bytes;
}

// The public keys of a trust list, by key id.
export function readTrust(list) {
  const keys = new Map();
  for (const [agency, publics] of Object.entries(list)) {
    for (const hex of publics) {
      const raw = Buffer.from(hex, "hex");
      const jwk = { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") };
      const key = createPublicKey({ key: jwk, format: "jwk" });
      keys.set(sha256(raw).toString("hex").slice(0, 32), { agency, key });
    }
  }
  return keys;
}

// RFC 9162, section 2.1.3.2.
function rootOf(leaf, index, size, path) {
  let [first, second, node] = [index, size - 1, leaf];
  for (const sibling of path) {
    must(second > 0, "too many siblings");
    if (first % 2 || first === second) {
      node = sha256(Buffer.of(1), sibling, node);
      while (first && first % 2 === 0) [first, second] = [first / 2, Math.floor(second / 2)];
    } else {
      node = sha256(Buffer.of(1), node, sibling);
    }
    [first, second] = [Math.floor(first / 2), Math.floor(second / 2)];
  }
  must(second === 0, "too few siblings");
  return node;
}

// The listed headers and the hash of a record that one of the topic's owners signed; else it throws.
// A record is { key, value, headers: [[name, value], ...] }, each key and value a Buffer or null.
export function verify(record, owners, trust) {
  const raw = new Map();
  for (const [name, value] of record.headers) {
    if (!HASHED.has(name) && name !== "ce_signature" && name !== "ce_proof") continue;
    must(!raw.has(name), `${name} is there twice`);
    must(value !== null, `${name} is null`);
    raw.set(name, value);
  }
  const head = {};
  for (const [name, form] of HASHED) {
    must(raw.has(name), `${name} is missing`);
    head[name] = raw.get(name).toString("latin1");
    must(form.test(head[name]), `${name} is malformed`);
  }
  must(record.key?.equals(raw.get("ce_subject")), "the key is not the subject");
  must(record.value !== null && record.value.length <= 262144, "no data, or too many");
  must(head.ce_id === `${head.ce_subject}/${head.ce_sequence}`, "the id is malformed");
  const [start, count] = head.ce_commit.split(":").map(BigInt);
  const sequence = BigInt(head.ce_sequence);
  must(start <= sequence && sequence < start + count, "the commit does not hold the sequence");
  const time = new Date(head.ce_time);
  must(!isNaN(time) && time.toISOString().slice(0, 23) === head.ce_time.slice(0, 23), "no such time");

  must(owners.includes(head.ce_source), `${head.ce_source} does not own the topic`);
  const trusted = trust.get(head.ce_keyid);
  must(trusted?.agency === head.ce_source, `the key is not one of ${head.ce_source}`);

  const parts = [...HASHED.keys()].map((name) => raw.get(name)).concat(record.value);
  const hash = sha256("sinergi.event.v1\n", ...parts.flatMap((part) => [uint32(part.length), part]));
  let [index, size, path] = [0, 1, Buffer.alloc(0)];
  if (raw.has("ce_proof")) {
    const proof = PROOF.exec(raw.get("ce_proof").toString("latin1"));
    must(proof, "the proof is malformed");
    [index, size, path] = [Number(proof[1]), Number(proof[2]), base64url(proof[3])];
    must(size > 1 && size < 2 ** 32 && index < size, "the proof has no such index");
    must(path.length % 32 === 0, "the proof is cut short");
  }
  const siblings = [];
  for (let at = 0; at < path.length; at += 32) siblings.push(path.subarray(at, at + 32));
  const root = rootOf(sha256(Buffer.of(0), hash), index, size, siblings);
  const message = Buffer.concat([Buffer.from("sinergi.group.v1\n"), uint32(size), root]);
  must(raw.has("ce_signature"), "ce_signature is missing");
  const signature = base64url(raw.get("ce_signature").toString("latin1"));
  must(verifyEd25519(null, message, trusted.key, signature), "the signature does not fit");
  return { head, hash: hash.toString("hex") };
}

// Strings of a vectors file stand for bytes, a character each.
function unpack({ key, value, headers }) {
  const bytes = (text) => (text === null ? null : Buffer.from(text, "latin1"));
  return { key: bytes(key), value: bytes(value), headers: headers.map(([n, v]) => [n, bytes(v)]) };
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  const vectors = JSON.parse(readFileSync(argv[2], "utf8"));
  const trust = readTrust(vectors.trust);
  const events = vectors.groups.flatMap((group) => group.events);
  for (const { topic, record, hash, reason } of [...events, ...vectors.variants, ...vectors.negative]) {
    let result;
    try {
      result = { hash: verify(unpack(record), vectors.topics[topic], trust).hash };
    } catch (error) {
      result = { refused: error.message };
    }
    const expected = hash === undefined ? "refused" in result : result.hash === hash;
    console.log(JSON.stringify({ expected, reason, ...result }));
  }
}
