import type { Benchmark } from "./benchmark.ts";
import { fetchedGet, interceptedGet } from "./client/authorised-get.ts";
import { heldToken, heldTokenAtOnce } from "./client/held-token.ts";
import { fullJournal } from "./journal/full-journal.ts";
import { inProcess } from "./start-up/in-process.ts";
import { startUp } from "./start-up/start-up.ts";
import { tokenIssuanceOf } from "./token-endpoint/token-issuance.ts";
import type { CostTable } from "./costs/cost-table.ts";
import { checkCosts } from "./costs/check-costs.ts";
import { monsters } from "./costs/monsters.ts";
import { guardedRoute } from "./verification/guarded-route.ts";
import { manyAtOnce } from "./verification/many-at-once.ts";
import { seenAgainAtOnce, seenAgainByZipf, seenAgainLater } from "./verification/seen-again.ts";
import { verificationOf } from "./verification/verification.ts";

/** All benchmarks, in the order in which they run. */
export const benchmarks: readonly Benchmark[] = [
  tokenIssuanceOf("ES256", {
    band: { typical: 1, min: 0.55, max: 1.6 },
    peers: {
      "oidc-provider": "oidc-provider-server",
      "oauth2-mock-server": "oauth2-mock-server-server",
    },
  }),
  tokenIssuanceOf("RS256", { band: { typical: 1.7, min: 0.9, max: 2.6 } }),
  startUp,
  inProcess,
  fullJournal,
  verificationOf("RS256", { typical: 0.76, min: 0.45, max: 1.1 }),
  verificationOf("ES256", { typical: 0.89, min: 0.6, max: 1.1 }),
  verificationOf("Ed25519", { typical: 0.89, min: 0.55, max: 1.1 }),
  manyAtOnce,
  seenAgainAtOnce,
  seenAgainLater,
  seenAgainByZipf,
  guardedRoute,
  heldToken,
  heldTokenAtOnce,
  interceptedGet,
  fetchedGet,
];

/** What single things cost, after the benchmarks. */
export const costTables: readonly CostTable[] = [monsters, checkCosts];
