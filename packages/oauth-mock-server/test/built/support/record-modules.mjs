/**
 * Preloaded with `--import`: writes the URL of every module that is loaded to the file that `RECORD_MODULES` names, those of
 * CommonJS at the end and on SIGUSR2.
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
const appendRequired = () => appendFileSync(file, `${Object.keys(cache).join("\n")}\n`);
process.on("exit", appendRequired);
let asked = 0;
process.on("SIGUSR2", () => {
  appendRequired();
  asked += 1;
  appendFileSync(file, `asked ${asked}\n`);
});
