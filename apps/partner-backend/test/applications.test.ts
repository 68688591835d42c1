import { exampleApplication, readDecision, submitApplication } from "@credicorp/partner-backend";
import { describe, expect, it } from "vitest";

/** A client whose calls all get the same answer; the calls are kept for the test to look at. */
function clientThatAnswers(status: number, body: unknown) {
  const calls: { input: unknown; init: RequestInit | undefined }[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    calls.push({ input, init });
    return new Response(typeof body === "string" ? body : JSON.stringify(body), { status });
  };
  return { calls, fetch };
}

describe("submitApplication", () => {
  it("posts the application as JSON and returns its ids", async () => {
    const client = clientThatAnswers(201, { applicationId: "app_1", decisionId: "dec_1" });

    const submitted = await submitApplication(client, exampleApplication);

    expect(submitted).toEqual({ applicationId: "app_1", decisionId: "dec_1" });
    expect(client.calls).toMatchObject([
      { input: "/partner/v1/applications", init: { method: "POST" } },
    ]);
    expect(JSON.parse(client.calls[0]?.init?.body as string)).toEqual(exampleApplication);
  });

  it("says which members were refused, in the error's fields and in its message", async () => {
    const client = clientThatAnswers(422, {
      type: "https://example.com/invalid",
      title: "Invalid application",
      detail: "Some members are wrong.",
      errors: [{ pointer: "#/termMonths", detail: "must be at most 12" }],
    });

    const refusal = submitApplication(client, exampleApplication);

    await expect(refusal).rejects.toMatchObject({
      name: "PartnerApiError",
      status: 422,
      type: "https://example.com/invalid",
      retryable: false,
      refusedMembers: [{ pointer: "#/termMonths", detail: "must be at most 12" }],
      message: expect.stringContaining("#/termMonths must be at most 12"),
    });
  });

  it("keeps the status, and nothing else, of a page that a gateway sent", async () => {
    const client = clientThatAnswers(502, "<html>internal-host-7</html>");

    const refusal = submitApplication(client, exampleApplication);

    await expect(refusal).rejects.toMatchObject({
      status: 502,
      retryable: true,
      message: "Could not submit the application: HTTP 502",
    });
  });

  it("refuses an answer that lacks an id", async () => {
    const client = clientThatAnswers(201, { applicationId: "app_1" });

    await expect(submitApplication(client, exampleApplication)).rejects.toMatchObject({
      name: "PartnerApiError",
      message: expect.stringContaining("not what the API promises"),
    });
  });
});

describe("readDecision", () => {
  it("returns the decision with its offer", async () => {
    const offer = { amountPence: 100, feePence: 2, totalRepayablePence: 102 };
    const client = clientThatAnswers(200, { decisionId: "dec_1", outcome: "approved", offer });

    const decision = await readDecision(client, "dec_1");

    expect(decision).toEqual({ decisionId: "dec_1", outcome: "approved", offer });
  });

  it("cannot be led to another path by an odd id", async () => {
    const client = clientThatAnswers(404, { title: "Decision not found" });

    await expect(readDecision(client, "../oauth/token")).rejects.toMatchObject({ status: 404 });
    expect(client.calls[0]?.input).toBe("/partner/v1/decisions/..%2Foauth%2Ftoken");
  });
});
