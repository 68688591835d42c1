/**
 * Gives property tests their number of runs and their seed: fixed in `npm test`, many runs and a
 * random seed in `npm run test:long`.
 *
 * @module
 */
import { configureGlobal } from "fast-check";

const long = process.env["CREDICORP_TEST_LONG"] === "1";

configureGlobal({
  numRuns: long ? 10_000 : 100,
  seed: Number(process.env["CREDICORP_TEST_SEED"] ?? 6749),
});
