import { createVerifier } from "@credicorp/oauth-verifier";
import {
  toStandardResponse,
  withAccessToken,
  withResourceMetadata,
} from "@credicorp/oauth-verifier/fetch";
import { describe, expect, it } from "vitest";

import { setUp } from "../support/set-up.ts";

describe("fetch handlers", () => {
  it("get what the runtime passes beside the request", async () => {
    const { verifier, issuer } = await setUp();
    const handler = withAccessToken(
      verifier,
      { scope: ["decisions:read"] },
      async (_request, { clientId }, environment: { readonly region: string }) =>
        new Response(`${clientId} ${environment.region}`),
    );
    const request = new Request("https://api.example/", {
      headers: { Authorization: `Bearer ${issuer.keys[0]?.sign(issuer.claims()) ?? ""}` },
    });

    expect(await (await handler(request, { region: "eu" })).text()).toBe("partner-1 eu");
  });

  it("may answer with what they fetched, whose fields cannot be changed", async () => {
    const { verifier, issuer } = await setUp();
    const handler = withAccessToken(
      {
        ...verifier,
        beginRequest: async (...args) => {
          const outcome = await verifier.beginRequest(...args);
          return outcome.kind === "ok"
            ? { ...outcome, responseHeaders: [["DPoP-Nonce", "n-1"]] }
            : outcome;
        },
      },
      {},
      async () => fetch(`${issuer.url}/jwks`),
    );
    const response = await handler(
      new Request("https://api.example/", {
        headers: { Authorization: `Bearer ${issuer.keys[0]?.sign(issuer.claims()) ?? ""}` },
      }),
    );

    expect([response.status, response.headers.get("dpop-nonce")]).toEqual([200, "n-1"]);
    expect(await response.json()).toHaveProperty("keys");
  });

  it("keep fields of one name apart in an answer", () => {
    const headers = [
      ["WWW-Authenticate", "Bearer"],
      ["WWW-Authenticate", "DPoP"],
    ] as const;
    const response = toStandardResponse({ status: 401, headers, body: "" });

    expect(response.headers.get("www-authenticate")).toBe("Bearer, DPoP");
  });

  it("have no metadata to serve unless the verifier has a resource", () => {
    const verifier = createVerifier({
      issuer: "https://hub.example",
      audience: "https://api.example",
    });

    expect(verifier.resourceMetadata()).toBeUndefined();
    expect(() => withResourceMetadata(verifier, async () => new Response())).toThrow(
      expect.objectContaining({ code: "ERR_OAUTH_CONFIG", option: "resource" }),
    );
  });
});
