import * as crypto from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { onTestFinished } from "vitest";

/** A key of the issuer; `sign` is `node:crypto` and nothing of ours. */
export interface IssuerKey {
  readonly jwk: Readonly<Record<string, unknown>>;
  readonly sign: (payload: object, header?: object) => string;
}

/** An authorization server over a real socket, as good or as bad as a test wants it. */
export interface Issuer {
  readonly url: string;

  /** The paths that were asked for, in order. */
  readonly requests: readonly string[];

  /** What the key set holds. */
  keys: IssuerKey[];
  cacheControl: string | undefined;

  /** Answers requests for the key set, and for the metadata, instead of the good answer. */
  answerKeys: Answer | undefined;
  answerMetadata: Answer | undefined;

  /** Refuses connections from now on, or no longer. */
  readonly setDown: (isDown: boolean) => Promise<void>;

  /** Good claims, issued at this clock's time, with changes. */
  readonly claims: (change?: object) => object;
}

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** Makes a key; Ed25519 unless told otherwise. */
export function createIssuerKey(
  kid: string,
  alg: "RS256" | "PS256" | "ES256" | "ES384" | "Ed25519" = "Ed25519",
): IssuerKey {
  const { publicKey, privateKey } = generate(alg);
  return {
    jwk: { ...publicKey.export({ format: "jwk" }), kid, alg, use: "sig" },
    sign: (payload, header = {}) => {
      const segments = [{ alg, typ: "at+jwt", kid, ...header }, payload].map((part) =>
        Buffer.from(JSON.stringify(part)).toString("base64url"),
      );
      const input = segments.join(".");
      const signature = crypto.sign(
        alg === "Ed25519" ? null : `sha${alg.slice(2)}`,
        Buffer.from(input),
        {
          key: privateKey,
          ...(alg.startsWith("ES") && { dsaEncoding: "ieee-p1363" as const }),
          ...(alg === "PS256" && {
            padding: crypto.constants.RSA_PKCS1_PSS_PADDING,
            saltLength: 32,
          }),
        },
      );
      return `${input}.${signature.toString("base64url")}`;
    },
  };
}

/** Starts an issuer on a free port of the loopback interface; it ends with the test. */
export async function startIssuer(keys: IssuerKey[] = [createIssuerKey("k1")]): Promise<Issuer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? "");
    const isKeys = request.url === "/jwks";
    const answer = isKeys ? issuer.answerKeys : issuer.answerMetadata;
    if (answer !== undefined) return answer(response, request);
    if (isKeys && issuer.cacheControl !== undefined) {
      response.setHeader("Cache-Control", issuer.cacheControl);
    }
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify(isKeys ? { keys: issuer.keys.map(({ jwk }) => jwk) } : metadata()));
    return undefined;
  });
  const listen = async (port: number): Promise<number> => {
    await new Promise<void>((resolve) => {
      server.listen(port, "127.0.0.1", resolve);
    });
    return (server.address() as AddressInfo).port;
  };
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  };
  const port = await listen(0);
  onTestFinished(close);

  const url = `http://127.0.0.1:${port}`;
  const metadata = (): object => ({
    issuer: url,
    token_endpoint: `${url}/token`,
    jwks_uri: `${url}/jwks`,
  });
  const issuer: Issuer = {
    url,
    requests,
    keys,
    cacheControl: undefined,
    answerKeys: undefined,
    answerMetadata: undefined,
    setDown: async (isDown) => {
      if (isDown) await close();
      else await listen(port);
    },
    claims: (change) => {
      const now = Math.floor(Date.now() / 1000);
      return {
        iss: url,
        sub: "partner-1",
        client_id: "partner-1",
        aud: "https://api.example",
        scope: "decisions:read",
        iat: now,
        exp: now + 900,
        jti: crypto.randomUUID(),
        ...change,
      };
    },
  };
  return issuer;
}

/** Answers with a status, a body and fields. */
export function respond(
  status: number,
  body: string | Buffer,
  headers: Record<string, string> = {},
): Answer {
  return (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
}

function generate(alg: string): crypto.KeyPairKeyObjectResult {
  // A copy: Node 20 deadlocks when it exports a key as a JWK while it collects the synchronous job that made it.
  const made = generateWithJob(alg).privateKey.export({ format: "pem", type: "pkcs8" });
  const privateKey = crypto.createPrivateKey(made);
  return { privateKey, publicKey: crypto.createPublicKey(privateKey) };
}

function generateWithJob(alg: string): crypto.KeyPairKeyObjectResult {
  if (alg === "Ed25519") return crypto.generateKeyPairSync("ed25519");
  if (alg === "ES256") return crypto.generateKeyPairSync("ec", { namedCurve: "P-256" });
  if (alg === "ES384") return crypto.generateKeyPairSync("ec", { namedCurve: "P-384" });
  return crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
}
