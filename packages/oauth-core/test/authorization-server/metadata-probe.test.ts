import { readFileSync } from "node:fs";

import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import type { AuthorizationServerConfiguration } from "@credicorp/oauth-core/authorization-server";
import type { ServerMetadata } from "@credicorp/oauth-core/protocol";
import { formatServerMetadata } from "@credicorp/oauth-core/protocol";

import type { ProbeKeys } from "./support/metadata-probes.ts";
import {
  createProbeKeys,
  createProber,
  metadataProbes,
  probedElsewhere,
} from "./support/metadata-probes.ts";

const some = <Value>(...values: readonly Value[]): fc.Arbitrary<Value[]> =>
  fc.shuffledSubarray([...values], { minLength: 1 });
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const path = fc.constantFrom("", "/v2", "/tenant-7/x");

const secondKey = fc.constantFrom(undefined, 0, 600);
const configurations: fc.Arbitrary<Partial<AuthorizationServerConfiguration>> = fc.record({
  issuer: fc.constantFrom(
    "https://hub.example.com",
    "https://hub.example.com/tenant",
    "https://hub.example.com:8443",
    "http://127.0.0.1:9400",
  ),
  clientAuthenticationMethods: some(
    "client_secret_basic" as const,
    "client_secret_post" as const,
    "private_key_jwt" as const,
  ),
  dpop: maybe(
    fc.record({ algorithms: some("ES256" as const, "PS256" as const, "Ed25519" as const) }),
  ),
  resources: fc
    .array(some("applications:write", "decisions:read", "loans:read", "reports"), {
      minLength: 1,
      maxLength: 3,
    })
    .map((all) =>
      all.map((scopes, index) => ({ identifier: `https://api${index}.example.com`, scopes })),
    ),
  paths: maybe(
    path.map((base) => ({
      token: `${base}/token`,
      introspection: `${base}/introspect`,
      revocation: `${base}/revoke`,
      jwks: `${base}/keys.json`,
    })),
  ),
  responseTypesSupported: maybe(fc.constant(["none"])),
  serviceDocumentation: maybe(fc.constant("https://docs.example.com")),
});

describe("metadata, probed", () => {
  let keys: ProbeKeys;
  beforeAll(async () => {
    keys = await createProbeKeys();
  });

  it("MD-13 MD-06 MD-07 MD-08 MD-09 MD-10 MD-11 advertises what the server accepts, all of it and nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(configurations, secondKey, async (configuration, secondKeyAfterSeconds) => {
        const prober = await createProber(configuration, { keys, secondKeyAfterSeconds });
        const found: Record<string, unknown> = {};
        for (const [name, probe] of Object.entries(metadataProbes))
          found[name] = await probe(prober);

        expect(normalized(prober.metadata)).toEqual(normalized(found));
        expect(JSON.stringify(prober.metadata)).not.toMatch(/"none"(?!\],"grant)|\[\]|null/);
      }),
      { numRuns: Math.min(500, Math.max(20, (fc.readConfigureGlobal().numRuns ?? 0) / 4)) },
    );
  });

  it("MD-13 has a probe for every member that can be advertised", () => {
    const everything = new Proxy<Record<string, unknown>>({}, { get: () => ["x"] });

    const members = Object.keys(
      JSON.parse(formatServerMetadata(everything as unknown as ServerMetadata)) as object,
    );

    expect(members.length).toBeGreaterThan(10);
    const isProbed = (member: string): boolean => {
      const file = probedElsewhere[member];
      if (file === undefined) return Object.hasOwn(metadataProbes, member);
      return readFileSync(new URL(file, import.meta.url), "utf8").includes(member);
    };
    expect(members.filter((member) => !isProbed(member))).toEqual([]);
  });
});

/** The order of a list says nothing. */
function normalized(members: Readonly<Record<string, unknown>>): object {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      Array.isArray(value) ? (value as string[]).toSorted() : value,
    ]),
  );
}
