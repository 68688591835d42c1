import { readEnvironment } from "@credicorp/partner-api";
import { expect, it } from "vitest";

const complete = {
  PARTNER_API_ISSUER: "https://hub.example",
  PARTNER_API_AUDIENCE: "https://hub.example/partner/v1",
};

it("reads the issuer and the audience, and listens on loopback by default", () => {
  expect(readEnvironment(complete)).toEqual({
    issuer: "https://hub.example",
    audience: "https://hub.example/partner/v1",
    host: "127.0.0.1",
    port: 9401,
  });
});

it("takes an empty port for none", () => {
  expect(readEnvironment({ ...complete, PARTNER_API_PORT: "" }).port).toBe(9401);
});

it("names every variable that is missing or wrong, at once and without its value", () => {
  const env = { PARTNER_API_ISSUER: "not-a-url", PARTNER_API_PORT: "70000" };

  expect(() => readEnvironment(env)).toThrow(
    /PARTNER_API_ISSUER .*PARTNER_API_AUDIENCE .*PARTNER_API_PORT /,
  );
  expect(() => readEnvironment(env)).not.toThrow(/not-a-url|70000/);
});
