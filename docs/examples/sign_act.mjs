// Sign the statement that a service of Sinergi asks an agency to sign; Node alone, none of its code.
//
//     node sign_act.mjs desk.key desk-7 body.json < asked.json

import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";

const KIND = "application/vnd.sinergi.act.v1+json";
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex"); // and then the key
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

function attestation(attest, body, seed, signer) {
  if (sha256(body) !== attest.sha256) throw new Error("the service was asked for something else");
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: "der", type: "pkcs8" });
  const raw = Buffer.from(createPublicKey(key).export({ format: "jwk" }).x, "base64url");
  const until = new Date(Date.now() + 15 * 60_000).toISOString();
  const payload = Buffer.from(JSON.stringify({ ...attest, signer, not_after: until }));
  const message = Buffer.concat([
    Buffer.from(`DSSEv1 ${KIND.length} ${KIND} ${payload.length} `),
    payload,
  ]);
  return {
    payload: payload.toString("base64"),
    payloadType: KIND,
    signatures: [
      { keyid: sha256(raw).slice(0, 32), sig: sign(null, message, key).toString("base64") },
    ],
  };
}

const [keyFile, signer, bodyFile] = process.argv.slice(2);
const seed = Buffer.from(readFileSync(keyFile, "ascii").trim(), "hex");
const { attest } = JSON.parse(readFileSync(0, "utf8"));
console.error(JSON.stringify(attest, null, 2));
const made = attestation(attest, readFileSync(bodyFile), seed, signer);
console.log(Buffer.from(JSON.stringify(made)).toString("base64url"));
