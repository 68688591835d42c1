import type {
  GrantedBy,
  GrantedScope,
  Outcome,
  Principal,
} from "@credicorp/oauth-core/resource-server";
import { requireScope } from "@credicorp/oauth-core/resource-server";
import { expectTypeOf } from "vitest";

declare const outcome: Outcome;
declare const names: string[];
declare const either: "a" | "b";

// What is named is known, and what is not is not.
expectTypeOf<GrantedBy<readonly ["a", "b"]>>().toEqualTypeOf<"a" | "b">();
expectTypeOf<GrantedBy<readonly []>>().toEqualTypeOf<never>();
expectTypeOf<GrantedBy<string[]>>().toEqualTypeOf<never>();
expectTypeOf<GrantedBy<readonly ("a" | "b")[]>>().toEqualTypeOf<never>();
expectTypeOf<GrantedBy<readonly ["a" | "b", "c"]>>().toEqualTypeOf<"c">();
expectTypeOf<GrantedBy<readonly [`${string}:read`, "c"]>>().toEqualTypeOf<"c">();
expectTypeOf<GrantedBy<readonly [string, "c"]>>().toEqualTypeOf<"c">();

expectTypeOf(requireScope(outcome, ["a", "b"])).toEqualTypeOf<Outcome<"a" | "b">>();
expectTypeOf(requireScope(outcome, names)).toEqualTypeOf<Outcome>();
expectTypeOf(requireScope(outcome, [either])).toEqualTypeOf<Outcome>();

// More scope does for less, never the other way round.
expectTypeOf<Principal<"a" | "b">>().toExtend<Principal<"a">>();
expectTypeOf<Principal<"a">>().toExtend<Principal>();
expectTypeOf<Principal<"a">>().not.toExtend<Principal<"a" | "b">>();
expectTypeOf<Principal>().not.toExtend<Principal<"a">>();

// It stays a list of texts, and what a test makes up needs no cast.
expectTypeOf<GrantedScope<"a">>().toExtend<readonly string[]>();
expectTypeOf({ clientId: "c", subject: "s", scope: ["a"], claims: {} }).toExtend<
  Principal<"a", object>
>();
