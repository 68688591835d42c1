import { expect, it } from "vitest";
import { findAnchors, findLinks } from "../lib/markdown-links.mjs";

it("finds links with their lines, and none in code", () => {
  const markdown = [
    "# A page",
    "[one](one.md) and [two](../two.md#part)",
    "```md",
    "[shown](shown.md)",
    "```",
    "`[shown](too.md)` [three](#a-page)",
  ].join("\n");

  expect(findLinks(markdown)).toEqual([
    { line: 2, target: "one.md" },
    { line: 2, target: "../two.md#part" },
    { line: 6, target: "#a-page" },
  ]);
});

it("names headings as GitHub does", () => {
  const markdown = [
    "# From fast-jwt or @fastify/jwt, and get-jwks",
    "## `verifier.health()`: all of it",
    "## ERR_OAUTH_CONFIG",
    "## Twice",
    "## Twice",
    "```sh",
    "# no heading",
    "```",
  ].join("\n");

  expect([...findAnchors(markdown)]).toEqual([
    "from-fast-jwt-or-fastifyjwt-and-get-jwks",
    "verifierhealth-all-of-it",
    "err_oauth_config",
    "twice",
    "twice-1",
  ]);
});
