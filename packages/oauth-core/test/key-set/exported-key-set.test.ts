import { failed, ok } from "@credicorp/oauth-core";
import type {
  ExportedKeySet,
  InitialKeys,
  KeySetReport,
  KeySetSource,
} from "@credicorp/oauth-core/key-set";
import {
  checkImportTimes,
  createRemoteKeySet,
  defaultKeySetOptions,
  emptyKeySet,
  exportKeySet,
  importKeys,
  parseExportedKeySet,
} from "@credicorp/oauth-core/key-set";
import type { ControlledClock } from "@credicorp/oauth-core/testing";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createTestKey, signatureEngine } from "../support/node-ports.ts";

const issuer = "https://as.example";
const validator = { url: "https://as.example/jwks", etag: '"v1"' };
const keys = [createTestKey("ed"), createTestKey("ec", "ES256"), createTestKey("rsa", "PS256")].map(
  ({ jwk }) => jwk,
);
const algorithms = ["Ed25519", "ES256", "PS256"] as const;

/** A remote set, with an issuer that the test answers for and a wall clock that it sets. */
function setUp(options: { clock?: ControlledClock; initialKeys?: InitialKeys } = {}) {
  const { clock = createControlledClock(1_700_000_000), initialKeys } = options;
  const reports: KeySetReport[] = [];
  const asked: (string | undefined)[] = [];
  let isDown = false;
  const source: KeySetSource = async (request) => {
    asked.push(request.validator?.etag);
    if (isDown) return failed({ code: "network" });
    return ok({ kind: "received", keys, maxAgeSeconds: 600, validator });
  };
  const set = createRemoteKeySet(source, {
    keySet: defaultKeySetOptions,
    algorithms,
    ports: { clock, random: { fraction: () => 0.5 }, signatureEngine },
    initialKeys,
    report: (report) => void reports.push(report),
  });
  const setDown = (): void => void (isDown = true);
  const lookUp = async (kid = "ec"): Promise<string> =>
    (await set.lookUpKey({ kid, algorithm: "ES256" })).kind;
  return { clock, set, reports, asked, setDown, lookUp };
}

async function exportOne(): Promise<{ clock: ControlledClock; exported: ExportedKeySet }> {
  const { clock, set } = setUp();
  await set.load();
  const exported = set.exportKeys(issuer);
  if (exported === undefined) throw new Error("there are keys");
  return { clock, exported: JSON.parse(JSON.stringify(exported)) as ExportedKeySet };
}

/** The next process: another monotonic clock, the same wall clock. */
function start(exported: ExportedKeySet, at: number): ReturnType<typeof setUp> {
  return setUp({ clock: createControlledClock(at), initialKeys: async () => ok(exported) });
}

