import { createHash } from "node:crypto";

import type { CertificateDetails, CertificateReader, Peer } from "@credicorp/oauth-core";
import type {
  AuthorizationServerConfiguration,
  AuthorizationServerPorts,
  ClientRegistration,
} from "@credicorp/oauth-core/authorization-server";

import { createDpopKey } from "../../support/dpop-key.ts";
import type { Form, TestResponse, TestServer } from "./test-server.ts";
import { createTestServer, issuer, paths } from "./test-server.ts";

/** Takes JSON for DER: what a certificate says is in the test's hands, and how it is encoded is for other tests. */
export const jsonReader: CertificateReader = {
  read: (der) => {
    try {
      return { ok: true, value: JSON.parse(Buffer.from(der).toString("utf8")) };
    } catch {
      return { ok: false, failure: "not JSON" };
    }
  },
};

/** A certificate of 2023-11-14, valid for a day, changed as told. */
export function makeCertificate(details: Partial<CertificateDetails> = {}): Uint8Array {
  const certificate: CertificateDetails = {
    subjectDn: "CN=partner,O=Example",
    subjectAlternativeNames: { dns: [], uri: [], ip: [], email: [] },
    notBefore: 1_699_999_000,
    notAfter: 1_700_086_400,
    ...details,
  };
  return new TextEncoder().encode(JSON.stringify(certificate));
}

export function thumbprint(certificate: Uint8Array): string {
  return createHash("sha256").update(certificate).digest("base64url");
}

/** A JWK Set whose only key has a certificate. */
export function jwksWith(certificate: Uint8Array): NonNullable<ClientRegistration["jwks"]> {
  return { keys: [{ kty: "EC", x5c: [Buffer.from(certificate).toString("base64")] }] };
}

/** A server with the client `partner`, which connects with certificates. */
export interface CertificateSetting {
  readonly server: TestServer;
  readonly register: (registration: Partial<ClientRegistration>) => Promise<void>;

  /** Sends a token request that names `partner`, unless told otherwise, over a connection with a certificate. */
  readonly send: (
    certificate: Uint8Array | undefined,
    options?: SendOptions,
  ) => Promise<TestResponse>;
}

export interface SendOptions {
  readonly path?: string;
  readonly form?: Exclude<Form, string>;
  readonly headers?: readonly (readonly [string, string])[];
  readonly peer?: Partial<Peer>;
}

export async function createCertificateSetting(
  configuration: Partial<AuthorizationServerConfiguration> = {},
  ports: Partial<AuthorizationServerPorts> = {},
): Promise<CertificateSetting> {
  const server = await createTestServer(
    { mutualTls: { verifiesChains: true }, ...configuration },
    { certificateReader: jsonReader, ...ports },
  );
  const register: CertificateSetting["register"] = (registration) =>
    server.register({
      id: "partner",
      tokenEndpointAuthMethod: "tls_client_auth",
      scope: ["decisions:read"],
      ...registration,
    });
  return {
    server,
    register,
    send: (certificate, { path = paths.token, form, headers = [], peer = {} } = {}) => {
      const fields = form ?? { grant_type: "client_credentials", client_id: "partner" };
      return server.request({
        method: "POST",
        target: path,
        headers: [["Content-Type", "application/x-www-form-urlencoded"], ...headers],
        body: new URLSearchParams(fields as Record<string, string>).toString(),
        peer: {
          address: "192.0.2.1",
          secure: true,
          certificate,
          isCertificateChainVerified: true,
          ...peer,
        },
      });
    },
  };
}

/** Makes the DPoP field of a token request, with a key of its own. */
export async function makeProof(
  { clock }: Pick<TestServer, "clock">,
  origin = issuer,
): Promise<{ readonly field: readonly [string, string]; readonly jkt: string }> {
  const key = await createDpopKey();
  const issuedAt = Math.floor(clock.now());
  const url = origin + paths.token;
  const proof = await key.prove({ method: "POST", url, issuedAt, jti: "proof" });
  return { field: ["DPoP", proof], jkt: key.thumbprint };
}
