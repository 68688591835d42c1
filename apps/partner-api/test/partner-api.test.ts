import { createMemoryApplicationStore, createPartnerApi } from "@credicorp/partner-api";
import { describe, expect, it, onTestFinished } from "vitest";
import { exampleApplication } from "./example-application.ts";
import { createTestIssuer } from "./test-issuer.ts";

const everything = { clientId: "partner-1", scope: "applications:write decisions:read" };

async function setUp() {
  const { verifier, authorize } = createTestIssuer();
  const api = await createPartnerApi({ verifier });
  onTestFinished(async () => {
    await api.close();
  });

  const submit = (payload: unknown, grant = everything) =>
    api.inject({
      method: "POST",
      url: "/partner/v1/applications",
      headers: { authorization: authorize(grant), "content-type": "application/json" },
      payload: typeof payload === "string" ? payload : JSON.stringify(payload),
    });
  const read = (decisionId: string, grant = everything) =>
    api.inject({
      url: `/partner/v1/decisions/${decisionId}`,
      headers: { authorization: authorize(grant) },
    });
  return { api, authorize, submit, read };
}

describe("POST /partner/v1/applications", () => {
  it("accepts an application and says where its decision is", async () => {
    const { submit, read } = await setUp();

    const submitted = await submit(exampleApplication);
    const { applicationId, decisionId } = submitted.json();
    const decision = await read(decisionId);

    expect(submitted.statusCode).toBe(201);
    expect(submitted.headers.location).toBe(`/partner/v1/decisions/${decisionId}`);
    expect(decision.statusCode).toBe(200);
    expect(decision.json()).toMatchObject({ applicationId, decisionId, outcome: "approved" });
  });

  it("RS-03 refuses a token without applications:write before it reads the body", async () => {
    const { submit } = await setUp();

    const refused = await submit("{not json", { ...everything, scope: "decisions:read" });

    expect(refused.statusCode).toBe(403);
    expect(refused.headers["www-authenticate"]).toContain('scope="applications:write"');
  });

  it("points at every member that is wrong, as RFC 9457 section 3 shows", async () => {
    const { submit } = await setUp();
    const { companyName: _companyName, ...rest } = exampleApplication;

    const refused = await submit({
      ...rest,
      companyNumber: "1234",
      amountPence: 2500.5,
      contact: { ...rest.contact, email: "nobody" },
      "a/b~c": true,
    });

    expect(refused.statusCode).toBe(422);
    expect(refused.headers["content-type"]).toMatch(/^application\/problem\+json/);
    expect(refused.json()).toMatchObject({ title: "Invalid application", status: 422 });
    expect(refused.json().errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      "#/companyNumber",
      "#/companyName",
      "#/amountPence",
      "#/contact/email",
      "#/a~1b~0c",
    ]);
  });

  it.each([
    { amountPence: 99_999, status: 422 },
    { amountPence: 100_000, status: 201 },
    { amountPence: 50_000_000, status: 201 },
    { amountPence: 50_000_001, status: 422 },
  ])("answers $status to an amount of $amountPence pence", async ({ amountPence, status }) => {
    const { submit } = await setUp();

    expect((await submit({ ...exampleApplication, amountPence })).statusCode).toBe(status);
  });

  it.each(["", "{", "[1,", '{"__proto__":{}}', "\u0000"])(
    "answers 400, and repeats nothing, to the body %j",
    async (body) => {
      const { submit } = await setUp();

      const refused = await submit(body);

      expect(refused.statusCode).toBe(400);
      expect(refused.headers["content-type"]).toMatch(/^application\/problem\+json/);
      expect(refused.json().detail).toBe("The body must be one JSON document, encoded as UTF-8.");
    },
  );

  it("answers 413 to a body of more than 64 KiB", async () => {
    const { submit } = await setUp();

    const refused = await submit({ ...exampleApplication, companyName: "a".repeat(70_000) });

    expect(refused.statusCode).toBe(413);
  });

  it("answers 415 to a form", async () => {
    const { api, authorize } = await setUp();

    const refused = await api.inject({
      method: "POST",
      url: "/partner/v1/applications",
      headers: {
        authorization: authorize(everything),
        "content-type": "application/x-www-form-urlencoded",
      },
      payload: "companyNumber=01234567",
    });

    expect(refused.statusCode).toBe(415);
    expect(refused.json().detail).toBe("The content type must be application/json.");
  });
});

