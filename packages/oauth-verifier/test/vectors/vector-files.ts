import { preamble } from "./base-token.ts";
import { claimGroups } from "./claim-cases.ts";
import { formGroups } from "./form-cases.ts";
import { edwardsKeyGroups, keyGroups } from "./key-cases.ts";
import { signatureGroups } from "./signature-cases.ts";
import type { CaseGroup } from "./vector-file.ts";
import { formatVectorFile } from "./vector-file.ts";

/** The files that are published, by name. */
export const vectorFiles: Readonly<Record<string, () => string>> = {
  "token-form.json": () => format("How strictly the token is read.", formGroups()),
  "token-signature.json": () =>
    format(
      "What a signature proves, and which algorithm and key count.",
      signatureGroups(["RS256", "PS256", "ES256", "ES384", "ES512"]),
    ),
  "token-claims.json": () =>
    format("What makes a signed JWT an access token for this server.", claimGroups()),
  "key-fitness.json": () =>
    format("Keys that verify their tokens and must not be used.", keyGroups()),
  "ed25519.json": () =>
    format("Signatures and keys of Ed25519 (RFC 8037).", [
      ...signatureGroups(["Ed25519"]),
      ...edwardsKeyGroups(),
    ]),
};

function format(subject: string, groups: readonly CaseGroup[]): string {
  return formatVectorFile([subject, ...preamble], groups);
}
