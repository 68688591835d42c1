import type { JwsHeader } from "@credicorp/oauth-core/jwt";
import { createRememberedHeaders } from "@credicorp/oauth-core/jwt";
import { expect, it } from "vitest";

const header: JwsHeader = { alg: "ES256", members: {} };

it("remembers 32 headers, then starts anew", () => {
  const headers = createRememberedHeaders();

  for (let index = 0; index < 32; index += 1) headers.add(`h${index}`, header);
  expect(headers.find("h0")).toBe(header);
  headers.add("h0", header);
  expect(headers.find("h31")).toBe(header);
  headers.add("h32", header);

  expect(headers.find("h32")).toBe(header);
  expect(headers.find("h0")).toBeUndefined();
});

it("ATK-24 remembers no long header", () => {
  const headers = createRememberedHeaders();

  headers.add("h".repeat(1025), header);

  expect(headers.find("h".repeat(1025))).toBeUndefined();
});
