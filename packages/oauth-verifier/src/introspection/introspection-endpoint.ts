import type { CancelSignal, Result } from "@credicorp/oauth-core";
import { failed, ok } from "@credicorp/oauth-core";
import type { AccessTokenPolicy, ReceivedIntrospectionJwt } from "@credicorp/oauth-core/jwt";
import { concludeIntrospectionJwt } from "@credicorp/oauth-core/jwt";
import type { RemoteKeySet } from "@credicorp/oauth-core/key-set";
import type { IntrospectionResponse } from "@credicorp/oauth-core/protocol";
import type {
  IntrospectionOutage,
  IntrospectionSource,
} from "@credicorp/oauth-core/resource-server";
import {
  concernsEveryToken,
  formatIntrospectionRequest,
  maxIntrospectionBytes,
  readIntrospectionAnswer,
} from "@credicorp/oauth-core/resource-server";

import { createDiscoveredUrl } from "../discovery/discovered-url.ts";
import type { VerifierPorts } from "../options/verifier-ports.ts";
import type { CheckedIntrospectionOptions } from "../options/introspection-options.ts";
import { createResourceServerProof } from "./introspection-proof.ts";

/** Whom to ask, how, and by which keys a signed answer is verified. */
export interface IntrospectionEndpointOptions {
  readonly introspection: CheckedIntrospectionOptions;
  readonly policy: AccessTokenPolicy;

  /** For the metadata, and for questions without a time-out of their own. */
  readonly timeoutMs: number;
  readonly lookUpKey: RemoteKeySet["lookUpKey"];
}

/** The endpoint of one issuer. */
export interface IntrospectionEndpoint {
  readonly ask: IntrospectionSource;

  /** Finds out where it is. */
  readonly find: (signal: CancelSignal) => Promise<Result<string, IntrospectionOutage>>;
}

type Answer = Result<IntrospectionResponse, IntrospectionOutage>;

/** A signed answer is made for the question: an older one was kept by somebody. */
const maxSignedAnswerAgeSeconds = 10;

/**
 * Makes an endpoint that each question is posted to as a client of the issuer; no redirect is followed.
 *
 * A connection that breaks is no answer, and as often as not one that had been idle for too long: the question is asked
 * once more, with a proof of its own, within the same time.
 */
export function createIntrospectionEndpoint(
  options: IntrospectionEndpointOptions,
  ports: Pick<VerifierPorts, "transport" | "clock" | "bytes" | "signatureEngine" | "sleep">,
): IntrospectionEndpoint {
  const { introspection, policy } = options;
  const timeoutMs = introspection.timeoutMs ?? options.timeoutMs;
  const { clientId, endpoint, isSigned } = introspection;
  const { issuer } = policy;
  const { transport, clock, bytes } = ports;
  const prove = createResourceServerProof(introspection, ports.sleep);
  const discovery = createDiscoveredUrl(
    {
      issuer,
      timeoutMs: options.timeoutMs,
      member: "introspectionEndpoint",
      missing: "metadata_introspection_endpoint_missing",
    },
    ports,
  );

  const post = async (
    { url, token }: { readonly url: string; readonly token: string },
    { signal, leftMs }: { readonly signal: CancelSignal; readonly leftMs: () => number },
  ): Promise<Answer> => {
    const credentials = await prove({ url, issuer, clientId }, leftMs());
    if (!credentials.ok) return credentials;
    const question = { url, token, credentials: credentials.value, isSigned };
    const response = await transport(formatIntrospectionRequest(question), {
      signal,
      timeoutMs: leftMs(),
      maxBodyBytes: maxIntrospectionBytes,
    });
    if (!response.ok) return failed({ code: response.failure.kind });
    const answer = readIntrospectionAnswer(response.value, { isSigned, bytes, now: clock.now() });
    if (answer.kind === "outage") return failed(answer.outage);
    return answer.kind === "plain"
      ? ok(answer.response)
      : verifyAnswer(answer.jwt, { ...options, ports });
  };

  const find = async (signal: CancelSignal): Promise<Result<string, IntrospectionOutage>> =>
    endpoint === undefined ? discovery.find(signal) : ok(endpoint);

  const ask: IntrospectionSource = async (token, signal) => {
    const url = await find(signal);
    if (!url.ok) return url;
    const startedMs = clock.monotonicMs();
    const question = { url: url.value, token };
    const bound = {
      signal,
      leftMs: () => Math.max(1, timeoutMs - (clock.monotonicMs() - startedMs)),
    };
    let answer = await post(question, bound);
    if (!answer.ok && answer.failure.code === "network") answer = await post(question, bound);
    if (!answer.ok && concernsEveryToken(answer.failure)) discovery.doubt();
    return answer;
  };

  return { ask, find };
}

/** The key comes from the issuer's set, as for tokens; its type and its audience keep the two apart. */
async function verifyAnswer(
  jwt: ReceivedIntrospectionJwt,
  context: IntrospectionEndpointOptions & {
    readonly ports: Pick<VerifierPorts, "clock" | "signatureEngine">;
  },
): Promise<Answer> {
  const { introspection, policy, lookUpKey, ports } = context;
  const { kid, algorithm, signingInput, signature } = jwt;
  if (!policy.algorithms.includes(algorithm))
    return failed({ code: "introspection_jwt_algorithm" });
  const lookup = await lookUpKey({ kid, algorithm });
  if (lookup.kind === "unavailable") {
    const { retryAfterSeconds } = lookup;
    return failed({ code: "keys_unavailable", retryAfterSeconds });
  }
  if (lookup.kind === "not_found") return failed({ code: "introspection_jwt_key_not_found" });
  const isGood = await ports.signatureEngine.verify(lookup.key, signingInput, signature);
  const { issuer, clockToleranceSeconds } = policy;
  const concluded = concludeIntrospectionJwt(jwt, {
    isGood: isGood && lookup.key.algorithm === algorithm,
    policy: {
      issuer,
      audience: introspection.clientId,
      clockToleranceSeconds,
      maxAgeSeconds: maxSignedAnswerAgeSeconds,
    },
    now: ports.clock.now(),
  });
  return concluded.ok ? concluded : failed({ code: concluded.failure.code });
}
