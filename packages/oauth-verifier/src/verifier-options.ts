import type { DpopResourceOptions } from "@credicorp/oauth-core/resource-server";

import type { StandardSchema } from "./claims/standard-schema.ts";
import type { IssuerOptions } from "./options/issuer-options.ts";
import type { ResourceOptions } from "./options/resource-options.ts";
import type { VerifierPorts } from "./options/verifier-ports.ts";
import type { InitialKeysOptions } from "./watching/exported-keys.ts";

/** What a verifier does alike for all issuers. */
export interface SharedOptions<
  Scope extends string = string,
  Schema extends StandardSchema | undefined = undefined,
> {
  /**
   * Accepts tokens whose segments end with `=`, against RFC 7515 section 2, for issuers that cannot be changed.
   *
   * @defaultValue false
   */
  readonly acceptPaddedTokens?: boolean | undefined;

  /** Milliseconds that one request for metadata or keys may take: up to 60,000. @defaultValue 5000 */
  readonly timeoutMs?: number | undefined;

  /**
   * About how many bytes of verified tokens are kept, of all issuers together, so that a token that comes again is not
   * verified anew; 0 or `null`: none. A token takes 2 to 3 KiB. Up to 1 GiB.
   *
   * @defaultValue 16 MiB
   */
  readonly maxCacheBytes?: number | null | undefined;

  /**
   * Accepts tokens that are bound to a key, with a DPoP proof of it (RFC 9449).
   *
   * @defaultValue absent: such tokens are refused
   */
  readonly dpop?: DpopResourceOptions | undefined;

  /**
   * Refuses tokens that are bound to nothing: whoever has one could use it. Which binding, a key (`dpop`) or a
   * certificate (`clientCertificate` of a request), is up to the issuer.
   *
   * @defaultValue false
   */
  readonly requireBoundTokens?: boolean | undefined;

  /**
   * Keys that an earlier process exported, for a start while an issuer fails: served to the end of their own time, while
   * the issuers are asked at once. What cannot be believed is not served; that is an event, and in `health()`.
   *
   * @defaultValue none
   */
  readonly initialKeys?: InitialKeysOptions | undefined;

  /** All scopes that routes may ask for; a guard that asks for another is refused. @defaultValue any */
  readonly scopes?: readonly Scope[] | undefined;

  /** Describes the resource in a metadata document that challenges name (RFC 9728). @defaultValue absent: there is none */
  readonly resource?: ResourceOptions | undefined;

  /**
   * Reads the claims of good tokens that are not registered ones, by a schema of Standard Schema such as zod's; its
   * output is `principal.claims.extensions`. A token that does not fit is refused.
   *
   * @defaultValue absent: they are given out as they are
   */
  readonly claims?: Schema;

  /**
   * How requests share a fetch of keys. `promise`: they await it together. `value`: each awaits only what it has begun
   * itself and looks for what others have brought, for platforms where a request may not await another's promise. `value`
   * goes without `revocations`, `introspection` and `initialKeys`.
   *
   * @defaultValue `value` on Cloudflare Workers, `promise` elsewhere
   */
  readonly sharing?: "promise" | "value" | undefined;

  /** The protection space that challenges name. @defaultValue the first audience, or else the first issuer */
  readonly realm?: string | undefined;

  /** @defaultValue those of `@credicorp/oauth-runtime` */
  readonly ports?: Partial<VerifierPorts> | undefined;
}

/** How the tokens of one issuer are verified. */
export interface VerifierOptions<
  Scope extends string = string,
  Schema extends StandardSchema | undefined = undefined,
>
  extends IssuerOptions, SharedOptions<Scope, Schema> {
  readonly issuers?: undefined;
}

/** How the tokens of several issuers are verified, each by its own rules and keys. */
export interface SeveralIssuersOptions<
  Scope extends string = string,
  Schema extends StandardSchema | undefined = undefined,
> extends SharedOptions<Scope, Schema> {
  /** At least one; no two of the same name. */
  readonly issuers: readonly IssuerOptions[];
}

/** Options of any verifier. */
export type AnyVerifierOptions<
  Scope extends string = string,
  Schema extends StandardSchema | undefined = StandardSchema | undefined,
> = VerifierOptions<Scope, Schema> | SeveralIssuersOptions<Scope, Schema>;
