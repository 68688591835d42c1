/**
 * Preloaded with `--import`: writes the URL of every module that is loaded to the file that `RECORD_MODULES` names.
 *
 * @module
 */
import { appendFileSync } from "node:fs";
import { createRequire, register } from "node:module";

const file = process.env.RECORD_MODULES;
const hooks = `
  import { appendFileSync } from "node:fs";
  export async function load(url, context, nextLoad) {
    appendFileSync(${JSON.stringify(file)}, url + "\\n");
    return nextLoad(url, context);
  }`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);

// What CommonJS modules require does not pass the hooks.
const { cache } = createRequire(import.meta.url);
process.on("exit", () => appendFileSync(file, Object.keys(cache).join("\n")));
