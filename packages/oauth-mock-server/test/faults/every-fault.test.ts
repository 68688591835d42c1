import { readFile } from "node:fs/promises";

import type { FaultName, FaultRule } from "@credicorp/oauth-mock-server";
import { describe, expect, it } from "vitest";

import type { FaultSetting, Seen } from "../support/fault-setting.ts";
import {
  jwksPath,
  metadataPath,
  readSegment,
  see,
  setUpFaults,
  ways,
} from "../support/fault-setting.ts";

/** What a caller sees of an answer, in short. */
interface Sight {
  readonly status: number;
  readonly type: string | null;
  readonly retryAfter: string | null;
  readonly json: Record<string, unknown>;
}

interface Case {
  readonly rule: FaultRule;

  /** @defaultValue asks for a token */
  readonly send?: (setting: FaultSetting) => Promise<Response>;

  /** @defaultValue an answer */
  readonly kind?: Seen["kind"];

  /** Looks at the answer. */
  readonly seen?: (sight: Sight) => void;

  /** What the next answer is. @defaultValue 200 */
  readonly honestStatus?: number;
}

const getJwks = ({ send }: FaultSetting): Promise<Response> => send(jwksPath);
const getMetadata = ({ send }: FaultSetting): Promise<Response> => send(metadataPath);

