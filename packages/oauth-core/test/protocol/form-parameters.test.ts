import type { FormFields, FormParameters } from "@credicorp/oauth-core/protocol";
import { readFormParameters } from "@credicorp/oauth-core/protocol";
import { describe, expect, it } from "vitest";

const names = { single: new Set(["grant_type", "scope"]), repeatable: new Set(["resource"]) };

function read(fields: FormFields): FormParameters {
  const result = readFormParameters(fields, names);
  if (!result.ok) throw new Error(result.failure.code);
  return result.value;
}

describe("readFormParameters", () => {
  it("reads the recognised parameters", () => {
    const { get } = read([
      ["grant_type", "client_credentials"],
      ["scope", "a b"],
    ]);

    expect(get("grant_type")).toBe("client_credentials");
    expect(get("scope")).toBe("a b");
  });

  it("TOK-10 treats a parameter without a value as omitted", () => {
    const { get, getAll } = read([
      ["scope", ""],
      ["resource", ""],
      ["resource", "https://a.example"],
    ]);

    expect(get("scope")).toBeUndefined();
    expect(get("grant_type")).toBeUndefined();
    expect(getAll("resource")).toEqual(["https://a.example"]);
  });

  it("TOK-11 ignores parameters that it does not recognise", () => {
    const { get } = read([
      ["colour", "green"],
      ["__proto__", "x"],
      ["constructor", "y"],
      ["grant_type", "client_credentials"],
    ]);

    expect(get("grant_type")).toBe("client_credentials");
    expect(get("colour")).toBeUndefined();
    expect(get("__proto__")).toBeUndefined();
    expect(get("constructor")).toBeUndefined();
    expect(get("toString")).toBeUndefined();
  });

  it.each<[string, FormFields]>([
    [
      "two values",
      [
        ["scope", "a"],
        ["scope", "b"],
      ],
    ],
    [
      "the same value twice",
      [
        ["scope", "a"],
        ["scope", "a"],
      ],
    ],
    [
      "an empty value before",
      [
        ["scope", ""],
        ["scope", "a"],
      ],
    ],
    [
      "an empty value after",
      [
        ["scope", "a"],
        ["scope", ""],
      ],
    ],
    [
      "two empty values",
      [
        ["scope", ""],
        ["scope", ""],
      ],
    ],
    [
      "others between",
      [
        ["scope", "a"],
        ["grant_type", "x"],
        ["scope", "b"],
      ],
    ],
  ])("TOK-12 refuses a repeated parameter: %s", (_name, fields) => {
    expect(readFormParameters(fields, names)).toMatchObject({
      ok: false,
      failure: { code: "parameter_repeated", reference: "RFC 6749 section 3.2" },
    });
  });

  it("TOK-12 exempts the parameters that may repeat", () => {
    const { getAll } = read([
      ["resource", "https://b.example"],
      ["resource", "https://a.example"],
    ]);

    expect(getAll("resource")).toEqual(["https://b.example", "https://a.example"]);
  });

  it("TOK-12 ignores a repeated parameter that it does not recognise", () => {
    const { get } = read([
      ["colour", "green"],
      ["colour", "red"],
      ["grant_type", "client_credentials"],
    ]);

    expect(get("grant_type")).toBe("client_credentials");
  });

  it("compares names with case", () => {
    const { get } = read([
      ["Scope", "a"],
      ["scope", "b"],
    ]);

    expect(get("scope")).toBe("b");
  });

  it("does not offer a single parameter as a list, nor a list as a single one", () => {
    const { get, getAll } = read([
      ["scope", "a"],
      ["resource", "https://a.example"],
    ]);

    expect(getAll("scope")).toEqual([]);
    expect(get("resource")).toBeUndefined();
  });
});
