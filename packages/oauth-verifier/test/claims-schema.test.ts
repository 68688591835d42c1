import { inspect } from "node:util";

import type {
  Outcome,
  RejectedOutcome,
  StandardSchema,
  UnavailableOutcome,
  VerifierOptions,
} from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { setUpIntrospection } from "./support/introspecting-issuer.ts";
import { startIssuer } from "./support/issuer.ts";
import { describeOutcome } from "./support/set-up.ts";

/** A verifier with a schema, and tokens that hold these claims beside the registered ones. */
async function start<Schema extends StandardSchema>(
  claims: Schema,
  options: Partial<VerifierOptions<string, Schema>> = {},
) {
  const issuer = await startIssuer();
  const verifier = createVerifier({
    issuer: issuer.url,
    audience: "https://api.example",
    ...options,
    claims,
  });
  await verifier.ready();
  const token = (extensions: object): string =>
    issuer.keys[0]?.sign(issuer.claims(extensions)) ?? "";
  return { issuer, verifier, token };
}

const tenantSchema = z.object({ tenant: z.string(), limits: z.array(z.number()).default([]) });

/** A schema that is none of zod's, and counts its calls. */
function createSchema<Output>(
  validate: StandardSchema<unknown, Output>["~standard"]["validate"],
): StandardSchema<unknown, Output> & { calls: number } {
  const schema = {
    calls: 0,
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value: unknown) => {
        schema.calls += 1;
        return validate(value);
      },
    },
  } as const satisfies object as StandardSchema<unknown, Output> & { calls: number };
  return schema;
}

function extensionsOf<Claims extends { readonly extensions?: unknown }>(
  outcome: Outcome<never, Claims>,
): Claims["extensions"] {
  if (outcome.kind !== "ok") throw new Error(describeOutcome(outcome));
  return outcome.principal.claims.extensions;
}

function refusalOf<Claims>(outcome: Outcome<never, Claims>): RejectedOutcome | UnavailableOutcome {
  if (outcome.kind === "ok") throw new Error("the token was accepted");
  return outcome;
}

