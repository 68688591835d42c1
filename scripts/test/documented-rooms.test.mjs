import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { boundaryTable } from "../lib/boundary-table.mjs";
import { workspaceRoot } from "../lib/workspace.mjs";

const page = readFileSync(join(workspaceRoot, "docs/architecture.md"), "utf8");
const withRooms = Object.entries(boundaryTable).flatMap(([member, { folders }]) =>
  folders === undefined ? [] : [{ name: member.replace("packages/", ""), folders }],
);

it.each(withRooms)("docs/architecture.md says what is in each room of $name", (member) => {
  const [, section = ""] = page.split(`**\`${member.name}\`**`);
  const [table = ""] = section.split("\n**");
  const rows = Array.from(table.matchAll(/^\| (`[^|]+)\|/gm), ([, cell = ""]) => cell).join();
  const rooms = new Set(Array.from(rows.matchAll(/`([^`]+)`/g), ([, room]) => room));

  const existing = Object.keys(member.folders).filter((folder) => folder !== ".");
  expect(rooms).toEqual(new Set(existing));
});