/** One rule of each fault there is; the compiler says which is missing. */
const cases: Readonly<Record<FaultName, Case>> = {
  delay: {
    rule: { fault: "delay", delayMs: 1 },
    seen: ({ status }) => expect(status).toBe(200),
  },
  slow_drip: {
    rule: { fault: "slow_drip", chunkBytes: 100, everyMs: 1 },
    seen: ({ json }) => expect(json).toMatchObject({ token_type: "Bearer" }),
  },
  connection_reset: { rule: { fault: "connection_reset" }, kind: "no answer" },
  empty_answer: { rule: { fault: "empty_answer" }, kind: "no answer" },
  truncated_body: { rule: { fault: "truncated_body" }, kind: "broken body" },
  truncated_json: {
    rule: { fault: "truncated_json", endpoint: "jwks" },
    send: getJwks,
    seen: ({ status, json }) => {
      expect(status).toBe(200);
      expect(json["unreadable"]).toMatch(/^\{"keys":\[\{"kty":"EC"/);
    },
  },
  html_page: {
    rule: { fault: "html_page" },
    seen: ({ status, type, json }) => {
      expect({ status, type }).toEqual({ status: 502, type: "text/html; charset=utf-8" });
      expect(json["unreadable"]).toContain("<!doctype html>");
    },
  },
  error_with_200: {
    rule: { fault: "error_with_200", error: "invalid_client" },
    seen: ({ status, json }) => {
      expect(status).toBe(200);
      expect(json["error"]).toBe("invalid_client");
    },
  },
  too_many_requests: {
    rule: { fault: "too_many_requests", retryAfterSeconds: 7 },
    seen: ({ status, retryAfter, json }) => {
      expect({ status, retryAfter }).toEqual({ status: 429, retryAfter: "7" });
      expect(json["error"]).toBe("temporarily_unavailable");
    },
  },
  server_error: {
    rule: { fault: "server_error", status: 500 },
    seen: ({ status, retryAfter, json }) => {
      expect({ status, retryAfter }).toEqual({ status: 500, retryAfter: null });
      expect(json["error"]).toBe("server_error");
    },
  },
  dpop_nonce_storm: {
    rule: { fault: "dpop_nonce_storm" },
    send: ({ askForToken, sandbox }) => {
      const { id, secret } = sandbox.clients.get("partner-basic");
      const authorization = `Basic ${btoa(`${id}:${secret}`)}`;
      return askForToken({}, { headers: { authorization, dpop: "a.proof" } });
    },
    seen: ({ status, json }) => {
      expect({ status, error: json["error"] }).toEqual({ status: 400, error: "use_dpop_nonce" });
    },
    // It was no proof.
    honestStatus: 400,
  },
  clock_skew: {
    rule: { fault: "clock_skew", seconds: 3600 },
    seen: ({ json }) => {
      const ahead = Number(readSegment(json["access_token"], 1)["iat"]) - Date.now() / 1000;
      expect(ahead).toBeGreaterThan(3590);
      expect(ahead).toBeLessThan(3610);
    },
  },
  expired_on_arrival: {
    rule: { fault: "expired_on_arrival", agoSeconds: 5 },
    seen: ({ json }) => {
      const { iat, exp } = readSegment(json["access_token"], 1);
      expect(json["expires_in"]).toBe(900);
      expect(Number(exp)).toBeLessThan(Date.now() / 1000 - 4);
      expect(Number(exp) - Number(iat)).toBeOneOf([900, 901]);
    },
  },
  unknown_kid: {
    rule: { fault: "unknown_kid" },
    seen: ({ json }) => expect(readSegment(json["access_token"], 0)["kid"]).toMatch(/^[\w-]{43}$/),
  },
  bad_signature: {
    rule: { fault: "bad_signature" },
    seen: ({ json }) => expect(readSegment(json["access_token"], 0)["alg"]).toBe("ES256"),
  },
  wrong_issuer: {
    rule: { fault: "wrong_issuer" },
    seen: ({ json }) => {
      expect(readSegment(json["access_token"], 1)["iss"]).toBe("https://issuer.invalid");
    },
  },
  wrong_audience: {
    rule: { fault: "wrong_audience", audience: "https://elsewhere.example" },
    seen: ({ json }) => {
      expect(readSegment(json["access_token"], 1)["aud"]).toBe("https://elsewhere.example");
    },
  },
  narrowed_scope: {
    rule: { fault: "narrowed_scope" },
    seen: ({ json }) => {
      expect(json["scope"]).toBe("applications:write");
      expect(readSegment(json["access_token"], 1)["scope"]).toBe("applications:write");
    },
  },
  expires_in: {
    rule: { fault: "expires_in", as: "missing" },
    seen: ({ json }) => {
      expect(Object.keys(json)).toEqual(["access_token", "token_type", "scope"]);
    },
  },
  token_type: {
    rule: { fault: "token_type" },
    seen: ({ json }) => expect(json["token_type"]).toBe("mac"),
  },
  key_missing: {
    rule: { fault: "key_missing" },
    send: getJwks,
    seen: ({ json }) => expect(json).toEqual({ keys: [] }),
  },
  key_published_late: {
    rule: { fault: "key_published_late", lateBySeconds: 60 },
    send: async ({ sandbox, send }) => {
      await sandbox.keys.rotate();
      return send(jwksPath);
    },
    seen: ({ json }) => expect(json["keys"]).toHaveLength(1),
  },
  wrong_metadata_issuer: {
    rule: { fault: "wrong_metadata_issuer", issuer: "https://other.example" },
    send: getMetadata,
    seen: ({ json }) => expect(json["issuer"]).toBe("https://other.example"),
  },
};

function read(seen: Seen): Sight {
  if (seen.kind !== "answer") throw seen.error;
  const { status, headers, text } = seen;
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(text);
  } catch {
    json = { unreadable: text };
  }
  return {
    status,
    type: headers.get("content-type"),
    retryAfter: headers.get("retry-after"),
    json,
  };
}

describe.each(ways)("a sandbox reached %s", (way) => {
  it.each(Object.entries(cases))(
    "FLT-01 has the fault %s once, counts it, and is honest again",
    async (_name, { rule, send = ({ askForToken }) => askForToken(), ...expected }) => {
      const setting = await setUpFaults(way);
      const { hits } = setting.sandbox.faults.add({ ...rule, times: 1 });

      const first = await see(send(setting));
      const second = await see(send(setting));

      expect(first.kind).toBe(expected.kind ?? "answer");
      expected.seen?.(read(first));
      expect(hits()).toBe(1);
      expect(setting.sandbox.faults.list()).toMatchObject([{ hits: 1, state: "spent" }]);
      const honest = read(second);
      expect(honest.status).toBe(expected.honestStatus ?? 200);
      expect(honest.json["error"]).not.toBe("use_dpop_nonce");
    },
  );
});

it("is described, each fault with its members, in docs/faults.md", async () => {
  const text = await readFile(new URL("../../../../docs/faults.md", import.meta.url), "utf8");
  const described = new Set([...text.matchAll(/^\| `(\w+)` /gm)].map(([, name]) => name));

  for (const [name, { rule }] of Object.entries(cases)) {
    expect(described).toContain(name);
    const row = text.split("\n").find((line) => line.startsWith(`| \`${name}\` `));
    for (const member of Object.keys(rule).filter((one) => !["fault", "endpoint"].includes(one))) {
      expect(row).toContain(`\`${member}\``);
    }
  }
});
