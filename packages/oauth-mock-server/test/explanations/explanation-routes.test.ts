import { oauthErrorCodes } from "@credicorp/oauth-core/protocol";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { Explanation, Sandbox } from "@credicorp/oauth-mock-server";
import { createSandbox, formatExplanation } from "@credicorp/oauth-mock-server";
import { describe, expect, it } from "vitest";

import { basic as basicValue, tokenRequest } from "../support/requests.ts";
import type { Attempt } from "../support/refusals.ts";
import { basic, clients, formType, paths, secrets, setUp, startAt } from "../support/refusals.ts";

/** The six cases of AUTH-06. */
const cases: readonly { readonly name: string; readonly attempt: Attempt }[] = [
  { name: "an unknown client", attempt: { headers: [basic("nobody", secrets.basic)] } },
  { name: "a wrong secret", attempt: { headers: [basic("basic", secrets.post)] } },
  { name: "an expired secret", attempt: { headers: [basic("windows", secrets.expired)] } },
  { name: "a client that is disabled", attempt: { headers: [basic("suspended", secrets.live)] } },
  { name: "the wrong method", attempt: { headers: [basic("post", secrets.post)] } },
  { name: "no credentials", attempt: {} },
];

/** All that a stranger sees, from the refusal on, with what differs between any two requests taken out. */
async function seenByStranger({ headers, form = {} }: Attempt): Promise<string> {
  const clock = createControlledClock(startAt);
  await using sandbox = await createSandbox({ clock, clients });
  const peer = { address: "127.0.0.1", secure: false };
  const refused = await sandbox.handle({
    method: "POST",
    target: paths.token,
    headers: headers === undefined ? [formType] : [formType, ...headers],
    body: Buffer.from(
      new URLSearchParams({ grant_type: "client_credentials", ...form }).toString(),
    ),
    peer,
  });
  const requestId = refused.headers.find(([name]) => name === "X-Request-Id")?.[1] ?? "";
  const { error_uri: page } = JSON.parse(refused.body) as { readonly error_uri: string };
  const ask = (target: string, method = "GET"): ReturnType<Sandbox["handle"]> =>
    sandbox.handle({ method, target, headers: [], body: Buffer.from(""), peer });
  const explanation = `/partner/v1/oauth/explanations/${requestId}`;
  const answers = [
    refused,
    await ask(new URL(page).pathname),
    await ask(explanation),
    await ask(explanation, "HEAD"),
    await ask(explanation, "POST"),
    await ask(explanation, "DELETE"),
    await ask(`${explanation}?client_id=basic`),
  ];
  const ids = answers.flatMap((answer) =>
    answer.headers.flatMap(([name, value]) => (name === "X-Request-Id" ? [value] : [])),
  );
  return ids.reduce((text, id) => text.replaceAll(id, "ID"), JSON.stringify(answers));
}

describe("an anonymous caller", () => {
  it("AUTH-06 learns nothing that tells the six cases apart: from the refusal, its page, or its explanation", async () => {
    const seen = await Promise.all(cases.map(({ attempt }) => seenByStranger(attempt)));

    expect(new Set(seen).size).toBe(1);
    expect(seen[0]).toContain("invalid_client");
    expect(seen[0]).toContain("text/html");
    expect(seen[0]?.match(/"status":401/g)?.length).toBe(4);
  });

  it("reads the same page about a code, whoever asks and whatever was refused", async () => {
    const { sandbox } = await setUp();

    for (const code of oauthErrorCodes) {
      const response = await sandbox.fetch(`/partner/v1/oauth/errors/${code}`);
      const page = await response.text();

      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(response.headers.get("access-control-allow-origin")).toBeNull();
      expect(page).toContain(`<h1><code>${code}</code></h1>`);
      expect(page).not.toContain(response.headers.get("x-request-id") ?? "no id");
    }
  });

  it.each(["constructor", "__proto__", "", "invalid_client/x", "<script>"])(
    "finds no page about %j",
    async (code) => {
      const { sandbox } = await setUp();

      const response = await sandbox.fetch(`/partner/v1/oauth/errors/${encodeURI(code)}`);

      expect(response.status).toBe(404);
      expect(await response.text()).not.toContain("script");
    },
  );

  it("gets request ids that cannot be guessed: 128 bits, each another", async () => {
    const { send } = await setUp({ limits: { address: null } });
    const ids = new Set<string>();

    for (let turn = 0; turn < 300; turn += 1) {
      const { headers } = await send({ path: "/nowhere" });
      ids.add(headers.find(([name]) => name === "X-Request-Id")?.[1] ?? "");
    }

    expect(ids.size).toBe(300);
    for (const id of ids) expect(Buffer.from(id, "base64url")).toHaveLength(16);
  });
});

