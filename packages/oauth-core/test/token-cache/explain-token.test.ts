import { NetworkError } from "@credicorp/oauth-core";
import { explainToken } from "@credicorp/oauth-core/token-cache";
import { expect, it } from "vitest";

import { startMachine } from "./machine.ts";

const nothing = { served: undefined, lastError: undefined };

it("explains a machine that knows nothing", () => {
  const machine = startMachine();

  expect(explainToken(machine.state(), nothing, machine.now())).toEqual({
    freshness: "none",
    served: undefined,
    held: undefined,
    isRequesting: false,
    waiting: 0,
    lastError: undefined,
    outage: undefined,
  });
});

it("explains a held token: its age, its end and its next refresh", () => {
  const machine = startMachine({ fraction: 0.5 });
  machine.want();
  machine.receive({ seconds: 900, scope: ["decisions:read"] });
  machine.advance(100);
  const { epochSeconds } = machine.now();

  expect(explainToken(machine.state(), nothing, machine.now())).toMatchObject({
    freshness: "fresh",
    held: {
      scope: ["decisions:read"],
      ageSeconds: 100,
      expiresAt: epochSeconds + 800,
      lifetimeSource: "expires_in",
      nextRefreshAt: epochSeconds + 350,
    },
  });
});

it("explains an outage by its error, its length and its next try", () => {
  const machine = startMachine();
  const { epochSeconds } = machine.now();
  machine.want();
  const error = new NetworkError("unreachable", { hint: "Look at the network.", requestId: "42" });
  machine.fail(error);
  const lastError = { error, at: epochSeconds };

  const explained = explainToken(machine.state(), { served: "hit", lastError }, machine.now());

  expect(explained).toMatchObject({
    served: "hit",
    waiting: 1,
    isRequesting: false,
    lastError: {
      kind: "network",
      code: "ERR_OAUTH_NETWORK",
      message: "unreachable",
      hint: "Look at the network.",
      requestId: "42",
      at: epochSeconds,
    },
    outage: { since: epochSeconds, attempts: 1 },
  });
  expect(explained.outage?.nextTryAt).toBeGreaterThanOrEqual(epochSeconds);
});

it("CLI-32 explains with neither the token nor anything that is made of it", () => {
  const machine = startMachine();
  machine.want();
  machine.receive({ value: "planted", seconds: 900 });

  expect(JSON.stringify(explainToken(machine.state(), nothing, machine.now()))).not.toContain(
    "planted",
  );
});
