/**
 * A project outside of the workspace that uses the installed packages.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { captureCommand } from "./commands.mjs";
import { workspaceRoot } from "./workspace.mjs";

const strict = {
  target: "es2023",
  lib: ["es2023"],
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  // Our own declarations are checked as well as the consumer's code.
  skipLibCheck: false,
};

const resolutions = {
  node16: { module: "node16", moduleResolution: "node16" },
  nodenext: { module: "nodenext", moduleResolution: "nodenext" },
  bundler: { module: "esnext", moduleResolution: "bundler" },
};

/**
 * Type-checks a file that imports each entry point, under each kind of module resolution.
 *
 * @param {string} folder
 * @param {readonly string[]} specifiers
 * @throws {Error} when a type is missing or does not check
 */
export async function checkTypes(folder, specifiers) {
  const imports = specifiers.map((name, index) => `import * as entry${index} from "${name}";`);
  const uses = specifiers.map(
    (_, index) => `export type Keys${index} = keyof typeof entry${index};`,
  );
  writeFileSync(join(folder, "consumer.ts"), [...imports, ...uses, ""].join("\n"));
  for (const [name, resolution] of Object.entries(resolutions)) {
    const project = join(folder, `types-${name}`);
    mkdirSync(project, { recursive: true });
    const configuration = {
      compilerOptions: { ...strict, ...resolution, rootDir: ".." },
      files: ["../consumer.ts"],
    };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify(configuration));
    const tsc = join(workspaceRoot, "node_modules/.bin/tsc");
    await expectSuccess(`types (${name})`, [tsc, "-p", project], folder);
  }
}

/**
 * Imports and requires each entry point with Node, and sees that it exports something.
 *
 * @param {string} folder
 * @param {readonly string[]} specifiers
 * @throws {Error} when an import fails
 */
export async function checkImports(folder, specifiers) {
  const program = `
    import { createRequire } from "node:module";
    const load = createRequire(process.cwd() + "/");
    for (const name of ${JSON.stringify(specifiers)}) {
      if (Object.keys(await import(name)).length === 0) throw new Error(name + " exports nothing");
      if (Object.keys(load(name)).length === 0) throw new Error(name + " gives nothing to require");
    }`;
  const command = [process.execPath, "--input-type=module", "--eval", program];
  await expectSuccess("imports", command, folder);
}

/**
 * Runs a command in the consumer's folder.
 *
 * @param {string} what
 * @param {readonly string[]} command
 * @param {string} folder
 * @throws {Error} when it does not end with 0
 */
export async function expectSuccess(what, command, folder) {
  const { exitCode, output } = await captureCommand(command, { cwd: folder });
  if (exitCode !== 0) throw new Error(`${what}: ${command[0]} ended with ${exitCode}\n${output}`);
}
