import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import type { Sandbox } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { browserNote, launchBrowser } from "../support/browser.ts";

if (browserNote !== "") console.warn(`the tests of pages${browserNote}`);

describe.skipIf(browserNote !== "")(`pages in a real browser${browserNote}`, () => {
  let browser: Browser;
  let sandbox: Sandbox;
  let url: string;
  let adminUrl: string;

  /** A server of somebody else, with an empty page. */
  const elsewhere = createServer((_request, response) => {
    response.setHeader("content-type", "text/html").end("<!doctype html><title>elsewhere</title>");
  });
  let elsewhereUrl: string;

  beforeAll(async () => {
    sandbox = await createSandbox();
    ({ url, adminUrl } = await sandbox.listen());
    elsewhere.listen(0, "127.0.0.1");
    await once(elsewhere, "listening");
    elsewhereUrl = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    // As the name server of somebody else would say.
    browser = await launchBrowser({ args: ["--host-resolver-rules=MAP evil.example 127.0.0.1"] });
  });
  afterAll(async () => {
    await browser?.close();
    elsewhere.close();
    await sandbox?.close();
  });

  it("the reference of the admin API is read without a script, and loads nothing else", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    const requested: string[] = [];
    const complaints: string[] = [];
    page.on("request", (request) => requested.push(request.url()));
    page.on("console", (message) => complaints.push(message.text()));

    const response = await page.goto(`${adminUrl}/docs`);

    expect(response?.status()).toBe(200);
    expect(await page.title()).toBe("Credicorp OAuth sandbox: admin API");
    await page.getByRole("heading", { name: "POST /clock/advance" }).waitFor();
    const body = page.locator("#advanceClock details").first();
    expect(await body.locator("pre").isVisible()).toBe(false);
    await body.locator("summary").click();
    expect(await body.locator("pre").textContent()).toContain('"by"');
    expect(await body.locator("pre").isVisible()).toBe(true);
    await page.getByRole("navigation").getByRole("link", { name: "faults" }).click();
    expect(page.url()).toBe(`${adminUrl}/docs#faults`);
    expect(requested.filter((one) => !one.endsWith("/favicon.ico"))).toEqual([`${adminUrl}/docs`]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("the reference fits a small screen, and names every operation once", async () => {
    const page = await browser.newPage({ viewport: { width: 360, height: 640 } });
    await page.goto(`${adminUrl}/docs`);

    const wide = await page.locator("html").evaluate((root) => root.scrollWidth);
    const shown = await page.locator("article").evaluateAll((all) => all.map(({ id }) => id));
    const documented = (await (await fetch(`${adminUrl}/openapi.json`)).json()) as {
      readonly paths: Record<string, Record<string, { readonly operationId: string }>>;
    };
    const names = Object.values(documented.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );

    expect(wide).toBeLessThanOrEqual(360);
    expect(new Set(shown)).toEqual(new Set(names));
    expect(shown).toHaveLength(names.length);
    await page.close();
  });

  it("a page of another site reads nothing but metadata and JWKS, and changes nothing", async () => {
    const page = await browser.newPage();
    await page.goto(elsewhereUrl);
    const targets = {
      token: `${url}/partner/v1/oauth/token`,
      reset: `${adminUrl}/reset`,
      readyz: `${url}/readyz`,
      jwks: `${url}/.well-known/jwks.json`,
      metadata: `${url}/.well-known/oauth-authorization-server`,
    };

    const read = await page.evaluate(async (addresses) => {
      const readable = async (address: string, init?: RequestInit): Promise<string> =>
        fetch(address, init).then(
          ({ status }) => String(status),
          () => "blocked",
        );
      return {
        token: await readable(addresses.token, {
          method: "POST",
          body: new URLSearchParams("a=b"),
        }),
        reset: await readable(addresses.reset, { method: "POST" }),
        readyz: await readable(addresses.readyz),
        jwks: await readable(addresses.jwks),
        metadata: await readable(addresses.metadata),
      };
    }, targets);

    expect(read).toEqual({
      token: "blocked",
      reset: "blocked",
      readyz: "blocked",
      jwks: "200",
      metadata: "200",
    });
    // Sent it was, and refused before the server had a word.
    const [sent, ...others] = sandbox.requests.list({ endpoint: "token" });
    expect([sent?.response.status, sent?.event, others.length]).toEqual([403, undefined, 0]);
    await page.close();
  });

  it("a form of another site is refused, though the browser sends it", async () => {
    const page = await browser.newPage();
    await page.goto(elsewhereUrl);
    await page.setContent(
      `<form method="post" action="${url}/partner/v1/oauth/token"><button>Send`,
    );
    const [response] = await Promise.all([
      page.waitForResponse(`${url}/partner/v1/oauth/token`),
      page.getByRole("button").click(),
    ]);

    expect(response.status()).toBe(403);
    await page.close();
  });

  it("a name that was led to this machine is no way in", async () => {
    const page = await browser.newPage();
    const { port } = new URL(url);

    const response = await page.goto(`http://evil.example:${port}/.well-known/jwks.json`);
    const inside = await page.evaluate(() =>
      fetch("/partner/v1/oauth/token", { method: "POST" }).then(({ status }) => status),
    );

    expect([response?.status(), inside]).toEqual([421, 421]);
    await page.close();
  });
});
