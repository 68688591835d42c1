import { fileURLToPath } from "node:url";

/** Returns the file of the sandbox's command as it is published: bundled by the package's build. */
export function sandboxCommand(): string {
  const manifest = import.meta.resolve("@credicorp/oauth-mock-server/package.json");
  return fileURLToPath(new URL("./dist/command/oauth-mock-server.js", manifest));
}
