import type { SandboxTls } from "../http/tls.ts";

/** Where the certificates are that were made for a start. */
export interface CertificateFiles {
  /** What clients are to believe: `NODE_EXTRA_CA_CERTS`, `curl --cacert`. */
  readonly authorityFile: string;

  /** What a client authenticates with. */
  readonly clientCertificateFile: string;
  readonly clientKeyFile: string;
}

/** The TLS of a start. */
export interface ServerTls {
  readonly tls: SandboxTls;

  /** Absent when the certificate is not of our making. */
  readonly certificates?: CertificateFiles | undefined;

  /** Removes what was written for this start alone. */
  readonly remove: () => Promise<void>;
}
