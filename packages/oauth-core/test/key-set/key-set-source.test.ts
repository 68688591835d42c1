import type { HttpRequest, HttpResponse } from "@credicorp/oauth-core";
import { ok } from "@credicorp/oauth-core";
import type { KeySetValidator } from "@credicorp/oauth-core/key-set";
import { createCancellation, fetchKeySet } from "@credicorp/oauth-core/key-set";
import { describe, expect, it } from "vitest";

import { bytes } from "../support/node-ports.ts";

const url = "https://keys.example/jwks.json";
const validator: KeySetValidator = { url, etag: '"v1"' };

async function get(answer: Partial<HttpResponse>, named?: KeySetValidator) {
  const requests: HttpRequest[] = [];
  const result = await fetchKeySet(
    url,
    { signal: createCancellation().signal, timeoutMs: 1000, validator: named },
    {
      bytes,
      transport: async (request) => {
        requests.push(request);
        return ok({ status: 200, headers: [], body: bytes.encodeUtf8('{"keys":[]}'), ...answer });
      },
    },
  );
  return { result, headers: requests.map(({ headers }) => headers) };
}

describe("fetching a key set", () => {
  it("names the document at hand, and takes 304 for an answer", async () => {
    const headers = [["Cache-Control", "max-age=60"]] as const;

    const { result, headers: sent } = await get({ status: 304, headers }, validator);

    expect(sent).toEqual([
      [
        ["Accept", "application/json"],
        ["If-None-Match", '"v1"'],
      ],
    ]);
    expect(result).toEqual(ok({ kind: "unchanged", maxAgeSeconds: 60 }));
  });

  it("returns the name of a new document, bound to its address", async () => {
    const { result } = await get({ headers: [["ETag", '"v2"']] }, validator);

    expect(result).toMatchObject({ value: { kind: "received", validator: { url, etag: '"v2"' } } });
  });

  it.each([
    ["none was named", undefined],
    ["the one that was is from another address", { ...validator, url: "https://keys.example/old" }],
  ])("refuses 304 when %s", async (_name, named) => {
    const { result, headers } = await get({ status: 304 }, named);

    expect(headers).toEqual([[["Accept", "application/json"]]]);
    expect(result).toMatchObject({ failure: { code: "jwks_status" } });
  });
});
