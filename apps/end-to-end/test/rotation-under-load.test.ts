import { generateKeyPair } from "node:crypto";
import { setImmediate, setTimeout } from "node:timers/promises";
import { promisify } from "node:util";

import { createOAuthClient } from "@credicorp/oauth-client";
import { signCompactJws } from "@credicorp/oauth-core/jwt";
import type { PrivateJwk } from "@credicorp/oauth-core/protocol";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { bytes, signatureEngine } from "@credicorp/oauth-runtime";
import { createVerifier } from "@credicorp/oauth-verifier";
import { describe, expect, it, onTestFinished } from "vitest";

const rounds = process.env["CREDICORP_TEST_LONG"] === "1" ? 1000 : 36;
const workersOfAKind = 3;

/** Times of the sandbox, in seconds; a step is the cache time of the JWKS. */
const stepSeconds = 300;
const stepsPerRound = 3;
const everySeconds = stepSeconds * stepsPerRound;
const overlapSeconds = 2 * everySeconds;
const tokenSeconds = 900;

/** A secret or a token, and from when on it is good no more. */
interface Perishable {
  readonly value: string;

  /** Changes while requests are on their way. */
  endsAt: number;
}

/** A sandbox on a real port with time under control, a verifier with the same time, and a record of every broken promise. */
async function setUp() {
  const clock = createControlledClock();
  const firstKey = await makePrivateJwk();
  const sandbox = await createSandbox({
    clock,
    signingKeys: [firstKey],
    additionalAlgorithms: [],
    accessTokenLifetimeSeconds: tokenSeconds,
    documentMaxAgeSeconds: stepSeconds,
    keyRotation: { everySeconds, announceSeconds: 2 * stepSeconds },
    limits: { token: null, introspection: null, address: null, failedAuthentication: null },
  });
  onTestFinished(() => sandbox.close());
  const { url } = await sandbox.listen();
  const verifier = createVerifier({
    issuer: url,
    audience: `${url}/partner/v1`,
    clockToleranceSeconds: 0,
    ports: { clock },
  });
  onTestFinished(() => verifier.close());

  const counts = { issued: 0, refused: 0, verified: 0, rejected: 0, active: 0, inactive: 0 };
  const kids = new Set<string>();
  const violations: string[] = [];

  /** Holds an outcome against what must be; where something ended while it was asked about, either is right. */
  const judge = async (
    subject: Perishable,
    what: string,
    ask: () => Promise<string>,
  ): Promise<"good" | "bad" | "either"> => {
    const before = clock.now();
    const outcome = await ask();
    const { endsAt } = subject;
    const expected = clock.now() < endsAt ? "good" : before >= endsAt ? "bad" : "either";
    if (expected !== "either" && !outcome.startsWith(expected)) {
      violations.push(`${what}: expected ${expected}, got ${outcome}`);
    }
    return expected;
  };
  const post = async (path: string, client: { id: string; secret: string }, form: object) => {
    const response = await fetch(`${url}/partner/v1/oauth/${path}`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` },
      body: new URLSearchParams(form as Record<string, string>),
    });
    return { status: response.status, json: (await response.json()) as Record<string, unknown> };
  };

  const id = "partner-basic";
  const secrets: Perishable[] = [{ value: sandbox.clients.get(id).secret, endsAt: Infinity }];
  const tokens: Perishable[] = [];
  const keep = (token: string): void => {
    const [header = "", payload = ""] = token.split(".");
    kids.add(String(JSON.parse(bytesToText(header)).kid));
    tokens.push({ value: token, endsAt: Number(JSON.parse(bytesToText(payload)).exp) });
    if (tokens.length > 60) tokens.shift();
  };
  const work: readonly (() => Promise<void>)[] = [
    async () => {
      const secret = pick(secrets);
      const verdict = await judge(secret, "a token request", async () => {
        const { status, json } = await post(
          "token",
          { id, secret: secret.value },
          { grant_type: "client_credentials" },
        );
        if (status === 200) keep(String(json["access_token"]));
        if (status === 401 && json["error"] === "invalid_client") return "bad";
        return status === 200 ? "good" : `${status} ${String(json["error"])}`;
      });
      if (verdict !== "either") counts[verdict === "good" ? "issued" : "refused"] += 1;
    },
    async () => {
      const newest = (): string => secrets.at(-1)?.value ?? "";
      await using client = createOAuthClient({ baseUrl: url, clientId: id, clientSecret: newest });
      const token = await client.tryGetToken();
      if (token.ok) keep(token.value.value);
      else violations.push(`the client got no token: ${token.failure.code}`);
      counts.issued += 1;
    },
    async () => {
      const token = pick(tokens);
      const verdict = await judge(token, "a verification", async () => {
        const outcome = await verifier.verifyToken(token.value);
        if (outcome.kind === "ok") return "good";
        return outcome.kind === "rejected" ? `bad: ${outcome.detail.code}` : outcome.kind;
      });
      if (verdict !== "either") counts[verdict === "good" ? "verified" : "rejected"] += 1;
    },
    async () => {
      const token = pick(tokens);
      const verdict = await judge(token, "an introspection", async () => {
        const api = sandbox.clients.get("partner-api");
        const { json } = await post("introspect", api, { token: token.value });
        return json["active"] === true ? "good" : "bad";
      });
      if (verdict !== "either") counts[verdict === "good" ? "active" : "inactive"] += 1;
    },
  ];

  let done = 0;
  /** Lets the workers do something in the time that it is now. */
  const pass = async (): Promise<void> => {
    const start = done;
    while (done < start + 5 * workersOfAKind) await setTimeout(2);
  };
  /** Keeps all workers busy until `drive` is done. */
  const underLoad = async (drive: () => Promise<void>): Promise<void> => {
    await work[0]?.();
    let isDone = false;
    const workers = Array.from({ length: workersOfAKind }, () => work).flat();
    const busy = workers.map(async (step) => {
      while (!isDone) {
        await step();
        done += 1;
        // A verified token seen again costs no turn of the event loop: the others must have theirs.
        await setImmediate();
      }
    });
    await drive().finally(() => (isDone = true));
    await Promise.all(busy);
  };
  const rotateSecret = async (): Promise<void> => {
    const endsAt = clock.now() + overlapSeconds;
    const { secret } = await sandbox.clients.rotateSecret(id, { overlapSeconds });
    for (const kept of secrets) kept.endsAt = Math.min(kept.endsAt, endsAt);
    // Ended ones are tried for a while: they must stay refused.
    secrets.splice(0, Math.max(0, secrets.length - 5));
    secrets.push({ value: secret, endsAt: Infinity });
  };
  const isRefusedEverywhere = async (token: string): Promise<boolean> => {
    const api = sandbox.clients.get("partner-api");
    const { json } = await post("introspect", api, { token });
    return json["active"] === false && (await verifier.verifyToken(token)).kind === "rejected";
  };
  const tools = { clock, sandbox, url, firstKey, counts, kids, violations };
  return { ...tools, underLoad, pass, rotateSecret, isRefusedEverywhere };
}

function bytesToText(segment: string): string {
  return Buffer.from(segment, "base64url").toString("utf8");
}

function pick<Value>(values: readonly Value[]): Value {
  const value = values[Math.floor(Math.random() * values.length)];
  if (value === undefined) throw new Error("nothing to pick from");
  return value;
}

async function makePrivateJwk(): Promise<PrivateJwk> {
  const { privateKey } = await promisify(generateKeyPair)("ec", { namedCurve: "P-256" });
  return { ...privateKey.export({ format: "jwk" }), alg: "ES256" } as unknown as PrivateJwk;
}

describe("rotation under load", () => {
  it(
    `AUTH-10 JWK-04 JWK-06 fails no valid request and accepts nothing after its end, over ${rounds} rotations of keys and of secrets`,
    async () => {
      const setting = await setUp();
      const { clock, sandbox, counts, kids, violations } = setting;

      await setting.underLoad(async () => {
        for (let round = 0; round < rounds; round += 1) {
          await setting.rotateSecret();
          for (let step = 0; step < stepsPerRound; step += 1) {
            // Half of the rotations are commands, in between those of the schedule.
            if (step === 1 && round % 2 === 0) await sandbox.keys.rotate({ announceSeconds: 600 });
            await sandbox.keys.maintain();
            await setting.pass();
            clock.advance(stepSeconds);
          }
        }
      });

      expect(violations).toEqual([]);
      expect(kids.size).toBeGreaterThanOrEqual(30);
      for (const count of Object.values(counts)) expect(count).toBeGreaterThan(rounds / 4);
    },
    process.env["CREDICORP_TEST_LONG"] === "1" ? undefined : 60_000,
  );

  it("JWK-04 refuses, everywhere, what is signed with a key that was removed, although nothing else is wrong with it", async () => {
    const { clock, sandbox, url, firstKey, isRefusedEverywhere } = await setUp();
    const [first] = await sandbox.keys.list();
    const imported = await signatureEngine.importSigningKey(firstKey, "ES256");
    if (!imported.ok) throw new Error(imported.failure);
    const forge = async (): Promise<string> => {
      const now = Math.floor(clock.now());
      const header = JSON.stringify({ alg: "ES256", kid: first?.kid, typ: "at+jwt" });
      const claims = {
        iss: url,
        sub: "partner-basic",
        client_id: "partner-basic",
        aud: `${url}/partner/v1`,
        scope: "decisions:read",
        iat: now,
        exp: now + 600,
        jti: `forged-${now}`,
      };
      return signCompactJws(
        {
          encodedHeader: bytes.encodeBase64url(bytes.encodeUtf8(header)),
          claims,
          key: imported.value,
        },
        { bytes, signatureEngine },
      );
    };

    expect(await isRefusedEverywhere(await forge())).toBe(false);
    await sandbox.keys.rotate({ announceSeconds: 600 });
    clock.advance(600 + 3600 + 600 - 1);
    expect(await isRefusedEverywhere(await forge())).toBe(false);
    clock.advance(1 + stepSeconds);
    expect(await isRefusedEverywhere(await forge())).toBe(true);
  });
});
