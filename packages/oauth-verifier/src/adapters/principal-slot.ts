import type { Principal } from "@credicorp/oauth-core/resource-server";

/** Where the guards of one verifier leave the principal of a request. */
export interface PrincipalSlot<Claims> {
  /** The member of the request that holds it. */
  readonly member: symbol;
  readonly put: (request: object, principal: Principal<never, Claims>) => void;

  /** Makes a reader for requests that were asked for this scope. */
  readonly readerOf: (
    scope: readonly string[],
  ) => <Granted extends string>(request: object) => Principal<Granted, Claims>;
}

type Holder<Claims> = Record<symbol, Principal<never, Claims> | undefined>;

/** Makes a slot; other verifiers' guards have others, so that none is taken for another's. */
export function createPrincipalSlot<Claims>(): PrincipalSlot<Claims> {
  const member = Symbol("principal");
  return {
    member,
    put: (request, principal) => {
      (request as Holder<Claims>)[member] = principal;
    },
    readerOf:
      (scope) =>
      <Granted extends string>(request: object) => {
        const principal = (request as Holder<Claims>)[member];
        if (principal === undefined) throw new Error("The route has no requireScope guard");
        const granted: readonly string[] = principal.scope;
        if (!scope.every((token) => granted.includes(token))) {
          throw new Error("The route's guard did not ask for the scope of this one");
        }
        return principal as Principal<Granted, Claims>;
      },
  };
}
