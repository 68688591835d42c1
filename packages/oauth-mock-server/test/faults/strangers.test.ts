import { signatureEngine } from "@credicorp/oauth-runtime";
import { expect, it } from "vitest";

import { createStrangers } from "../../src/faults/strangers.ts";

it("makes the key of a stranger again when it could not be made, and no other one when it could", async () => {
  let attempts = 0;
  const strangers = createStrangers({
    ...signatureEngine,
    generateKeyPair: (algorithm) => {
      attempts += 1;
      return attempts === 1
        ? Promise.reject(new Error("no entropy"))
        : signatureEngine.generateKeyPair(algorithm);
    },
  });

  await expect(strangers.signingKey("Ed25519")).rejects.toThrow("no entropy");
  const key = await strangers.signingKey("Ed25519");

  expect(await strangers.signingKey("Ed25519")).toBe(key);
  expect(attempts).toBe(2);
});
