import { createBenchmarkVerifier } from "../verification/benchmark-verifier.ts";
import { createTokenSigner } from "../verification/signed-tokens.ts";
import { median } from "../summary.ts";
import type { CostTable } from "./cost-table.ts";

const maxMicroseconds = 1000;
const refusalsPerRound = 20;

/** What tokens that are made to cost do cost. */
export const monsters: CostTable = {
  name: "Tokens that are made to cost",
  introduction:
    "CPU time of one refusal by `verifySync()`, which has its keys at hand; the median of the rounds.",
  measure: async (rounds) => {
    const signer = createTokenSigner("ES256");
    const { verifySync, close } = await createBenchmarkVerifier([signer.publicJwk]);
    const [header = "", , signature = ""] = (signer.makeTokens(1)[0] ?? "").split(".");
    const deep = Buffer.from("[".repeat(100_000) + "]".repeat(100_000)).toString("base64url");
    const tokens = {
      "8 MB of dots": ".".repeat(8_000_000),
      "JSON that is 100,000 levels deep": `${header}.${deep}.${signature}`,
      "a header of 1 MB": `${"A".repeat(1_000_000)}.e30.${signature}`,
      "a signature of 8 MB": `${header}.e30.${"A".repeat(8_000_000)}`,
      "16 KiB of dots, which is not too long": ".".repeat(16_384),
      "16 KiB of nested JSON, which is not too long": nested(header, signature),
    };
    const costs = Object.entries(tokens).map(([what, token]) => {
      const measured = Array.from({ length: rounds }, () => measureRefusal(verifySync, token));
      return { what, microseconds: median(measured), maxMicroseconds };
    });
    close();
    return costs;
  },
};

function nested(header: string, signature: string): string {
  return `${header}.${Buffer.from(`{"a":${"[".repeat(11_000)}`).toString("base64url")}.${signature}`;
}

function measureRefusal(
  verifySync: (token: string) => { readonly kind: string },
  token: string,
): number {
  const before = process.cpuUsage();
  for (let index = 0; index < refusalsPerRound; index += 1) {
    if (verifySync(token).kind !== "rejected") throw new Error("A monster was not refused");
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / refusalsPerRound;
}
