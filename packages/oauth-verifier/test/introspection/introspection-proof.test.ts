import { createPrivateKey, generateKeyPair, sign } from "node:crypto";
import { promisify } from "node:util";

import type { IntrospectionCall } from "@credicorp/oauth-verifier";
import { describe, expect, it } from "vitest";

import { clientId, replyWith, setUpIntrospection } from "../support/introspecting-issuer.ts";
import { describeOutcome } from "../support/set-up.ts";

describe("the proof of the resource server", () => {
  it("takes up a secret that is rotated", async () => {
    let clientSecret = "first";
    const { issuer, verifier } = await setUpIntrospection({ clientSecret: () => clientSecret });

    await verifier.verifyToken("a");
    clientSecret = "second";
    await verifier.verifyToken("b");

    const sent = issuer.questions.map(({ authorization = "" }) => atob(authorization.slice(6)));
    expect(sent).toEqual(["api%2Bserver:first", "api%2Bserver:second"]);
  });

  it("makes a signed assertion anew for each request, the one after a broken connection too", async () => {
    const { privateKey } = await promisify(generateKeyPair)("ed25519");
    const key = createPrivateKey(privateKey.export({ format: "pem", type: "pkcs8" }));
    const calls: IntrospectionCall[] = [];
    const { issuer, verifier } = await setUpIntrospection({
      authenticate: async (call) => {
        calls.push(call);
        const claims = { iss: call.clientId, aud: call.issuer, jti: `${calls.length}` };
        const input = [{ alg: "Ed25519" }, claims]
          .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
          .join(".");
        const signature = sign(null, Buffer.from(input), key).toString("base64url");
        return {
          headers: [["X-Proof", "here"]],
          fields: {
            clientAssertionType: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            clientAssertion: `${input}.${signature}`,
          },
        };
      },
    });
    issuer.tokens.set("token", issuer.active());
    const headers: unknown[] = [];
    issuer.reply = (response, question, request) => {
      headers.push(request.headers["x-proof"]);
      if (headers.length === 1) request.socket.destroy();
      else replyWith(issuer.tokens)(response, question, request);
    };

    expect(describeOutcome(await verifier.verifyToken("token"))).toBe("ok");

    expect(calls).toEqual(
      [1, 2].map(() => ({ url: `${issuer.url}/introspect`, issuer: issuer.url, clientId })),
    );
    expect(headers).toEqual(["here", "here"]);
    const assertions = issuer.questions.map(({ form }) => form["client_assertion"]);
    expect(new Set(assertions).size).toBe(2);
    expect(issuer.questions[0]).toMatchObject({
      authorization: undefined,
      form: { client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" },
    });
  });

  it.each([
    {
      name: "throws",
      authenticate: () => {
        throw new Error("no key");
      },
    },
    { name: "rejects", authenticate: async () => Promise.reject(new Error("no key")) },
    { name: "brings nothing", authenticate: () => undefined as never },
  ])("is the server's own fault when it $name", async ({ authenticate }) => {
    const { issuer, verifier } = await setUpIntrospection({ authenticate });

    expect((await verifier.verifyToken("token")).kind).toBe("unavailable");
    expect(verifier.health().introspection).toMatchObject({
      phase: "paused",
      lastFailure: "client_authentication_failed",
    });
    expect(issuer.questions).toEqual([]);
  });

  it("is the server's own fault when a secret is empty, and when it never comes", async () => {
    const empty = await setUpIntrospection({ clientSecret: () => "" });
    await empty.verifier.verifyToken("token");
    expect(empty.verifier.health().introspection?.lastFailure).toBe("client_authentication_failed");

    const silent = await setUpIntrospection({
      clientSecret: async () => new Promise(() => undefined),
      timeoutMs: 50,
    });
    await silent.verifier.ready();
    await silent.verifier.verifyToken("token");
    expect(silent.verifier.health().introspection?.lastFailure).toBe(
      "client_authentication_timeout",
    );
  });
});
