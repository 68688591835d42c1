import { describe, expect, it } from "vitest";

import { createTestServer, paths, secrets } from "./support/test-server.ts";

describe("order of checks", () => {
  it("TOK-22 checks in a fixed order: the earliest rule that is broken answers", async () => {
    const server = await createTestServer({
      maxBodyBytes: 400,
      limits: { address: { limit: 3, windowSeconds: 60 } },
    });
    const form = "application/x-www-form-urlencoded";
    const send = async (type: string, body: string, method = "POST"): Promise<unknown> => {
      const response = await server.request({
        method,
        target: paths.token,
        headers: [["Content-Type", type]],
        body,
      });
      return server.events.at(-1)?.type === "request_refused"
        ? (server.events.at(-1) as { why: string }).why
        : response.status;
    };
    const large = `scope=a&scope=b&x=%zz&y=${"a".repeat(400)}`;

    expect(await send("text/plain", large, "GET")).toBe("method_not_allowed");
    expect(await send("text/plain", large)).toBe("media_type");
    expect(await send(form, large)).toBe("body_too_large");
    expect(await send(form, "scope=a&scope=b&x=%zz")).toBe("body_malformed");
    expect(await send(form, "scope=a&scope=b")).toBe("parameter_repeated");
    // The three requests that the address has left: then its budget comes before authentication.
    expect(await send(form, "grant_type=x&scope=%20")).toBe("credentials_missing");
    expect(
      await send(form, `client_id=post&client_secret=${secrets.post}&grant_type=x&scope=%20`),
    ).toBe("grant_type_unknown");
    expect(
      await send(
        form,
        `client_id=post&client_secret=${secrets.post}&grant_type=client_credentials&scope=%20`,
      ),
    ).toBe("scope_malformed");
    expect(await send(form, "grant_type=x&scope=%20")).toBe("address_budget_spent");
  });
});
