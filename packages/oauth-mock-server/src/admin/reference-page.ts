/**
 * The admin API for people: one page, readable without a script.
 *
 * @module
 */

import type { OpenApiDocument, OpenApiOperation } from "./open-api.ts";

interface Place {
  readonly method: string;
  readonly path: string;
  readonly base: string;
}

/** Writes the page about a document. */
export function formatReferencePage(document: OpenApiDocument): string {
  const { info, servers, tags, paths } = document;
  const base = servers[0]?.url ?? "";
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, base, method, operation })),
  );
  const sections = tags.map(({ name }) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(name));
    const articles = own.map(({ operation, ...place }) => formatOperation(operation, place));
    return `<section id="${escape(name)}">\n<h2>${escape(name)}</h2>\n${articles.join("\n")}\n</section>`;
  });
  const links = tags.map(({ name }) => `<a href="#${escape(name)}">${escape(name)}</a>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(info.title)}</title>
<style>${style}</style>
<h1>${escape(info.title)}</h1>
<p>${escape(info.description)}</p>
<p>Version ${escape(info.version)}. For programs: <a href="${escape(base)}/openapi.json">openapi.json</a></p>
<nav aria-label="Parts">${links.join(" ")}</nav>
<main>
${sections.join("\n")}
</main>
</html>
`;
}

const style = `
:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
nav a{margin-right:1rem}
article{border-top:1px solid #8886;padding:.5rem 0}
h3{font:600 1rem ui-monospace,monospace;margin:.5rem 0;overflow-wrap:anywhere}
h3 b{display:inline-block;min-width:4.5rem}
table{border-collapse:collapse}
td,th{text-align:left;vertical-align:top;padding:.1rem 1rem .1rem 0}
pre{overflow:auto;padding:.5rem;border:1px solid #8886}
summary{cursor:pointer}
`;

function formatOperation(operation: OpenApiOperation, place: Place): string {
  const { operationId, summary, parameters = [], requestBody, responses } = operation;
  const rows = parameters.map(
    ({ name, in: where, required, description = "" }) =>
      `<tr><td><code>${escape(name)}</code><td>${where}<td>${required ? "required" : ""}<td>${escape(description)}`,
  );
  const table =
    rows.length === 0
      ? ""
      : `<table><tr><th>Parameter<th>In<th><th>Meaning\n${rows.join("\n")}\n</table>`;
  const body = requestBody?.content["application/json"]?.schema;
  const answers = Object.entries(responses).map(([status, { description, content = {} }]) => {
    const schema = content["application/json"]?.schema;
    return `<li><code>${status}</code> ${escape(description)}${schema === undefined ? "" : details("Answer", schema)}`;
  });
  return `<article id="${escape(operationId)}">
<h3><b>${place.method.toUpperCase()}</b> ${escape(place.path)}</h3>
<p>${escape(summary)}</p>
${table}
${body === undefined ? "" : details("Body", body)}
<ul>
${answers.join("\n")}
</ul>
<pre>${escape(curlOf(place, body !== undefined))}</pre>
</article>`;
}

function details(title: string, schema: unknown): string {
  return `<details><summary>${title}</summary><pre>${escape(JSON.stringify(schema, undefined, 2))}</pre></details>`;
}

function curlOf({ method, base, path }: Place, hasBody: boolean): string {
  const verb = method === "get" ? "" : ` -X ${method.toUpperCase()}`;
  const body = hasBody ? " -H 'Content-Type: application/json' -d '{…}'" : "";
  return `curl -s${verb} -H "Authorization: Bearer $ADMIN_TOKEN"${body} "$SANDBOX${base}${path}"`;
}

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
