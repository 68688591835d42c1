import { configDefaults, defineConfig } from "vitest/config";

const builtTests = "{packages,apps}/*/test/built/**/*.test.ts";
const browserTests = "{packages,apps}/*/test/browser/**/*.test.ts";
const sources = { resolve: { conditions: ["@credicorp/source", "node", "module"] } };
const long = process.env["CREDICORP_TEST_LONG"] === "1";

/**
 * One configuration for the whole workspace.
 *
 * Tests of the project "source" read the sources of every workspace package, so nothing is built
 * before a test run. Those of the project "built" start processes and read `dist`; those of
 * "browser" read sources too, and need a browser.
 */
export default defineConfig({
  test: {
    restoreMocks: true,
    setupFiles: ["./vitest.setup.ts"],
    testTimeout: long ? 30 * 60_000 : 10_000,
    projects: [
      {
        extends: true,
        ssr: sources,
        test: {
          name: "source",
          include: ["{packages,apps}/*/test/**/*.test.ts"],
          exclude: [...configDefaults.exclude, builtTests, browserTests],
        },
      },
      { extends: true, test: { name: "built", include: [builtTests], testTimeout: 30_000 } },
      {
        extends: true,
        ssr: sources,
        test: { name: "browser", include: [browserTests], testTimeout: 60_000 },
      },
      {
        extends: true,
        test: { name: "scripts", include: ["scripts/test/**/*.test.mjs"], testTimeout: 30_000 },
      },
    ],
  },
});