describe("an exported key set", () => {
  it("holds public keys bound to their algorithms, their times and their document's name", async () => {
    const { exported } = await exportOne();

    expect(exported).toEqual({
      issuer,
      keys,
      exportedAt: 1_700_000_000,
      expiresAt: 1_700_000_600,
      deadAt: 1_700_004_200,
      validator,
    });
    expect(parseExportedKeySet(exported)).toEqual(ok(exported));
  });

  it("is served at once by the next process, which asks the issuer at once too", async () => {
    const { exported } = await exportOne();
    const { lookUp, asked, reports, set } = start(exported, 1_700_000_599);

    expect(await lookUp()).toBe("found");
    await expect.poll(() => set.health().phase).toBe("fresh");
    expect(asked).toEqual(['"v1"']);
    expect(reports.map(({ type }) => type)).toEqual(["keys_imported", "keys_fetched"]);
    expect(reports[0]).toEqual({
      type: "keys_imported",
      keyIds: ["ed", "ec", "rsa"],
      secondsLeft: 3601,
    });
  });

  it("is waited with for the issuer's answer once its lifetime is over, and served if there is none", async () => {
    const { exported } = await exportOne();
    const { lookUp, set, setDown, clock } = start(exported, 1_700_000_600);
    setDown();

    expect(await lookUp()).toBe("found");
    expect(set.health()).toMatchObject({ phase: "stale", failures: 1 });
    clock.advance(3599);
    expect(await lookUp()).toBe("found");
    clock.advance(1);
    expect(await lookUp()).toBe("unavailable");
  });

  it("gains no life by travelling on", async () => {
    const { exported } = await exportOne();
    const second = start(exported, 1_700_001_000);
    second.setDown();
    await second.lookUp();
    const again = second.set.exportKeys(issuer);

    expect(again).toEqual({ ...exported, exportedAt: 1_700_001_000 });
    second.clock.advance(4000);
    expect(second.set.exportKeys(issuer)).toBeUndefined();
  });

  it("has no name for its document when it has not all of its keys", async () => {
    const [known, unknown] = await importKeys(keys, { algorithms, signatureEngine });
    if (known === undefined || unknown === undefined) throw new Error("two keys are good");
    const state = {
      ...emptyKeySet(defaultKeySetOptions),
      keys: [known, { ...unknown, thumbprintInput: undefined }],
      refreshAtMs: 1,
      expiresAtMs: 2000,
      deadAtMs: 3000,
      validator,
    };

    expect(exportKeySet(state, { issuer, now: 10, nowMs: 0 })).toEqual({
      issuer,
      keys: keys.slice(0, 1),
      exportedAt: 10,
      expiresAt: 12,
      deadAt: 13,
    });
  });

  it("is not there while no keys are", async () => {
    const { set } = setUp();

    expect(set.exportKeys(issuer)).toBeUndefined();
  });

  it.each<[string, Partial<ExportedKeySet>, number, string]>([
    ["past its end", {}, 4200, "import_dead"],
    ["past the end that this verifier sets", { deadAt: 1_700_090_000 }, 4200, "import_dead"],
    ["past the end that its exporter set", { deadAt: 1_700_000_700 }, 700, "import_dead"],
    ["exported in the future", { exportedAt: 1_700_000_301 }, 0, "import_times"],
    [
      "with a life longer than any",
      { expiresAt: 1_700_086_402, deadAt: 1_700_090_000 },
      0,
      "import_times",
    ],
    ["that is dead before it expires", { deadAt: 1_700_000_599 }, 0, "import_times"],
    [
      "of keys for other uses",
      { keys: [{ ...keys[0], kty: "OKP", use: "enc" }] },
      0,
      "import_no_usable_key",
    ],
  ])("is refused %s", async (...[, change, ageSeconds, reason]) => {
    const { exported } = await exportOne();
    const { set, reports, lookUp } = start({ ...exported, ...change }, 1_700_000_000 + ageSeconds);

    expect(await set.load()).toMatchObject({ phase: "fresh", importRefusal: reason });
    expect(reports[0]).toEqual({ type: "keys_import_refused", reason });
    expect(await lookUp()).toBe("found");
  });

  it("is believed to the last second of each bound", async () => {
    const { exported } = await exportOne();
    const check = (change: Partial<ExportedKeySet>, now: number): string | undefined =>
      checkImportTimes({ ...exported, ...change }, { now, options: defaultKeySetOptions });

    expect(check({}, 1_700_004_199)).toBeUndefined();
    expect(check({}, 1_700_004_200)).toBe("import_dead");
    expect(check({ exportedAt: 1_700_000_300 }, 1_700_000_000)).toBeUndefined();
    expect(
      check({ expiresAt: 1_700_086_400, deadAt: 1_700_086_400 }, 1_700_000_000),
    ).toBeUndefined();
  });

  it("goes on without when what brings it breaks its promise", async () => {
    const { set } = setUp({ initialKeys: async () => Promise.reject(new Error("planted")) });

    expect(await set.load()).toMatchObject({ phase: "fresh", importRefusal: "port_threw" });
  });

  it("is refused as a whole when anything in it is not as it was written", async () => {
    const { exported } = await exportOne();
    const [first] = exported.keys;
    const wrong: unknown[] = [
      undefined,
      null,
      [],
      "x",
      {},
      { ...exported, issuer: "" },
      { ...exported, issuer: 7 },
      { ...exported, exportedAt: "1700000000" },
      { ...exported, expiresAt: Infinity },
      { ...exported, expiresAt: null },
      { ...exported, deadAt: -1 },
      { ...exported, keys: {} },
      { ...exported, keys: [] },
      { ...exported, keys: [first, { kty: "oct", k: "AA" }] },
      { ...exported, keys: [first, { ...first, d: "AA" }] },
      { ...exported, keys: Array.from({ length: 51 }, () => first) },
      { ...exported, validator: null },
      { ...exported, validator: { url: "https://as.example/jwks" } },
      { ...exported, validator: { url: 7, etag: '"v1"' } },
    ];

    for (const value of wrong) {
      expect(parseExportedKeySet(value)).toMatchObject({ failure: { code: "import_malformed" } });
    }
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(parseExportedKeySet(value).ok).toBe(false);
      }),
    );
  });
});