describe("the explanation of a client's own refusal", () => {
  const refuse = async (sandbox: Sandbox): Promise<string> => {
    const client = { ...sandbox.clients.get("partner-basic"), secret: "wrong" };
    const response = await sandbox.fetch(paths.token, tokenRequest(client));
    return response.headers.get("x-request-id") ?? "";
  };
  const ask = (sandbox: Sandbox, requestId: string, id: string): Promise<Response> =>
    sandbox.fetch(`/partner/v1/oauth/explanations/${requestId}`, {
      headers: { authorization: basicValue(sandbox.clients.get(id)) },
    });

  it("is for that client, once it has authenticated", async () => {
    await using sandbox = await createSandbox();
    const requestId = await refuse(sandbox);

    const response = await ask(sandbox, requestId, "partner-basic");

    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-request-id")).not.toBe(requestId);
    expect(await response.json()).toMatchObject({
      requestId,
      clientId: "partner-basic",
      why: "secret_wrong",
      cause: "The secret is none of this client's",
    });
  });

  it("may be asked for with a secret in the body, by POST", async () => {
    await using sandbox = await createSandbox();
    const { id, secret } = sandbox.clients.get("partner-post");
    const wrong = { client_id: id, client_secret: "wrong" };
    const refused = await sandbox.fetch(paths.token, {
      method: "POST",
      body: new URLSearchParams({ grant_type: "client_credentials", ...wrong }),
    });

    const target = `/partner/v1/oauth/explanations/${refused.headers.get("x-request-id")}`;
    const body = new URLSearchParams({ client_id: id, client_secret: secret });
    const response = await sandbox.fetch(target, { method: "POST", body });

    expect(await response.json()).toMatchObject({ clientId: id, why: "secret_wrong" });
  });

  it("is not for another client, which cannot tell it from none at all", async () => {
    await using sandbox = await createSandbox();
    const requestId = await refuse(sandbox);

    const others = await ask(sandbox, requestId, "partner-read-only");
    const unknown = await ask(sandbox, "AAAAAAAAAAAAAAAAAAAAAA", "partner-read-only");

    expect([others.status, unknown.status]).toEqual([404, 404]);
    expect(await others.text()).toBe(await unknown.text());
  });

  it("does not tell which other clients there are, whichever way a request names two", async () => {
    const { sandbox, assertion } = await setUp();
    const form = { grant_type: "client_credentials" };
    const me = { id: "basic", secret: secrets.basic };
    const seen = async (other: string): Promise<string> => {
      const asOther = { ...form, client_id: other };
      const asMe = { ...form, client_id: me.id };
      const requests: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
        [basicValue(me), asOther],
        [basicValue({ id: other, secret: "guess" }), asMe],
        ["", { ...asMe, ...(await assertion({ iss: other, sub: other, jti: "guess" })) }],
      ];
      const answers = requests.map(async ([authorization, parameters]) => {
        const refused = await sandbox.fetch(paths.token, {
          method: "POST",
          headers: authorization === "" ? {} : { authorization },
          body: new URLSearchParams(parameters),
        });
        const requestId = refused.headers.get("x-request-id") ?? "";
        const explained = await sandbox.fetch(`/partner/v1/oauth/explanations/${requestId}`, {
          headers: { authorization: basicValue(me) },
        });
        const text = `${explained.status} ${await explained.text()}`;
        return text.replaceAll(requestId, "ID").replaceAll(other, "OTHER");
      });
      return (await Promise.all(answers)).join("\n");
    };

    const [registered, unknown] = [await seen("signer"), await seen("nobody")];

    expect(registered).toBe(unknown);
    expect(registered.match(/client_id_mismatch/g)).toHaveLength(3);
  });

  it("is charged as introspection is, and guesses at it as failures", async () => {
    await using sandbox = await createSandbox({
      limits: { introspection: { limit: 1, windowSeconds: 60 } },
    });
    const requestId = await refuse(sandbox);

    const statuses = [
      (await ask(sandbox, requestId, "partner-basic")).status,
      (await ask(sandbox, requestId, "partner-basic")).status,
    ];
    const guess = (): Promise<Response> =>
      sandbox.fetch(`/partner/v1/oauth/explanations/${requestId}`, {
        headers: { authorization: basicValue({ id: "partner-post", secret: "guess" }) },
      });
    for (let turn = 0; turn < 10; turn += 1) statuses.push((await guess()).status);
    statuses.push((await guess()).status);

    expect(statuses).toEqual([200, 429, ...Array.from({ length: 10 }, () => 401), 429]);
  });

  it("is reached over a socket as well, and so is the page that the refusal names", async () => {
    await using sandbox = await createSandbox();
    const { url } = await sandbox.listen();
    const client = sandbox.clients.get("partner-basic");
    const refused = await fetch(url + paths.token, tokenRequest({ ...client, secret: "wrong" }));
    const { error_uri: page } = (await refused.json()) as { readonly error_uri: string };

    const explained = await fetch(
      `${url}/partner/v1/oauth/explanations/${refused.headers.get("x-request-id")}`,
      { headers: { authorization: basicValue(client) } },
    );

    expect(page).toBe(`${url}/partner/v1/oauth/errors/invalid_client`);
    expect((await fetch(page)).status).toBe(200);
    expect(await explained.json()).toMatchObject({ why: "secret_wrong", docs: page });
  });

  it("is told to those who subscribe, as it happens, and written for a terminal", async () => {
    await using sandbox = await createSandbox();
    const heard = new Promise<Explanation>((resolve) => {
      sandbox.explanations.subscribe(resolve);
    });
    const requestId = await refuse(sandbox);

    const text = formatExplanation(await heard);

    expect(text).toBe(
      "401 invalid_client from /partner/v1/oauth/token: The secret is none of this client's\n" +
        "  → Copy it again, or rotate it; a secret is shown once, when it is made (RFC 6749 section 2.3.1)\n" +
        `  http://localhost/partner/v1/oauth/errors/invalid_client  request ${requestId}\n`,
    );
  });
});
