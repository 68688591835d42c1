import { createSandbox } from "@credicorp/oauth-mock-server";
import { afterEach, expect, it, vi } from "vitest";

afterEach(() => void vi.unstubAllEnvs());

it("SAFE-01 does not start where NODE_ENV is production, and says what to do", async () => {
  vi.stubEnv("NODE_ENV", "production");

  await expect(createSandbox()).rejects.toMatchObject({
    kind: "config",
    option: "dangerouslyAllowProduction",
    message: expect.stringContaining("NODE_ENV"),
  });
});

it("SAFE-01 starts there when it is told to in so many words", async () => {
  vi.stubEnv("NODE_ENV", "production");

  await using sandbox = await createSandbox({ dangerouslyAllowProduction: true });

  expect((await sandbox.fetch("/readyz")).status).toBe(200);
});

it.each(["development", "test", ""])("SAFE-01 starts where NODE_ENV is %j", async (environment) => {
  vi.stubEnv("NODE_ENV", environment);

  await using sandbox = await createSandbox();

  expect((await sandbox.fetch("/healthz")).status).toBe(200);
});
