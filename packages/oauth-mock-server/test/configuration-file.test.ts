import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it, onTestFinished } from "vitest";

import { createConfigurationJsonSchema } from "../src/configuration/configuration-json-schema.ts";
import { configurationSchema } from "../src/configuration/configuration-schema.ts";
import type { ConfigurationFile } from "../src/configuration/read-configuration-file.ts";
import { readConfigurationFile } from "../src/configuration/read-configuration-file.ts";

const secret = "planted_Jq7Vn2kTzX4mWc9RbY5sPd8hLf3gAe6u";
const client = { id: "a", tokenEndpointAuthMethod: "client_secret_post", secret, scope: ["x"] };

async function readText(name: string, text: string | Buffer): Promise<ConfigurationFile> {
  const folder = await mkdtemp(join(tmpdir(), "sandbox-configuration-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, name), text);
  return readConfigurationFile(join(folder, name));
}

/** Returns what is said about a file, without the folder that it is in. */
async function complaint(name: string, text: string | Buffer): Promise<string> {
  const error: unknown = await readText(name, text).catch((reason: unknown) => reason);
  if (!(error instanceof Error)) throw new Error("nobody complained");
  expect(error.message).not.toContain("planted");
  return error.message.replaceAll(/\/\S*\/(?=sandbox\.)/g, "");
}

describe("the published JSON Schema", () => {
  const validate = new Ajv2020({ strict: false }).compile(createConfigurationJsonSchema());

  it("CMD-03 is what the sandbox itself reads by; `vitest --update` writes it", async () => {
    const text = `${JSON.stringify(createConfigurationJsonSchema(), undefined, 2)}\n`;

    await expect(text).toMatchFileSnapshot("../configuration.schema.json");
  });

  // Each is a configuration, and whether it is a good one.
  it.each<readonly [unknown, boolean]>([
    [{}, true],
    [{ $schema: "./configuration.schema.json", command: { port: 0, watch: true } }, true],
    [{ clients: [client] }, true],
    [
      { clients: [{ ...client, secret: undefined, secrets: [{ secret, expiresInSeconds: 5 }] }] },
      true,
    ],
    [{ limits: { token: null, address: { limit: 1, windowSeconds: 1 } }, dpop: null }, true],
    [{ faults: [{ fault: "delay", delayMs: 5, endpoint: "token" }], seed: 0 }, true],
    [{ tls: { keyFile: "a", certFile: "b" }, profile: "fapi2" }, true],
    [[], false],
    [{ client: [] }, false],
    [{ command: { port: 65_536 } }, false],
    [{ clients: [{ ...client, scopes: [] }] }, false],
    [{ clients: [{ ...client, id: undefined }] }, false],
    [{ accessTokenLifetimeSeconds: 3601 }, false],
    [{ faults: [{ fault: "delay" }] }, false],
    [{ faults: [{ fault: "delay", delayMs: 5, status: 500 }] }, false],
    [{ seed: 0.5 }, false],
  ])("CMD-03 judges %j as the sandbox does", (configuration, isGood) => {
    const value: unknown = JSON.parse(JSON.stringify(configuration));

    expect(configurationSchema.safeParse(value).success).toBe(isGood);
    expect(validate(value)).toBe(isGood);
  });
});

describe("a configuration file", () => {
  it("CMD-02 may be YAML, with comments and anchors, and means what its JSON would", async () => {
    const yaml = `
# yaml-language-server: $schema=./configuration.schema.json
command: { port: 0, drainSeconds: 3 }
clients:
  - &one
    id: a
    tokenEndpointAuthMethod: client_secret_post
    secret: ${secret}
    scope: [x]
faults:
  - fault: delay
    delayMs: 5
`;
    const json = {
      command: { port: 0, drainSeconds: 3 },
      clients: [client],
      faults: [{ fault: "delay", delayMs: 5 }],
    };

    const expected = await readText("sandbox.json", JSON.stringify(json));

    expect(await readText("sandbox.yaml", yaml)).toEqual(expected);
    expect(await readText("sandbox.yml", yaml)).toEqual(expected);
  });

  it.each([
    {
      name: "a misspelt option",
      yaml: "seed: 1\nclinets: []\n",
      json: '{\n  "seed": 1,\n\t"clinets": []\n}',
      says: [
        "sandbox.yaml:2:1",
        "sandbox.json:3:2",
        "unknown option clinets: write clients, if that is meant",
      ],
    },
    {
      name: "one that is like nothing",
      yaml: "seed: 1\nzebra: 1\n",
      json: '{\n"seed": 1,\n"zebra": 1}',
      says: [
        "sandbox.yaml:2:1",
        "sandbox.json:3:1",
        "unknown option zebra: remove it, or correct its spelling",
      ],
    },
    {
      name: "one in a client",
      yaml: "clients:\n  - id: a\n    scopes: []\n    tokenEndpointAuthMethod: none\n",
      json: '{"clients": [\n  {"id": "a",\n   "scopes": [], "tokenEndpointAuthMethod": "none"}]}',
      says: [
        "sandbox.yaml:3:5",
        "sandbox.json:3:4",
        "unknown option scopes in clients[0]: write scope, if that is meant",
      ],
    },
    {
      name: "one in a fault",
      yaml: "faults:\n  - fault: delay\n    delayMs: 5\n    endpont: token\n",
      json: '{"faults": [{"fault": "delay", "delayMs": 5,\n"endpont": "token"}]}',
      says: [
        "sandbox.yaml:4:5",
        "sandbox.json:2:1",
        "unknown option endpont in faults[0]: write endpoint, if that is meant",
      ],
    },
    {
      name: "a required one that is misspelt",
      yaml: "clients:\n  - id: a\n    tokenEndpointAuthMetod: none\n",
      json: '{"clients": [{"id": "a",\n"tokenEndpointAuthMetod": "none"}]}',
      says: [
        "sandbox.yaml:3:5",
        "sandbox.json:2:1",
        "unknown option tokenEndpointAuthMetod in clients[0]: write tokenEndpointAuthMethod, if that is meant",
      ],
    },
    {
      name: "a required one of a fault that is misspelt",
      yaml: "faults:\n  - fault: delay\n    delayMS: 5\n",
      json: '{"faults": [{"fault": "delay",\n"delayMS": 5}]}',
      says: [
        "sandbox.yaml:3:5",
        "sandbox.json:2:1",
        "unknown option delayMS in faults[0]: write delayMs, if that is meant",
      ],
    },
    {
      name: "a fault without a name",
      yaml: "faults:\n  - falut: delay\n    delayMs: 5\n",
      json: '{"faults": [\n{"falut": "delay", "delayMs": 5}]}',
      says: ["sandbox.yaml:2:5", "sandbox.json:2:1", "wrong at faults[0].fault: must be"],
    },
    {
      name: "a wrong value",
      yaml: "limits:\n  token:\n    limit: many\n    windowSeconds: 60\n",
      json: '{"limits": {"token": {\n"limit": "many", "windowSeconds": 60}}}',
      says: [
        "sandbox.yaml:3:5",
        "sandbox.json:2:1",
        "wrong at limits.token.limit: expected number",
      ],
    },
    {
      name: "a missing member",
      yaml: "seed: 1\nclients:\n  - id: a\n",
      json: '{"clients": [\n{"id": "a"}]}',
      says: ["sandbox.yaml:3:5", "sandbox.json:2:1", "wrong at clients[0].tokenEndpointAuthMethod"],
    },
  ])("CMD-02 is told line, column and remedy of $name", async ({ yaml, json, says }) => {
    const [inYaml = "", inJson = "", rule = ""] = says;

    const ofYaml = await complaint("sandbox.yaml", yaml);
    const ofJson = await complaint("sandbox.json", json);

    expect(ofYaml.startsWith(`${inYaml} `)).toBe(true);
    expect(ofJson.startsWith(`${inJson} `)).toBe(true);
    expect([ofYaml.includes(rule), ofJson.includes(rule)]).toEqual([true, true]);
    expect([ofYaml, ofJson].join("").includes("\n")).toBe(false);
  });

  it("CMD-02 is told of a missing member too when the misspelt one is like another", async () => {
    const [heading, ...problems] = (
      await complaint("sandbox.yaml", "clients:\n  - idd: a\n    scop: [x]\n")
    ).split("\n");

    expect(heading).toBe("sandbox.yaml has 3 mistakes:");
    expect(problems).toEqual([
      expect.stringContaining("wrong at clients[0].tokenEndpointAuthMethod"),
      expect.stringContaining("unknown option idd in clients[0]: write id,"),
      expect.stringContaining("unknown option scop in clients[0]: write scope,"),
    ]);
  });

  it("CMD-02 is told of both, a misspelt member and the wrong one that it is like", async () => {
    const both = await complaint(
      "sandbox.yaml",
      "clients:\n  - idd: a\n    id: 5\n    tokenEndpointAuthMethod: none\n",
    );

    expect(both).toContain("wrong at clients[0].id: expected string");
    expect(both).toContain("unknown option idd in clients[0]: write id, if that is meant");
  });

  it("CMD-02 is told several mistakes at once, each on a line of its own, ten at most", async () => {
    const three = await complaint("sandbox.yaml", "seed: x\nzebra: 1\nissuer: 5\n");
    const many = Array.from({ length: 12 }, (_, index) => `zebra${index}: 1`).join("\n");

    expect(three.split("\n")).toEqual([
      "sandbox.yaml has 3 mistakes:",
      expect.stringContaining("sandbox.yaml:3:1 is wrong at issuer"),
      expect.stringContaining("sandbox.yaml:1:1 is wrong at seed"),
      expect.stringContaining("sandbox.yaml:2:1 has an unknown option zebra"),
    ]);
    expect((await complaint("sandbox.yaml", many)).split("\n")).toHaveLength(12);
    expect(await complaint("sandbox.yaml", many)).toMatch(/and 2 more$/);
  });

  it.each([
    [
      "sandbox.yaml",
      `secret: "planted\nclients: [`,
      /^sandbox\.yaml:\d+:\d+ is not YAML \([a-z ]+\)/,
    ],
    ["sandbox.yaml", "seed: 1\nseed: 2\n", /^sandbox\.yaml:2:1 is not YAML \(duplicate key\)/],
    ["sandbox.yaml", "planted: *planted\n", /^sandbox\.yaml/],
    ["sandbox.yaml", "a: 1\n  planted: 2\n", /^sandbox\.yaml:\d+:\d+ is not YAML/],
    [
      "sandbox.json",
      '{"seed": 1,\n "se\\u0065d" : 2}',
      /^sandbox\.json:2:2 has the member "seed" a second time/,
    ],
    [
      "sandbox.json",
      '{"clients": [{"id": "a", "secret": "planted", "secret": "planted:{\\""}]}',
      /^sandbox\.json:1:47 has the member "secret" a second time/,
    ],
    ["sandbox.json", '{"secret": planted}', /^sandbox\.json:1:12 is not JSON/],
    ["sandbox.json", "seed: 1", /^sandbox\.json:1:1 is not JSON/],
    ["sandbox.yaml", "", /^sandbox\.yaml is wrong at the top level/],
    ["sandbox.yaml", "- 1\n", /^sandbox\.yaml:1:1 is wrong at the top level/],
  ])(
    "CMD-02 %s with %j is no configuration, and its text is not repeated",
    async (name, text, rule) => {
      expect(await complaint(name, text)).toMatch(rule);
    },
  );

  it("CMD-02 may begin with a byte order mark, which no column counts, and end its lines as Windows does", async () => {
    const expected = await readText("sandbox.json", '{"seed": 1}');

    expect(await readText("sandbox.json", '\uFEFF{\r\n"seed": 1}\r\n')).toEqual(expected);
    expect(await readText("sandbox.yaml", "\uFEFFseed: 1\r\n")).toEqual(expected);
    expect(await complaint("sandbox.json", '\uFEFF{"clinets": []}')).toMatch(
      /^sandbox\.json:1:2 has an unknown option/,
    );
    expect(await complaint("sandbox.json", '\uFEFF{\r\n  "seed": planted}')).toMatch(
      /^sandbox\.json:2:11 is not JSON/,
    );
  });

  it("CMD-02 in UTF-16 is told to be saved as UTF-8", async () => {
    for (const name of ["sandbox.json", "sandbox.yaml"]) {
      const bytes = Buffer.from('\uFEFF{"seed": 1}', "utf16le");

      expect(await complaint(name, bytes)).toBe(`${name} is not UTF-8: save it as UTF-8`);
    }
  });

  it("CMD-02 an alias that would grow without end is refused", async () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const inner = level === 0 ? "x" : `*l${level - 1}`;
      return `l${level}: &l${level} [${Array(9).fill(inner).join(", ")}]`;
    });

    expect(await complaint("sandbox.yaml", levels.join("\n"))).toMatch(
      /alias that leads nowhere or too far/,
    );
  });
});

it("takes the same name in two objects, and in a text, for two members", async () => {
  const text = '{"limits": {"token": null, "address": null}, "dpop": null, "issuer": "https://a/"}';

  const { configuration } = await readText("sandbox.json", text);
  const nested =
    '{"clients": [{"id": "\\"id\\": {", "x": {"id": 1}}, {"x": {"id": 1}, "id": "b"}]}';

  expect(configuration).toMatchObject({ dpop: null });
  expect(await complaint("sandbox.json", nested)).not.toContain("a second time");
});
