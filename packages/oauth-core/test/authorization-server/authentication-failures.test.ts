import { describe, expect, it, vi } from "vitest";

import type { Digest } from "@credicorp/oauth-core";
import { parseChallenges } from "@credicorp/oauth-core/protocol";

import { digest } from "../support/node-ports.ts";
import { createDatedSecretsServer, datedSecrets } from "./support/dated-secrets.ts";
import type { TestResponse } from "./support/test-server.ts";
import { basic, createTestServer, issuer, paths, secrets } from "./support/test-server.ts";

const grantType = { grant_type: "client_credentials" };
const endpoints = [paths.token, paths.introspection, paths.revocation];

/** All ways to fail that a stranger must not be able to tell apart. */
const failures: readonly {
  readonly why: string;
  readonly header?: readonly [string, string];
  readonly form?: Readonly<Record<string, string>>;

  /** As many as the client has secrets. @defaultValue 1 */
  readonly comparisons?: number;
}[] = [
  { why: "client_unknown", header: basic("nobody", secrets.basic) },
  { why: "secret_wrong", header: basic("basic", secrets.post) },
  { why: "secret_expired", header: basic("windows", datedSecrets.old), comparisons: 3 },
  { why: "secret_not_yet_valid", header: basic("windows", datedSecrets.next), comparisons: 3 },
  { why: "client_disabled", header: basic("suspended", datedSecrets.live) },
  { why: "method_not_registered", header: basic("post", secrets.post) },
  { why: "method_not_registered", form: { client_id: "basic", client_secret: secrets.basic } },
  { why: "credentials_missing" },
  { why: "credentials_missing", form: { client_id: "basic" } },
  { why: "credentials_malformed", form: { client_secret: secrets.post } },
  { why: "credentials_malformed", header: ["Authorization", "Basic !!!"] },
  { why: "scheme_unsupported", header: ["Authorization", "Negotiate abcd"] },
  { why: "method_unsupported", form: { client_id: "basic", client_assertion: "a.b.c" } },
];

function withoutId({ status, headers, body }: TestResponse): unknown {
  return { status, body, headers: headers.filter(([name]) => name !== "X-Request-Id") };
}

describe("failed client authentication", () => {
  it.each(endpoints)("AUTH-05 INT-02 answers 401 with a Basic challenge at %s", async (path) => {
    const server = await createDatedSecretsServer();

    const response = await server.post(path, grantType, { headers: [basic("basic", "wrong")] });

    expect(response).toMatchObject({ status: 401, json: { error: "invalid_client" } });
    expect(parseChallenges(response.header("www-authenticate") ?? "")).toEqual([
      { scheme: "Basic", parameters: { realm: issuer, charset: "UTF-8" } },
    ]);
  });

  it.each(endpoints)("AUTH-06 answers every failure with the same bytes at %s", async (path) => {
    const server = await createDatedSecretsServer();
    const reference = await server.post(path, grantType, { headers: [basic("basic", "wrong")] });

    for (const { why, header, form } of failures) {
      const headers = header === undefined ? [] : [header];
      const response = await server.post(
        path,
        { ...grantType, ...form },
        { headers, address: why },
      );
      expect(withoutId(response)).toEqual(withoutId(reference));
      expect(server.events.at(-1)).toMatchObject({ type: "request_refused", why });
    }
  });

  it.each(failures)(
    "AUTH-06 does the same work when it fails for $why",
    async ({ header, form, comparisons = 1 }) => {
      const sha256 = vi.fn<Digest["sha256"]>(digest.sha256);
      const isEqual = vi.fn<Digest["isEqual"]>(digest.isEqual);
      const server = await createDatedSecretsServer({ digest: { sha256, isEqual } });
      sha256.mockClear();

      const headers = header === undefined ? [] : [header];
      await server.post(paths.token, { ...grantType, ...form }, { headers });

      expect(sha256).toHaveBeenCalledTimes(1);
      expect(isEqual).toHaveBeenCalledTimes(comparisons);
    },
  );

  it.each(endpoints)(
    "AUTH-07 INT-10 stops guessing at %s before it hashes anything",
    async (path) => {
      const sha256 = vi.fn<Digest["sha256"]>(digest.sha256);
      const server = await createTestServer({}, { digest: { ...digest, sha256 } });
      const guess = (secret: string, address?: string): Promise<TestResponse> =>
        server.post(
          path,
          { ...grantType, token: "x" },
          { headers: [basic("basic", secret)], ...(address && { address }) },
        );

      for (let count = 0; count < 10; count += 1)
        expect((await guess(`guess ${count}`)).status).toBe(401);
      sha256.mockClear();
      const blocked = await guess(secrets.basic);

      expect(blocked).toMatchObject({ status: 429, json: { error: "temporarily_unavailable" } });
      expect(sha256).not.toHaveBeenCalled();
      expect((await guess(secrets.basic, "203.0.113.9")).status).toBe(200);
    },
  );
});
