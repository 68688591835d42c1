import { describe, expect, it } from "vitest";

import { dpop } from "@credicorp/oauth-client/dpop";
import type { CancelSignal } from "@credicorp/oauth-core";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { FaultName, FaultRule } from "@credicorp/oauth-mock-server";

import { sleep as realSleep } from "@credicorp/oauth-runtime";

import { startFaultyHub } from "./support/faulty-hub.ts";

/** What becomes of a call while a fault happens. */
interface Row {
  readonly rule: FaultRule;

  /** Of the first call, when the fault happens once. */
  readonly once: string;

  /** Of the call after that. @defaultValue served with the token that is there */
  readonly next?: string;

  /** Of the first call, when the fault happens always. Absent: as `once`, where nothing was tried again. */
  readonly always?: string;
}

const served = "200, 1 token requests";
const servedFromCache = "200, 0 token requests";
const retried = "200, 2 token requests";

/** A failure that may pass: tried again, three times in all. */
function triedAgain(error: string, rule: FaultRule): Row {
  return { rule, once: retried, always: `${error}, 3 token requests` };
}

/** A failure that a repetition would not mend: it is remembered, and nothing is sent for the next call. */
function explained(error: string, rule: FaultRule): Row {
  return { rule, once: `${error}, 1 token requests`, next: `${error}, 0 token requests` };
}

/** A token that the API refuses is not kept: the call that it was obtained for sees the 401, the next one is served. */
function refusedByApi(rule: FaultRule): Row {
  return { rule, once: "401 invalid_token, 1 token requests", next: served };
}

const [timeout, network, status] = [
  "ERR_OAUTH_TIMEOUT",
  "ERR_OAUTH_NETWORK",
  "ERR_OAUTH_HTTP_STATUS",
];
const protocol = (failure: string): string => `ERR_OAUTH_PROTOCOL ${failure}`;
const response = (error: string): string => `ERR_OAUTH_RESPONSE ${error}`;
const endpoint = "token";

/** Each fault there is, and what our client makes of it; the compiler says which is missing. */
const table: Readonly<Record<FaultName, readonly Row[]>> = {
  delay: [
    { rule: { fault: "delay", endpoint, delayMs: 5 }, once: served },
    triedAgain(timeout, { fault: "delay", endpoint, delayMs: 600_000 }),
  ],
  slow_drip: [
    { rule: { fault: "slow_drip", endpoint, chunkBytes: 100, everyMs: 1 }, once: served },
    // The time limit is for the whole answer, as it is above.
    {
      rule: { fault: "slow_drip", endpoint, chunkBytes: 1, everyMs: 600_000 },
      once: retried,
    },
  ],
  connection_reset: [
    triedAgain(network, { fault: "connection_reset", endpoint }),
    {
      rule: { fault: "connection_reset", endpoint: "metadata" },
      once: served,
      always: `${network}, 0 token requests`,
    },
    // The verifier says that it cannot tell, and never that the token is bad.
    {
      rule: { fault: "connection_reset", endpoint: "jwks" },
      once: "503, 1 token requests",
      next: "503, 0 token requests",
    },
  ],
  empty_answer: [triedAgain(network, { fault: "empty_answer", endpoint })],
  truncated_body: [triedAgain(network, { fault: "truncated_body", endpoint })],
  truncated_json: [
    explained(protocol("token_response_not_json"), { fault: "truncated_json", endpoint }),
    {
      rule: { fault: "truncated_json", endpoint: "metadata" },
      once: `${protocol("metadata_not_json")}, 0 token requests`,
      next: `${protocol("metadata_not_json")}, 0 token requests`,
    },
  ],
  html_page: [
    triedAgain(status, { fault: "html_page", endpoint }),
    explained(protocol("token_response_not_json"), { fault: "html_page", endpoint, status: 200 }),
    explained(status, { fault: "html_page", endpoint, status: 403 }),
  ],
  error_with_200: [
    explained(response("temporarily_unavailable"), { fault: "error_with_200", endpoint }),
  ],
  too_many_requests: [
    triedAgain(response("temporarily_unavailable"), {
      fault: "too_many_requests",
      endpoint,
      retryAfterSeconds: 0,
    }),
  ],
  server_error: [
    triedAgain(response("temporarily_unavailable"), { fault: "server_error", endpoint }),
    triedAgain(response("server_error"), { fault: "server_error", endpoint, status: 500 }),
  ],
  dpop_nonce_storm: [
    // Without DPoP there is no proof to ask another nonce for.
    { rule: { fault: "dpop_nonce_storm" }, once: served },
  ],
  clock_skew: [
    { rule: { fault: "clock_skew", endpoint, seconds: 30 }, once: served },
    { rule: { fault: "clock_skew", endpoint, seconds: -600 }, once: served },
    // Its tokens had expired before they were issued.
    refusedByApi({ fault: "clock_skew", endpoint, seconds: -3600 }),
  ],
  expired_on_arrival: [refusedByApi({ fault: "expired_on_arrival" })],
  unknown_kid: [refusedByApi({ fault: "unknown_kid" })],
  bad_signature: [refusedByApi({ fault: "bad_signature" })],
  wrong_issuer: [refusedByApi({ fault: "wrong_issuer" })],
  wrong_audience: [refusedByApi({ fault: "wrong_audience" })],
  narrowed_scope: [
    {
      rule: { fault: "narrowed_scope", grants: ["applications:write"] },
      once: "403 insufficient_scope, 1 token requests",
      next: "403 insufficient_scope, 0 token requests",
    },
    { rule: { fault: "narrowed_scope", grants: ["decisions:read"] }, once: served },
  ],
  expires_in: [
    ...(["missing", "null", "string", "fraction", "huge"] as const).map((as): Row => {
      return { rule: { fault: "expires_in", as }, once: served };
    }),
    ...(["text", "zero", "negative"] as const).map((as) =>
      explained(protocol("expires_in_invalid"), { fault: "expires_in", as }),
    ),
  ],
  token_type: [
    explained(protocol("token_type_unknown"), { fault: "token_type" }),
    explained(protocol("token_type_unexpected"), { fault: "token_type", value: "DPoP" }),
    { rule: { fault: "token_type", value: "BEARER" }, once: served },
  ],
  key_missing: [
    {
      rule: { fault: "key_missing" },
      once: "503, 1 token requests",
      next: "503, 0 token requests",
    },
  ],
  // No key is late before one was rotated: see below.
  key_published_late: [{ rule: { fault: "key_published_late", lateBySeconds: 60 }, once: served }],
  wrong_metadata_issuer: [
    {
      rule: { fault: "wrong_metadata_issuer" },
      once: `${protocol("metadata_issuer_mismatch")}, 0 token requests`,
      next: `${protocol("metadata_issuer_mismatch")}, 0 token requests`,
    },
  ],
};

