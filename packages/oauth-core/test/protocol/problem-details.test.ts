import { formatProblemDetails, parseProblemDetails } from "@credicorp/oauth-core/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { anyText } from "../support/wire-texts.ts";

const ownNames = ["type", "title", "status", "detail"];

describe("problem details", () => {
  it("reads back every problem it wrote", () => {
    const text = anyText.filter((value) => value !== "");
    const name = text.filter((value) => !ownNames.includes(value) && value !== "__proto__");
    const anyProblem = fc.record(
      {
        type: text,
        title: anyText,
        status: fc.integer({ min: 100, max: 599 }),
        detail: text,
        extensions: fc.dictionary(name, fc.oneof(anyText, fc.integer(), fc.boolean()), {
          minKeys: 1,
          noNullPrototype: true,
        }),
      },
      { requiredKeys: ["type", "title", "status"] },
    );
    fc.assert(
      fc.property(anyProblem, (problem) => {
        expect(parseProblemDetails(formatProblemDetails(problem))).toEqual(problem);
      }),
    );
  });

  it("reads the first example of RFC 9457 section 3", () => {
    const body = `{
      "type": "https://example.com/probs/out-of-credit",
      "title": "You do not have enough credit.",
      "detail": "Your current balance is 30, but that costs 50.",
      "instance": "/account/12345/msgs/abc",
      "balance": 30,
      "accounts": ["/account/12345", "/account/67890"]
    }`;

    expect(parseProblemDetails(body)).toEqual({
      type: "https://example.com/probs/out-of-credit",
      title: "You do not have enough credit.",
      status: 0,
      detail: "Your current balance is 30, but that costs 50.",
      extensions: {
        instance: "/account/12345/msgs/abc",
        balance: 30,
        accounts: ["/account/12345", "/account/67890"],
      },
    });
  });

  it("is about:blank when nothing is said (RFC 9457 section 4.2.1)", () => {
    expect(parseProblemDetails("{}")).toEqual({ type: "about:blank", title: "", status: 0 });
  });

  it("ignores members of the wrong type (RFC 9457 section 3.1)", () => {
    const body = '{"type":1,"title":null,"status":"404","detail":["a"]}';

    expect(parseProblemDetails(body)).toEqual({ type: "about:blank", title: "", status: 0 });
    expect(parseProblemDetails('{"status":404.5}')).toMatchObject({ status: 0 });
    expect(parseProblemDetails('{"status":1e999}')).toMatchObject({ status: 0 });
  });

  it.each(["", "<html></html>", "[]", "null", '"problem"'])("is not %j", (body) => {
    expect(parseProblemDetails(body)).toBeUndefined();
  });

  it("does not let extensions replace its own members", () => {
    const extensions = { status: 200, title: "x", type: "x", detail: "x", code: 7 };
    const body = formatProblemDetails({ type: "t", title: "T", status: 400, extensions });

    expect(JSON.parse(body)).toEqual({ type: "t", title: "T", status: 400, code: 7 });
  });

  it("keeps a __proto__ member as an extension and leaves prototypes alone", () => {
    const problem = parseProblemDetails('{"status":400,"__proto__":{"polluted":true}}');

    expect(Object.keys(problem?.extensions ?? {})).toEqual(["__proto__"]);
    expect(problem?.extensions?.["polluted"]).toBeUndefined();
    expect(problem && formatProblemDetails(problem)).toContain('"__proto__":{"polluted":true}');
  });
});
