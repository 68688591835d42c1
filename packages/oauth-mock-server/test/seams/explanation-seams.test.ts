import { describe, expect, it } from "vitest";

import type { Explanation, FaultRule } from "@credicorp/oauth-mock-server";
import { createSandbox, formatExplanation } from "@credicorp/oauth-mock-server";

import { adminOf } from "../support/admin.ts";
import { basic as basicValue, sendTo, tokenRequest } from "../support/requests.ts";

const tokenPath = "/partner/v1/oauth/token";

/** Lets a client ask why its own request was refused, which had `secret`. */
async function ownExplanation(secret: string): Promise<Partial<Explanation>> {
  await using sandbox = await createSandbox();
  const client = sandbox.clients.get("partner-basic");
  const refused = await sandbox.fetch(tokenPath, tokenRequest({ ...client, secret }));
  const answer = await sandbox.fetch(
    `/partner/v1/oauth/explanations/${refused.headers.get("x-request-id")}`,
    { headers: { authorization: basicValue(client) } },
  );
  const { cause, remedy, why } = (await answer.json()) as Explanation;
  return { cause, remedy, why };
}

describe("the explanation that a client gets", () => {
  it("does not tell a secret of another client from a guess", async () => {
    const others = await ownExplanation("sandbox_readonly_Mc6yPx3KvB8tZn5WqR9gHd2sJf7uLa4e");

    expect(others).toEqual(await ownExplanation("sandbox_readonly_guess"));
  });

  it("does not tell the id of another client from a guess, and knows its own", async () => {
    const others = await ownExplanation("partner-read-only");

    expect(others).toEqual(await ownExplanation("partner-read-onlx"));
    expect((await ownExplanation("partner-basic")).cause).toContain("swapped");
  });

  it("tells the admin all the same", async () => {
    await using sandbox = await createSandbox();
    const client = sandbox.clients.get("partner-basic");
    const { secret } = sandbox.clients.get("partner-read-only");
    const refused = await sandbox.fetch(tokenPath, tokenRequest({ ...client, secret }));

    const requestId = refused.headers.get("x-request-id") ?? "";
    const explanation = await sandbox.explanations.explain(requestId);

    expect(explanation?.cause).toContain("another client");
  });
});

describe("the explanation of a spent budget of failures", () => {
  it("counts those of this client id, and not of all that fail from the same address", async () => {
    await using sandbox = await createSandbox();
    const fail = async (id: string): Promise<Response> =>
      sandbox.fetch(tokenPath, tokenRequest({ ...sandbox.clients.get(id), secret: "wrong" }));
    for (let turn = 0; turn < 4; turn += 1) await fail("partner-read-only");
    for (let turn = 0; turn < 10; turn += 1) await fail("partner-basic");

    const refused = await fail("partner-basic");

    expect(refused.status).toBe(429);
    const requestId = refused.headers.get("x-request-id") ?? "";
    const explanation = await sandbox.explanations.explain(requestId);
    expect(explanation?.cause).toContain("failed 10 times");
  });

  it("counts those from this address alone", async () => {
    await using sandbox = await createSandbox();
    const client = sandbox.clients.get("partner-basic");
    const fail = async (address: string): Promise<string> => {
      const { headers } = await sandbox.handle({
        method: "POST",
        target: tokenPath,
        headers: [
          ["Authorization", basicValue({ ...client, secret: "wrong" })],
          ["Content-Type", "application/x-www-form-urlencoded"],
        ],
        body: Buffer.from("grant_type=client_credentials"),
        peer: { address, secure: true },
      });
      return (
        new Headers(headers.map(([name, value]): [string, string] => [name, value])).get(
          "x-request-id",
        ) ?? ""
      );
    };
    for (let turn = 0; turn < 4; turn += 1) await fail("192.0.2.1");
    for (let turn = 0; turn < 10; turn += 1) await fail("192.0.2.2");

    const explanation = await sandbox.explanations.explain(await fail("192.0.2.2"));

    expect(explanation?.cause).toContain("failed 10 times");
  });
});

