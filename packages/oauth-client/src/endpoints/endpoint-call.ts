import type { AnyOAuthError, HeaderList, HttpRequest, Result } from "@credicorp/oauth-core";
import { ok, ProtocolError, singleHeaderValue } from "@credicorp/oauth-core";
import type { ClientAuthenticationFields } from "@credicorp/oauth-core/protocol";
import { formMediaType } from "@credicorp/oauth-core/protocol";

import type {
  AuthenticatedEndpoint,
  AuthenticationMaterial,
  ClientAuthentication,
  ClientIdentity,
} from "../options/client-authentication.ts";
import type { ProofOfPossession } from "../options/proof-of-possession.ts";
import { eitherOf, shareSignal } from "../waiting/shared-signal.ts";
import type { EndpointPorts, RequestPorts } from "./exchange.ts";
import { exchange } from "./exchange.ts";
import { proveSafely } from "./prove-safely.ts";

/** Posts a form to an endpoint and reads its answer; never rejects. */
export type EndpointCall = (request: EndpointRequest) => Promise<Result<string, AnyOAuthError>>;

/** A form to be posted by an authenticated client. */
export interface EndpointRequest extends AuthenticatedEndpoint {
  /** Such as `The token endpoint`, for errors. */
  readonly target: string;

  /** Writes the body, with the authentication that travels in it. */
  readonly format: (authentication: ClientAuthenticationFields) => string;
  readonly signal?: AbortSignal | undefined;

  /** Whether an answer is wanted that arrives though the request was stopped. */
  readonly keepsAnswer?: boolean;

  /** Texts in the body, beside the credential, that must not appear in an error. */
  readonly secrets?: readonly string[];

  /** Proves the key that the answer is to be bound to. */
  readonly possession?: EndpointPossession | undefined;
}

/** A key to be proven to an endpoint. */
export interface EndpointPossession {
  readonly proof: ProofOfPossession;

  /** The `alg` values that the metadata lists for proofs. */
  readonly supportedAlgorithms: readonly string[] | undefined;
}

/**
 * Makes the function that posts forms as an authenticated client.
 *
 * A request is repeated when the server asks for a nonce, once, and when it refuses the client and there is another
 * credential of the same method. Everything that proves something is made anew for each repetition.
 */
export function createEndpointCall(
  { authentication, client }: { authentication: ClientAuthentication; client: ClientIdentity },
  ports: EndpointPorts,
): EndpointCall {
  return async (request) => {
    const { signal } = request;
    const { closing } = ports;
    const stopping = signal === undefined ? closing : eitherOf(closing, shareSignal(signal));
    const requestPorts = { ...ports, stopping, leaving: request.keepsAnswer ? closing : stopping };
    let authenticate = (): ReturnType<ClientAuthentication["authenticate"]> =>
      authentication.authenticate(request, client);
    let refusal: Result<string, AnyOAuthError> | undefined;
    let wasNonceGiven = false;
    for (;;) {
      const material = await proveSafely(authentication.option, authenticate, requestPorts);
      // What the server said of the first credential says more than that there is no second one.
      if (!material.ok) return refusal ?? material;
      const possession = await provePossession(request, client, requestPorts);
      if (!possession.ok) return possession;
      // The client id is no secret; but errors travel in events, and those do not tell whose they are.
      const secrets = [...material.value.secrets, client.clientId];
      const proof = { ...material.value, secrets, possession: possession.value };
      const { result, hasNonce } = await post(request, proof, requestPorts);
      if (result.ok) {
        material.value.onAccepted?.();
        return result;
      }
      const { alternative } = material.value;
      if (hasNonce && !wasNonceGiven && isError(result.failure, "use_dpop_nonce")) {
        wasNonceGiven = true;
      } else if (alternative !== undefined && isError(result.failure, "invalid_client")) {
        authenticate = alternative;
        refusal = result;
      } else {
        return result;
      }
    }
  };
}

/** Makes the error of a body that a wire module refused. */
export function buildProtocolError(
  failure: { readonly code: string; readonly message: string; readonly reference: string },
  target: string,
): ProtocolError {
  const { code, message, reference } = failure;
  return new ProtocolError(code, `${target} answered 200, but: ${lowerFirst(message)}`, {
    reference,
  });
}

async function provePossession(
  { url, possession }: EndpointRequest,
  client: ClientIdentity,
  ports: RequestPorts,
): Promise<Result<HeaderList, AnyOAuthError>> {
  if (possession === undefined) return ok([]);
  const { proof, supportedAlgorithms } = possession;
  const proven = { method: "POST", url, supportedAlgorithms };
  const field = await proveSafely("dpop", () => proof.prove(proven, client), ports);
  return field.ok ? ok([["dpop", field.value]]) : field;
}

async function post(
  request: EndpointRequest,
  proof: AuthenticationMaterial & { readonly possession: HeaderList },
  ports: RequestPorts,
): Promise<{ readonly result: Result<string, AnyOAuthError>; readonly hasNonce: boolean }> {
  const { url, target, secrets = [], possession } = request;
  let hasNonce = false;
  const message: HttpRequest = {
    method: "POST",
    url,
    headers: [
      ["accept", "application/json"],
      ["content-type", formMediaType],
      ...proof.headers,
      ...proof.possession,
    ],
    body: request.format(proof.fields),
  };
  const context = {
    target,
    secrets: [...proof.secrets, ...secrets, ...proof.possession.map(([, field]) => field)],
    invalidClientHint: proof.hint,
    onAnswer: (headers: HeaderList) => {
      const nonce = singleHeaderValue(headers, "dpop-nonce");
      const answer = { from: "authorization_server", url, nonce } as const;
      hasNonce = possession?.proof.learn(answer) ?? false;
    },
  };
  const result = await exchange(message, context, ports);
  return { result, hasNonce };
}

function isError(failure: AnyOAuthError, error: string): boolean {
  return failure.kind === "oauth" && failure.error === error;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