describe("GET /partner/v1/decisions/:id", () => {
  it("answers the same to the decision of another client as to one that does not exist", async () => {
    const { submit, read } = await setUp();
    const { decisionId } = (await submit(exampleApplication)).json();

    const ofAnother = await read(decisionId, { ...everything, clientId: "partner-2" });
    const unknown = await read("dec_unknown");

    expect(ofAnother.statusCode).toBe(404);
    expect(ofAnother.headers["content-type"]).toMatch(/^application\/problem\+json/);
    expect(ofAnother.body).toBe(unknown.body);
  });

  it("RS-01 challenges a request without credentials, without an error code", async () => {
    const { api } = await setUp();

    const refused = await api.inject({ url: "/partner/v1/decisions/dec_1" });

    expect(refused.statusCode).toBe(401);
    expect(refused.headers["www-authenticate"]).toMatch(
      /^Bearer realm="[^"]*", resource_metadata="[^"]*"$/,
    );
  });
});

it("answers with a problem where there is nothing", async () => {
  const { api } = await setUp();

  const answer = await api.inject({ url: "/partner/v2" });

  expect(answer.statusCode).toBe(404);
  expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
});

it.each([
  { name: "that cannot be decoded", id: "%zz-planted", status: 400 },
  { name: "that is too long", id: `planted${"a".repeat(200)}`, status: 414 },
])(
  "answers $status with a problem, and repeats nothing, to an id $name",
  async ({ id, status }) => {
    const { api } = await setUp();

    const answer = await api.inject({ url: `/partner/v1/decisions/${id}` });

    expect(answer.statusCode).toBe(status);
    expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
    expect(answer.body).not.toMatch(/planted|body/);
  },
);

it("answers 415 to plain text", async () => {
  const { api, authorize } = await setUp();

  const refused = await api.inject({
    method: "POST",
    url: "/partner/v1/applications",
    headers: { authorization: authorize(everything), "content-type": "text/plain" },
    payload: "{}",
  });

  expect(refused.statusCode).toBe(415);
});

it("RMD-01 RMD-03 serves its metadata where its challenges say", async () => {
  const { api } = await setUp();
  const { headers } = await api.inject({ url: "/partner/v1/decisions/dec_1" });
  const [, url = ""] =
    /resource_metadata="([^"]+)"/.exec(String(headers["www-authenticate"])) ?? [];

  expect(url).toBe("https://api.example/.well-known/oauth-protected-resource/partner/v1");
  expect((await api.inject({ url: new URL(url).pathname })).json()).toMatchObject({
    resource: "https://api.example/partner/v1",
    authorization_servers: ["https://issuer.example"],
    scopes_supported: ["applications:write", "decisions:read"],
  });
});

it("closes the verifier with the API", async () => {
  let closed = 0;
  const { verifier } = createTestIssuer();
  const api = await createPartnerApi({ verifier: { ...verifier, close: () => (closed += 1) } });
  expect(closed).toBe(0);
  await api.close();

  expect(closed).toBe(1);
});

it("keeps no more applications in memory than it was told to", async () => {
  const store = createMemoryApplicationStore(2);
  const owner = { clientId: "partner-1" };
  const decision = { outcome: "referred", reasons: [] } as const;
  for (const decisionId of ["dec_1", "dec_2", "dec_3"]) {
    const application = exampleApplication;
    await store.save({ ...owner, applicationId: "app", decisionId, application, decision });
  }

  expect(await store.findByDecisionId({ ...owner, decisionId: "dec_1" })).toBeUndefined();
  expect(await store.findByDecisionId({ ...owner, decisionId: "dec_3" })).toBeDefined();
});