describe("the explanation of a spent budget of tokens", () => {
  it("counts those of its time: none that were before, and none that came after the refusal", async () => {
    await using sandbox = await createSandbox();
    const ask = (): Promise<Response> =>
      sandbox.fetch(tokenPath, tokenRequest(sandbox.clients.get("partner-limited")));
    await ask();
    sandbox.clock.advance("2m");
    await ask();
    await ask();
    const refused = await ask();
    sandbox.clock.advance("2m");
    await ask();

    const explanation = await sandbox.explanations.explain(
      refused.headers.get("x-request-id") ?? "",
    );

    expect(refused.status).toBe(429);
    expect(explanation?.cause).toMatch(/^2 tokens in 60 s/);
  });
});

describe("the explanation of a request that was meant for a namespace", () => {
  it("says that there is none of that name", async () => {
    await using sandbox = await createSandbox();
    const answer = await sandbox.fetch(`/ns/team-a${tokenPath}`, { method: "POST" });

    const explanation = await sandbox.explanations.explain(
      answer.headers.get("x-request-id") ?? "",
    );

    expect(explanation?.cause).toContain("namespace");
  });
});

describe("a fault that is misspelt", () => {
  it("is taken for the one that is meant, by the library and by the admin API", async () => {
    await using sandbox = await createSandbox();
    const rule = { fault: "dely", delayMs: 1 } as unknown as FaultRule;

    expect(() => sandbox.faults.add(rule)).toThrow(/must be delay, if that is meant, or another/);
    const answer = await adminOf(sandbox)("POST", "/faults", rule);

    expect(answer.status).toBe(400);
    expect(answer.value.detail).toMatch(/^body\.fault must be delay, if that is meant/);
  });
});

describe("what the guard refuses", () => {
  it.each([
    {
      headers: ["Host", "evil.example"],
      status: 421,
      why: "host_not_ours",
      words: /evil\.example.* allowedHosts/,
    },
    {
      headers: ["Host", "localhost", "Origin", "https://evil.example"],
      status: 403,
      why: "cross_site",
      words: /page/,
    },
  ])(
    "SAFE-03 SAFE-04 has an id that cannot be guessed, and an explanation: $why",
    async ({ headers, status, why, words }) => {
      await using sandbox = await createSandbox();
      const { url } = await sandbox.listen();
      const heard: Explanation[] = [];
      sandbox.explanations.subscribe((one) => void heard.push(one));

      const answer = await sendTo(url, { path: tokenPath, headers });

      const requestId = String(answer.headers["x-request-id"]);
      expect(Buffer.from(requestId, "base64url")).toHaveLength(16);
      const explanation = await sandbox.explanations.explain(requestId);
      expect(explanation).toMatchObject({ status, why });
      expect(`${explanation?.cause} ${explanation?.remedy}`).toMatch(words);
      await expect.poll(() => heard.length).toBe(1);
    },
  );
});

describe("an explanation on a terminal", () => {
  it("moves no cursor, whatever was sent", async () => {
    await using sandbox = await createSandbox();
    const answer = await sandbox.handle({
      method: "GET",
      target: "/\u009b2J\u001b[31m",
      headers: [["Host", "localhost"]],
      body: new Uint8Array(),
      peer: { address: "127.0.0.1", secure: false },
    });

    const [, requestId = ""] = answer.headers.find(([name]) => name === "X-Request-Id") ?? [];
    const explanation = await sandbox.explanations.explain(requestId);

    if (explanation === undefined) throw new Error("there is one");
    expect(formatExplanation(explanation).replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  });
});

describe("whoever subscribes to explanations", () => {
  it("harms nobody by throwing or rejecting, and is told of it", async () => {
    await using sandbox = await createSandbox();
    const client = sandbox.clients.get("partner-basic");
    const heard: string[] = [];
    const failures: unknown[] = [];
    const thrown = new Error("thrown");
    const fail = (): never => {
      throw thrown;
    };
    sandbox.explanations.subscribe(fail, (cause) => failures.push(cause));
    sandbox.explanations.subscribe(
      async () => fail(),
      (cause) => failures.push(cause),
    );
    sandbox.explanations.subscribe(fail, fail);
    sandbox.explanations.subscribe(fail);
    sandbox.explanations.subscribe(({ why }) => heard.push(why));

    const answer = await sandbox.fetch(tokenPath, tokenRequest({ ...client, secret: "wrong" }));

    expect(answer.status).toBe(401);
    await expect.poll(() => [heard.length, failures.length]).toEqual([1, 2]);
    expect(failures).toEqual([thrown, thrown]);
  });
});
