import { createRememberedScopes, parseAccessTokenClaims } from "@credicorp/oauth-core/jwt";
import { expect, it } from "vitest";

it("remembers 256 scopes, then starts anew", () => {
  const scopes = createRememberedScopes();
  const scope = ["a"];

  for (let index = 0; index < 256; index += 1) scopes.add(`s${index}`, scope);
  scopes.add("s0", ["b"]);
  expect(scopes.find("s0")).toBe(scope);
  expect(scopes.find("s255")).toBe(scope);
  scopes.add("s256", scope);

  expect(scopes.find("s256")).toBe(scope);
  expect(scopes.find("s0")).toBeUndefined();
});

it("ATK-37 gives all tokens of a scope one list that nobody can change", () => {
  const scopes = createRememberedScopes();
  const payload = {
    iss: "https://as.example",
    sub: "c",
    client_id: "c",
    aud: "a",
    iat: 1,
    exp: 2,
    jti: "1",
    scope: "read write",
  };

  const first = parseAccessTokenClaims(payload, { findScope: scopes.find });
  if (!first.ok) throw new Error("refused");
  scopes.add(payload.scope, first.value.scope);
  const second = parseAccessTokenClaims({ ...payload, jti: "2" }, { findScope: scopes.find });

  expect(second).toMatchObject({ ok: true, value: { scope: ["read", "write"] } });
  expect(second.ok && second.value.scope).toBe(first.value.scope);
  expect(Object.isFrozen(first.value.scope)).toBe(true);
});

it("ATK-24 remembers no long scope", () => {
  const scopes = createRememberedScopes();

  scopes.add("s".repeat(1024), ["s"]);
  scopes.add("t".repeat(1025), ["t"]);

  expect(scopes.find("s".repeat(1024))).toEqual(["s"]);
  expect(scopes.find("t".repeat(1025))).toBeUndefined();
});