describe("the option claims", () => {
  it("CLM-01 gives out what the schema makes of the claims that are not registered", async () => {
    const { verifier, token } = await start(tenantSchema);
    const outcome = verifier.verifySync(token({ tenant: "t-1", other: true }));

    expect(extensionsOf(outcome)).toEqual({ tenant: "t-1", limits: [] });
    expect(outcome).toMatchObject({ principal: { claims: { subject: "partner-1" } } });
  });

  it("CLM-01 hands an empty object to the schema when there are none", async () => {
    const schema = createSchema((value) => ({ value }));
    const { verifier, token } = await start(schema);

    expect(extensionsOf(verifier.verifySync(token({})))).toEqual({});
  });

  it("CLM-02 refuses a token that does not fit as invalid_token, and shows none of its values", async () => {
    const { verifier, token } = await start(tenantSchema);
    const outcome = verifier.verifySync(token({ tenant: 42, planted: "planted" }));

    expect(outcome).toMatchObject({
      kind: "rejected",
      error: "invalid_token",
      detail: { code: "claims_schema" },
    });
    expect(inspect(outcome, { depth: 9 })).not.toMatch(/42|planted/);
    const response = verifier.toResponse(refusalOf(outcome));
    expect(response.status).toBe(401);
    expect(JSON.stringify(response)).not.toMatch(/schema|42|planted/);
  });

  it("CLM-02 takes a list of issues for a refusal, even an empty one", async () => {
    const { verifier, token } = await start(createSchema(() => ({ issues: [] })));

    expect(describeOutcome(verifier.verifySync(token({})) as Outcome)).toBe(
      "rejected: claims_schema",
    );
  });

  it.each<[string, () => unknown]>([
    ["throws", () => JSON.parse("no JSON")],
    ["rejects", () => Promise.reject(new Error("planted"))],
    ["answers with nothing", () => undefined],
    ["answers with nothing later", () => Promise.resolve()],
    ["answers with what is no object later", () => Promise.resolve(null)],
  ])("CLM-02 lets nobody in, and blames no caller, when a schema %s", async (_name, validate) => {
    const { verifier, token } = await start(createSchema(validate as () => { value: unknown }));
    const outcome = await verifier.verifyToken(token({}));

    expect(describeOutcome(outcome as Outcome)).toBe("unavailable: claims_schema_failed");
    expect(verifier.toResponse(refusalOf(outcome)).status).toBe(503);
  });

  it("CLM-04 gives out what cannot be looked at as it is, and keeps it for nobody else", async () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const schema = createSchema(() => ({ value: proxy }));
    const { verifier, token } = await start(schema);
    const text = token({});

    expect(verifier.verifySync(text).kind).toBe("ok");
    expect(verifier.verifySync(text).kind).toBe("ok");
    expect(schema.calls).toBe(2);
  });

  it("CLM-03 asks the schema about good tokens only", async () => {
    const schema = createSchema((value) => ({ value }));
    const { verifier, token } = await start(schema);
    const [header, payload] = token({}).split(".");
    const forged = `${header}.${payload}.${token({ other: 1 }).split(".")[2]}`;

    expect(describeOutcome(verifier.verifySync(forged) as Outcome)).toBe("rejected: signature");
    expect(describeOutcome(verifier.verifySync(token({ exp: 1_600_000_000 })) as Outcome)).toBe(
      "rejected: expired",
    );
    expect(schema.calls).toBe(0);
  });

  it("CLM-04 keeps what a schema made of a token with the token, frozen at every level", async () => {
    const shared = { nested: { list: [1] } };
    const schema = createSchema(() => ({ value: shared }));
    const { verifier, token } = await start(schema);
    const text = token({});
    const first = extensionsOf(verifier.verifySync(text));
    const second = extensionsOf(verifier.verifySync(text));

    expect(schema.calls).toBe(1);
    expect(second).toBe(first);
    expect(first).toEqual(shared);
    expect(() => first.nested.list.push(2)).toThrow(TypeError);
    expect(() => Object.assign(first.nested, { list: [] })).toThrow(TypeError);
    expect(() => Object.assign(first, { added: 1 })).toThrow(TypeError);
    // What belongs to the application stays as it was.
    expect(Object.isFrozen(shared.nested)).toBe(false);
    shared.nested.list.push(2);
    expect(extensionsOf(verifier.verifySync(text))).toEqual({ nested: { list: [1] } });
  });

  it.each<[string, () => unknown]>([
    ["a Date", () => new Date(0)],
    ["a Map", () => new Map()],
    ["bytes", () => new Uint8Array(2)],
    ["a function", () => () => undefined],
    [
      "an object of a class",
      () =>
        new (class Tenant {
          name = "t-1";
        })(),
    ],
    ["an accessor", () => Object.defineProperty({}, "x", { get: () => 1, enumerable: true })],
    ["a symbol as name", () => ({ [Symbol("x")]: 1 })],
    ["a list with a hole", () => Array(1)],
    ["a list with a member", () => Object.assign([], { x: 1 })],
    ["a list of a class", () => new (class extends Array {})()],
    [
      "an object that contains itself",
      () => {
        const own: Record<string, unknown> = {};
        own["own"] = own;
        return own;
      },
    ],
    ["more than can be copied", () => Array.from({ length: 10_001 }, () => ({}))],
  ])("CLM-04 makes %s anew for each request, as it cannot be frozen", async (_name, create) => {
    const schema = createSchema(() => ({ value: { held: create() } }));
    const { verifier, token } = await start(schema);
    const text = token({});
    const first = extensionsOf(verifier.verifySync(text));
    Object.assign(first, { changed: true });
    const second = extensionsOf(verifier.verifySync(text));

    expect(schema.calls).toBe(2);
    expect(second.held).not.toBe(first.held);
    expect(second).not.toHaveProperty("changed");
  });

  it("CLM-04 keeps members named as those of every object, and texts that are the whole result", async () => {
    const text = JSON.parse('{"__proto__":{"a":1},"constructor":2}') as object;
    const { verifier, token } = await start(createSchema(() => ({ value: text })));
    const whole = await start(createSchema(() => ({ value: "gold" })));
    const extensions = extensionsOf(verifier.verifySync(token({})));

    expect(JSON.stringify(extensions)).toBe('{"__proto__":{"a":1},"constructor":2}');
    expect(Object.getPrototypeOf(extensions)).toBe(Object.prototype);
    expect(extensionsOf(whole.verifier.verifySync(whole.token({})))).toBe("gold");
  });

  it("CLM-04 counts what a schema adds against the cache's budget", async () => {
    const schema = createSchema(() => ({ value: { text: "x".repeat(100_000) } }));
    const { verifier, token } = await start(schema, { maxCacheBytes: 300_000 });
    const text = token({});
    verifier.verifySync(text);
    verifier.verifySync(text);

    expect(schema.calls).toBe(2);
  });

  it("CLM-05 waits for a schema that takes its time", async () => {
    const schema = z
      .object({ tenant: z.string() })
      .transform(async ({ tenant }) => ({ name: tenant }));
    const { verifier, token } = await start(schema);
    const text = token({ tenant: "t-1" });

    expect(describeOutcome(verifier.verifySync(text) as Outcome)).toBe("unavailable: must_wait");
    expect(extensionsOf(await verifier.verifyToken(text))).toEqual({ name: "t-1" });
    // It is kept by now.
    expect(extensionsOf(verifier.verifySync(text))).toEqual({ name: "t-1" });
    expect(describeOutcome((await verifier.verifyToken(token({}))) as Outcome)).toBe(
      "rejected: claims_schema",
    );
  });

  it.each<[string, () => never | Promise<never>]>([
    [
      "throws",
      () => {
        throw new Error("planted");
      },
    ],
    ["rejects", () => Promise.reject(new Error("planted"))],
    ["answers with nothing", () => undefined as never],
  ])("CLM-06 cannot tell whether a token is good when the schema %s", async (_name, validate) => {
    const { verifier, token } = await start(createSchema(validate));
    const outcome = await verifier.verifyToken(token({}));

    expect(outcome).toMatchObject({
      kind: "unavailable",
      detail: { code: "claims_schema_failed" },
      cause: expect.any(Error) as Error,
    });
    const response = verifier.toResponse(refusalOf(outcome));
    expect(response.status).toBe(503);
    expect(JSON.stringify([refusalOf(outcome).detail, response])).not.toContain("planted");
  });

  it("CLM-01 takes schemas that are functions", async () => {
    const schema = Object.assign(
      () => undefined,
      createSchema(() => ({ value: 1 })),
    );
    const { verifier, token } = await start(schema);

    expect(extensionsOf(verifier.verifySync(token({})))).toBe(1);
  });

  it("CLM-01 CLM-02 reads what an issuer tells of a token, which is no more than what is registered", async () => {
    const seen: unknown[] = [];
    const schema = createSchema((value) => {
      seen.push(value);
      return seen.length === 1 ? { value: { tier: "standard" } } : { issues: [] };
    });
    const { issuer, verifier } = await setUpIntrospection({}, { claims: schema as never });
    issuer.tokens.set("opaque", issuer.active({ tenant: "t-1" }));
    const first = await verifier.verifyToken("opaque");
    const second = await verifier.verifyToken("opaque");

    expect(extensionsOf(first)).toEqual({ tier: "standard" });
    expect(describeOutcome(second)).toBe("rejected: claims_schema");
    expect(seen).toEqual([{}, {}]);
  });

  it.each([["payments:write"], undefined])(
    "CLM-04 shares nothing that cannot be frozen where its token is introspected too: %o",
    async (scopes) => {
      const schema = createSchema(() => ({ value: new Uint8Array(2) }));
      const { issuer, verifier } = await setUpIntrospection(
        { ...(scopes && { scopes }) },
        { claims: schema as never },
      );
      const request = {
        method: "GET",
        url: "/",
        headers: [["Authorization", `Bearer ${issuer.issue()}`]] as const,
      };
      const requirement = { scope: ["payments:write"] } as const;
      const first = extensionsOf(await verifier.verifyRequest(request, requirement));
      const second = extensionsOf(await verifier.verifyRequest(request, requirement));

      expect(first).toBeInstanceOf(Uint8Array);
      expect(second).not.toBe(first);
      expect(issuer.questions.length).toBeGreaterThan(0);
    },
  );
});
