import type { CertificateReader } from "@credicorp/oauth-core";

/** No platform but Node reads certificates: a server that needs to is told when it is made, not by its requests. */
export const certificateReader: CertificateReader | undefined = undefined;
