import type { CertificateReader } from "@credicorp/oauth-core";
import type { PortableStep } from "./telling.ts";

/** Its subject is one name, `CN=evil,O=Bank`, and its alternative name is one text, `a.example, DNS:bank.example`. */
const hostileCertificate =
  "MIIBUzCB+qADAgECAhBltPsUQ3/D1NLR0J5/qqWYMAoGCCqGSM49BAMCMBYxFDASBgNVBAMTC2V2aWwsTz1CYW5rMB4XDTIz" +
  "MTExNDIyMTMyMFoXDTIzMTExNTIyMTMyMFowFjEUMBIGA1UEAxMLZXZpbCxPPUJhbmswWTATBgcqhkjOPQIBBggqhkjOPQMB" +
  "BwNCAAREaPfDgk2SsAXmqZXr5hPCPZKEpUsnBtvqHIjQIV9pzlwDROlUtsR4D0/lsTlENr/BS8mGpvrXOn80UJcrKtCWoyow" +
  "KDAmBgNVHREEHzAdghthLmV4YW1wbGUsIEROUzpiYW5rLmV4YW1wbGUwCgYIKoZIzj0EAwIDSAAwRQIhAMPzO7LFyeCOz3gc" +
  "teTX00CnMb001axkyI5kjArpAOQOAiBtmOBXhAncGwlEltm3AP7Y0c4J/tvUOQCTTzxAFSM+dQ==";

/** Where certificates are read, names must be told apart from what is written in them. */
export function certificateStep(reader: CertificateReader | undefined): PortableStep {
  return {
    name: reader === undefined ? "certificates are not read here" : "certificates are read",
    tell: async (state) => {
      if (reader === undefined) return state("and who needs that is told so", reader, undefined);
      const der = Uint8Array.from(atob(hostileCertificate), (letter) => letter.charCodeAt(0));
      const read = await reader.read(der);
      state(
        "the subject stays one name",
        read.ok && read.value.subjectDn,
        String.raw`CN=evil\,O=Bank`,
      );
      state("so does an alternative name", read.ok && read.value.subjectAlternativeNames.dns, [
        "a.example, DNS:bank.example",
      ]);
    },
  };
}
