/**
 * Bundles the command for publishing: `dist/command/oauth-mock-server.js`, what every start needs in two files beside it,
 * and the rest in files that load when they are needed.
 *
 * Node takes 0.4 ms for each of the 150 modules that the command would otherwise load, a quarter of its start.
 * What users import stays as the compiler wrote it.
 *
 * @module
 */
import { build } from "rolldown";

await build({
  input: { "oauth-mock-server": "bin/oauth-mock-server.js" },
  external: ["@peculiar/x509", "fastify", "reflect-metadata", "yaml", "zod"],
  platform: "node",
  // That `serve` and the server of HTTP are imported late and yet share a file is what is wanted.
  checks: { ineffectiveDynamicImport: false },
  output: {
    // Where the compiled command is too: the manifest is found from there.
    dir: "dist/command",
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "oauth-mock-server-[name]-[hash].js",
    codeSplitting: {
      // A group takes along what its modules import, unless a group before it has that.
      groups: [
        // For `--help`, `health` and the like too. Not in the entry, which awaits the end of the command: nothing that
        // is loaded meanwhile could import from it.
        {
          name: "command",
          test: /[\\/]dist[\\/](?:command[\\/]command-line|configuration[\\/]read-text)\.js$/,
          priority: 2,
        },
        {
          name: "serve",
          test: /[\\/]dist[\\/](?:command[\\/]serve|http[\\/]http-server)\.js$/,
          priority: 1,
        },
      ],
    },
  },
});