const rows = Object.values(table).flat();

/** Time-outs are for those rows alone that are about them: elsewhere a busy machine must not cause one. */
function clientOptions({ rule }: Row): { readonly requestTimeoutMs: number } {
  const isEndless =
    (rule.fault === "delay" && rule.delayMs > 1000) ||
    (rule.fault === "slow_drip" && Number(rule.everyMs) > 1000);
  return { requestTimeoutMs: isEndless ? 800 : 30_000 };
}

describe("our client under every fault, over sockets", () => {
  it.each(rows)("FLT-10 survives or explains $rule once, and goes on", async (row) => {
    const { sandbox, call } = await startFaultyHub({ client: clientOptions(row) });
    sandbox.faults.add({ ...row.rule, times: 1 });

    const [first, second] = [await call(), await call()];

    expect([first, second]).toEqual([row.once, row.next ?? servedFromCache]);
  });

  it.each(rows.filter(({ always }) => always !== undefined))(
    "FLT-10 gives up $rule when it lasts, and says why",
    async (row) => {
      const { sandbox, call } = await startFaultyHub({ client: clientOptions(row) });
      sandbox.faults.add(row.rule);

      expect(await call()).toBe(row.always);
    },
  );

  it.each(
    (
      [
        "expired_on_arrival",
        "unknown_kid",
        "bad_signature",
        "wrong_issuer",
        "wrong_audience",
      ] as const
    ).map((fault) => ({ fault })),
  )(
    "FLT-10 replaces a token with the fault $fault that it held already, unseen by its caller",
    async (rule) => {
      const { sandbox, client, call } = await startFaultyHub();
      sandbox.faults.add({ ...rule, times: 1 });
      await client.getToken();

      expect(await call()).toBe(served);
    },
  );

  it.each(["seconds", "date"] as const)(
    "FLT-10 waits as long as Retry-After asks, in %s",
    async (retryAfterForm) => {
      const clock = createControlledClock(Date.now() / 1000);
      const waits: number[] = [];
      const sleep = (ms: number, signal?: CancelSignal): Promise<void> => {
        // Whoever waits longer is a time-out.
        if (ms > 9000) return realSleep(ms, signal);
        waits.push(ms);
        clock.advance(ms / 1000);
        return Promise.resolve();
      };
      const { sandbox, call } = await startFaultyHub({
        client: { requestTimeoutMs: 30_000, ports: { clock, sleep } },
      });
      const rule = { fault: "too_many_requests", endpoint, times: 1 } as const;
      sandbox.faults.add({ ...rule, retryAfterSeconds: 7, retryAfterForm });

      expect(await call()).toBe(retried);

      const waitedMs = waits.reduce((sum, ms) => sum + ms, 0);
      expect(waitedMs).toBeGreaterThan(6900);
      expect(waitedMs).toBeLessThan(9000);
    },
  );

  it("FLT-10 gives up in a storm of DPoP nonces, and says what it was asked for", async () => {
    const { sandbox, call } = await startFaultyHub({
      clientId: "partner-dpop",
      client: { dpop: dpop({ generate: "ES256" }) },
    });
    sandbox.faults.add({ fault: "dpop_nonce_storm" });

    expect(await call()).toBe("ERR_OAUTH_RESPONSE use_dpop_nonce, 2 token requests");
  });

  it("gives up when the nonce that it was given is not the one that is wanted", async () => {
    const { sandbox, client } = await startFaultyHub({
      clientId: "partner-dpop-nonce",
      client: { dpop: dpop({ generate: "ES256" }) },
    });
    sandbox.faults.add({ fault: "dpop_nonce_storm", times: 1 });

    // The nonce of the storm is none of the server's, which then asks for its own.
    const outcome = await client.tryGetToken();

    expect(outcome).toMatchObject({ ok: false, failure: { error: "use_dpop_nonce" } });
  });

  it("FLT-10 is refused while a key is published late, and served once it is there", async () => {
    const { sandbox, call } = await startFaultyHub({ isVerifierOnSandboxTime: true });
    sandbox.clock.freeze();
    await sandbox.scenarios.keyRotation({ publishedLateBy: "1m" });

    expect(await call()).toBe("401 invalid_token, 1 token requests");
    sandbox.clock.advance("61s");

    expect(await call()).toBe(served);
  });
});
