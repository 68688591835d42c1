import type { SandboxTls } from "../http/tls.ts";

/** A certificate and its private key, both in PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

/** Certificates for one run: the key of their authority is kept nowhere. */
export interface TestCertificates {
  /** What `createSandbox` is given; it believes the certificates of the authority. */
  readonly tls: SandboxTls;

  /** That of the client `partner-mtls`, see {@link mutualTlsClient}. */
  readonly client: TestCertificate;

  /** What clients are to believe, in PEM. */
  readonly authority: string;
}

/** What the certificates are for. */
export interface TestCertificateOptions {
  /** Names and addresses of the server. @defaultValue `localhost`, `127.0.0.1` and `::1` */
  readonly hosts?: readonly string[] | undefined;
}

const loopback = ["localhost", "127.0.0.1", "::1"];

/**
 * Makes an authority, a certificate of a server, and one of a client: all that a test of mutual TLS needs. They are good for
 * 90 days by the clock of the machine.
 */
export async function createTestCertificates({
  hosts = loopback,
}: TestCertificateOptions = {}): Promise<TestCertificates> {
  const { makeCertificates } = await import("./make-certificates.ts");
  const made = await makeCertificates(hosts);
  return {
    tls: {
      cert: made.serverCertificate,
      key: made.serverKey,
      clientCertificateAuthorities: [made.authority],
    },
    client: { cert: made.clientCertificate, key: made.clientKey },
    authority: made.authority,
  };
}
