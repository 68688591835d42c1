import { describe, expect, it } from "vitest";
import { startProgram } from "./program.ts";

describe("npm start", () => {
  it("prints where it listens, stops on SIGINT, and exits with 0", async () => {
    const program = startProgram("start", ["--port", "0"]);
    const origin = await program.origin();
    const before = await fetch(`${origin}/.well-known/oauth-authorization-server`);

    program.kill("SIGINT");
    const { code, stdout, stderr } = await program.exited;

    expect(before.status).toBe(200);
    expect(code).toBe(0);
    expect(stdout).toContain("Stopping");
    expect(stderr).toBe("");
  });

  it("says in one line that a port is taken, and exits with 2", async () => {
    const first = startProgram("start", ["--port", "0"]);
    const { port } = new URL(await first.origin());

    const { code, stderr } = await startProgram("start", ["--port", port]).exited;

    expect(code).toBe(2);
    expect(stderr).toBe(
      `Port ${port} is taken: stop what listens there, or choose another with --port.\n`,
    );
  });

  it.each([
    { args: ["--port", "65536"], message: /^--port must be a whole number/ },
    { args: ["--prot", "1"], message: /^Unknown option '--prot'/ },
  ])("refuses $args with exit code 2", async ({ args, message }) => {
    const { code, stderr } = await startProgram("start", args).exited;

    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe("npm run demo", () => {
  it("tells the whole story within 15 s, prints no secret and no token, and exits with 0", async () => {
    const startedAtMs = performance.now();

    const { code, stdout, stderr } = await startProgram("demo", []).exited;

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/All 10 steps and \d+ facts hold, in [\d.]+ s\.\n$/);
    expect(stdout).not.toMatch(/sandbox_|eyJ/);
    expect(performance.now() - startedAtMs).toBeLessThan(15_000);
  });

  it("goes on when a step fails, says which, and exits with 1", async () => {
    const preload = `
      import { subscribe } from "node:diagnostics_channel";
      subscribe("http.server.request.start", ({ request, socket }) => {
        if (request.url.endsWith("/introspect")) socket.destroy();
      });
    `;

    const { code, stdout, stderr } = await startProgram("demo", [], { preload }).exited;

    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toContain("3 of 10 steps failed: expired token, revoked token, introspection\n");
  });
});
