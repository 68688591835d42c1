import { parseTitleIds } from "@credicorp/conformance";
import { describe, expect, it } from "vitest";

const prefixes = new Set(["TOK", "AUTH", "AT"]);

describe("parseTitleIds", () => {
  it.each([
    { title: "TOK-12 refuses it", ids: ["TOK-12"], sentence: "refuses it" },
    { title: "TOK-12: refuses it", ids: ["TOK-12"], sentence: "refuses it" },
    { title: "TOK-12, AUTH-03 refuses it", ids: ["TOK-12", "AUTH-03"], sentence: "refuses it" },
    { title: "TOK-12 AUTH-03 refuses it", ids: ["TOK-12", "AUTH-03"], sentence: "refuses it" },
    { title: "TOK-12/AUTH-03 refuses it", ids: ["TOK-12", "AUTH-03"], sentence: "refuses it" },
    { title: "TOK-12 and AUTH-03 refuse it", ids: ["TOK-12", "AUTH-03"], sentence: "refuse it" },
    { title: "TOK-12 and others", ids: ["TOK-12"], sentence: "and others" },
    { title: "AT-01", ids: ["AT-01"], sentence: "" },
    { title: "TOK-99 names no requirement", ids: ["TOK-99"], sentence: "names no requirement" },
  ])("reads the ids at the start of '$title'", ({ title, ids, sentence }) => {
    expect(parseTitleIds(title, prefixes)).toEqual({ ids, sentence });
  });

  it.each([
    "UTF-8 is decoded",
    "SHA-256 of the text",
    "refuses what TOK-12 forbids",
    "tok-12 in lower case",
    "TOK-12b is no id",
    "TOK-12-13 is no id",
    "XTOK-12 has a foreign prefix",
    "",
  ])("reads none from '%s'", (title) => {
    expect(parseTitleIds(title, prefixes)).toEqual({ ids: [], sentence: title });
  });
});
