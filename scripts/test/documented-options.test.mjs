import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { workspaceRoot } from "../lib/workspace.mjs";

// The options of a factory, and the page whose tables tell users of them.
const documented = [
  ["oauth-client", "ClientConnectionOptions", "packages/oauth-client/README.md"],
  ["oauth-client-token-source", "TokenSourceOptions", "docs/token-source.md"],
  ["oauth-verifier", "IssuerOptions", "packages/oauth-verifier/README.md"],
  ["oauth-verifier", "SharedOptions", "packages/oauth-verifier/README.md"],
  ["oauth-verifier", "IntrospectionOptions", "docs/introspection.md"],
  ["oauth-verifier", "ReportOnlyOptions", "docs/watching-the-verifier.md"],
  ["oauth-core-resource-server", "DpopResourceOptions", "docs/dpop.md"],
  ["oauth-core-authorization-server", "DpopOptions", "docs/dpop.md"],
  ["oauth-core-authorization-server", "KeyRotationOptions", "docs/key-rotation.md"],
  ["oauth-mock-server", "SandboxClientKeySets", "docs/client-assertions.md"],
  ["oauth-mock-server", "SandboxConfiguration", "packages/oauth-mock-server/README.md"],
  ["oauth-mock-server", "SandboxOptions", "packages/oauth-mock-server/README.md"],
  ["oauth-mock-server", "TokenOptions", "docs/sandbox.md"],
];

it.each(documented)("%s: each member of %s is in a table of %s", (report, name, page) => {
  const members = membersOf(name, read(`docs/api/${report}.api.md`));
  const rows = firstCells(read(page));

  expect(members).not.toEqual([]);
  expect(members.filter((member) => !rows.has(member))).toEqual([]);
});

/** @param {string} path */
function read(path) {
  return readFileSync(join(workspaceRoot, path), "utf8");
}

/**
 * The members of an interface in an API report.
 *
 * @param {string} name
 * @param {string} report
 */
function membersOf(name, report) {
  const [, body = ""] =
    new RegExp(`^export interface ${name}\\b[^\\n]*\\{\\n([\\s\\S]*?)^\\}`, "m").exec(report) ?? [];
  return Array.from(body.matchAll(/^ {4}readonly (\w+)\??:/gm), ([, member = ""]) => member);
}

/**
 * What is in backticks in the first cell of each row of the page's tables.
 *
 * @param {string} page
 */
function firstCells(page) {
  const cells = Array.from(page.matchAll(/^\| ([^|]*)\|/gm), ([, cell = ""]) => cell);
  return new Set(
    cells.flatMap((cell) => Array.from(cell.matchAll(/`(\w+)`/g), ([, word]) => word)),
  );
}
