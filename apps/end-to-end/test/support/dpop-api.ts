import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { onTestFinished } from "vitest";

import { verifyDpopProof } from "@credicorp/oauth-core/jwt";
import { formatChallenges } from "@credicorp/oauth-core/protocol";
import type { Sandbox } from "@credicorp/oauth-mock-server";
import { bytes, digest, signatureEngine, systemClock } from "@credicorp/oauth-runtime";

/** An API that takes a token with a proof of its key only, each proof once, and with its nonce only. */
export interface DpopApi {
  readonly url: string;

  /** The status of every answer. */
  readonly statuses: readonly number[];

  /** What proofs must repeat from now on. */
  readonly setNonce: (nonce: string) => void;
}

const ports = { bytes, digest, signatureEngine, clock: systemClock };

/** Starts an API whose tokens are looked up at a sandbox. */
export async function startDpopApi(sandbox: Sandbox, issuer: string): Promise<DpopApi> {
  const statuses: number[] = [];
  const seen = new Set<string>();
  let nonce = "first-nonce";

  /** Returns why a request is refused. */
  async function judge({ method = "", url: path = "", headers }: IncomingMessage): Promise<string> {
    const [scheme, token = ""] = headers.authorization?.split(" ") ?? [];
    const expectation = {
      method,
      url: url + path,
      algorithms: ["ES256", "PS256", "Ed25519"],
      windowSeconds: 10,
    } as const;
    const proof = await verifyDpopProof(headers["dpop"]?.toString() ?? "", expectation, ports);
    if (scheme !== "DPoP" || !proof.ok) return "invalid_dpop_proof";
    const { claims, thumbprint } = proof.value;
    const hash = await digest.sha256(bytes.encodeUtf8(token));
    if (claims.accessTokenHash !== bytes.encodeBase64url(hash) || seen.has(claims.jti)) {
      return "invalid_dpop_proof";
    }
    seen.add(claims.jti);
    if (claims.nonce !== nonce) return "use_dpop_nonce";
    return (await keyOf(token)) === thumbprint ? "" : "invalid_token";
  }

  async function keyOf(token: string): Promise<string | undefined> {
    const { id, secret } = sandbox.clients.get("partner-api");
    const response = await fetch(`${issuer}/partner/v1/oauth/introspect`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
      body: new URLSearchParams({ token }),
    });
    const { active, cnf } = (await response.json()) as Introspection;
    return active ? cnf?.jkt : undefined;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    const error = await judge(request);
    statuses.push(error === "" ? 200 : 401);
    const challenge = formatChallenges([{ scheme: "DPoP", parameters: { error } }]);
    response.writeHead(error === "" ? 200 : 401, {
      "dpop-nonce": nonce,
      ...(error !== "" && { "www-authenticate": challenge }),
    });
    response.end(error);
  }

  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    statuses,
    setNonce: (next) => {
      nonce = next;
    },
  };
}

interface Introspection {
  readonly active: boolean;
  readonly cnf?: { readonly jkt?: string };
}
