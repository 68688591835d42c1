import type {
  PrincipalClaims,
  ClaimsWith,
  Outcome,
  Principal,
  VerifierOptions,
} from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";
import type { Verifier } from "@credicorp/oauth-verifier";
import { expectTypeOf } from "vitest";
import { z } from "zod";

declare const request: Request;
declare const names: string[];
declare const untypedOptions: VerifierOptions;
const required = { issuer: "https://hub.example", audience: "https://api.example" };

// Without scopes and schema, nothing has to be said about either.
const plain = createVerifier(required);
expectTypeOf(plain).toEqualTypeOf<Verifier>();
expectTypeOf(createVerifier(untypedOptions)).toEqualTypeOf<Verifier>();
expectTypeOf(await plain.verifyRequest(request)).toEqualTypeOf<Outcome>();
expectTypeOf(await plain.verifyRequest(request, { scope: ["a", "b"] })).toEqualTypeOf<
  Outcome<"a" | "b">
>();
expectTypeOf(await plain.verifyRequest(request, { scope: names })).toEqualTypeOf<Outcome>();

// With scopes, no other can be asked for; `as const` is not needed.
const typed = createVerifier({ ...required, scopes: ["applications:write", "decisions:read"] });
expectTypeOf(typed).toEqualTypeOf<Verifier<"applications:write" | "decisions:read">>();
expectTypeOf(await typed.verifyRequest(request, { scope: ["decisions:read"] })).toEqualTypeOf<
  Outcome<"decisions:read">
>();
// @ts-expect-error A scope that the resource does not have.
await typed.verifyRequest(request, { scope: ["decisons:read"] });
// @ts-expect-error It may hold any text.
await typed.verifyRequest(request, { scope: names });

// Who may ask for anything does for those who ask for something, and not the other way round.
expectTypeOf(plain).toExtend<typeof typed>();
expectTypeOf(typed).not.toExtend<Verifier>();
expectTypeOf(typed).toExtend<Verifier<never>>();

// A schema types what the claims hold beside the registered ones.
const schema = z.object({ tenant: z.string().transform(Number) });
const withClaims = createVerifier({ ...required, claims: schema });
expectTypeOf(withClaims).toEqualTypeOf<Verifier<string, ClaimsWith<{ tenant: number }>>>();
const outcome = await withClaims.verifyToken("");
if (outcome.kind === "ok") {
  expectTypeOf(outcome.principal.claims.extensions.tenant).toEqualTypeOf<number>();
  expectTypeOf(outcome.principal.claims.issuer).toEqualTypeOf<string>();
  expectTypeOf(outcome.principal.claims).toExtend<PrincipalClaims>();
}
// @ts-expect-error A schema is no schema without `~standard`.
createVerifier({ ...required, claims: { parse: () => undefined } });

/** A function that says what it needs is called for guarded requests only. */
declare function readDecision(principal: Principal<"decisions:read">): void;
const read = await typed.verifyRequest(request, { scope: ["decisions:read"] });
const write = await typed.verifyRequest(request, { scope: ["applications:write"] });
if (read.kind === "ok") readDecision(read.principal);
// @ts-expect-error The scope was not asked for.
if (write.kind === "ok") readDecision(write.principal);
