/**
 * Tells the story on the runtime that runs this file: in process, then over sockets, then over those of a sandbox that
 * runs elsewhere, whose URL may be given. Prints each fact, and a line of JSON at the end; exits with 1 when one fails.
 *
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createSandbox, defaultClients } from "@credicorp/oauth-mock-server";
import * as byPlatform from "@credicorp/oauth-runtime";
import * as portable from "@credicorp/oauth-runtime/portable";
import { certificateStep } from "./certificate-step.ts";
import type { Place, StoryClient } from "./place.ts";
import { serveInMemory } from "./place.ts";
import { portableStory } from "./portable-story.ts";
import { sandboxStory } from "./sandbox-story.ts";
import { runtimeName, serve } from "./serve.ts";
import type { PortableStep } from "./telling.ts";
import { tellSteps } from "./telling.ts";
import type { VectorFile } from "./vectors.ts";
import { vectorSteps } from "./vectors.ts";

const clientOf = (id: string): StoryClient => {
  const client = defaultClients.find((candidate) => candidate.id === id);
  if (client === undefined) throw new Error(`there is no client ${id}`);
  return client;
};

function readVectors(): readonly VectorFile[] {
  const verifier = import.meta.resolve("@credicorp/oauth-verifier/package.json");
  const folder = new URL("vectors/", verifier);
  return readdirSync(folder).map((name) => JSON.parse(readFileSync(new URL(name, folder), "utf8")));
}

const commonJs: PortableStep = {
  name: "a program in CommonJS",
  tell: async (state) => {
    const load = createRequire(import.meta.url);
    for (const name of ["client", "verifier", "mock-server", "runtime", "core"]) {
      const loaded = load(`@credicorp/oauth-${name}`) as object;
      state(`requires oauth-${name}`, Object.keys(loaded).length > 0, true);
    }
  },
};

const quiet = await createSandbox();
const listening = await createSandbox();
const { url } = await listening.listen();
const inProcess: Place = {
  issuer: quiet.issuer,
  fetch: quiet.fetch,
  serve: serveInMemory,
  clientOf,
};
const overSockets: Place = { issuer: url, serve, clientOf };
const [elsewhere] = process.argv.slice(2);

const chapters: Readonly<Record<string, readonly PortableStep[]>> = {
  "in process": [...portableStory(inProcess), ...sandboxStory(quiet, inProcess)],
  "over sockets": [...portableStory(overSockets), ...sandboxStory(listening, overSockets)],
  "against a sandbox on Node":
    elsewhere === undefined ? [] : portableStory({ ...overSockets, issuer: elsewhere }),
  "by itself": [
    ...vectorSteps(readVectors(), {
      "by the platform's engine": byPlatform,
      "by WebCrypto": portable,
    }),
    certificateStep(byPlatform.certificateReader),
    commonJs,
  ],
};

const failed: string[] = [];
let facts = 0;
for (const [chapter, steps] of Object.entries(chapters)) {
  // oxlint-disable-next-line no-await-in-loop -- one chapter after the other, as a reader wants it
  for (const { step, text, found } of await tellSteps(steps)) {
    const line = `${chapter} › ${step}: ${text}`;
    facts += 1;
    console.log(found === undefined ? `✓ ${line}` : `✗ ${line}: found ${found}`);
    if (found !== undefined) failed.push(line);
  }
}
await Promise.all([quiet.close(), listening.close()]);
console.log(JSON.stringify({ runtime: runtimeName, facts, failed }));
process.exitCode = failed.length === 0 ? 0 : 1;
