/**
 * Writes what a built entry point exports as text, so that a change of the API shows in review.
 *
 * @module
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";
import { workspaceRoot } from "./workspace.mjs";

/** @typedef {import("./workspace.mjs").WorkspacePackage} WorkspacePackage */

const reports = join(workspaceRoot, "docs/api");

// The reports say which parts lack a docstring; everything else is the compiler's business.
const silent = { default: { logLevel: ExtractorLogLevel.None } };

/**
 * Compares the report of one entry point with its declarations, or writes it anew.
 *
 * @param {WorkspacePackage} member
 * @param {{ subPath: string, types: string, write: boolean }} options `subPath` as in `exports`.
 * @returns {string | undefined} What is wrong.
 */
export function checkApiReport(member, { subPath, types, write }) {
  const entry = join(member.path, types);
  const name = [member.folder.split("/")[1], ...subPath.split("/").slice(1)].join("-");
  if (!existsSync(entry)) return `${name}: ${types} is missing, build first`;
  mkdirSync(reports, { recursive: true });
  const { succeeded, apiReportChanged } = Extractor.invoke(configure(member, { entry, name }), {
    localBuild: write,
    messageCallback: (message) => {
      message.handled = true;
    },
  });
  if (write) return succeeded ? undefined : `${name}: API Extractor failed`;
  if (apiReportChanged) return `${name}: docs/api/${name}.api.md is stale, run \`npm run api\``;
  return succeeded ? undefined : `${name}: API Extractor failed`;
}

/**
 * @param {WorkspacePackage} member
 * @param {{ entry: string, name: string }} options
 */
function configure(member, { entry, name }) {
  const temporaryFolder = join(workspaceRoot, ".reports/api");
  mkdirSync(temporaryFolder, { recursive: true });
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(member.path, "package.json"),
    configObject: {
      projectFolder: member.path,
      mainEntryPointFilePath: entry,
      newlineKind: "lf",
      compiler: { tsconfigFilePath: writeTsconfig(temporaryFolder, { entry, name, member }) },
      apiReport: {
        enabled: true,
        reportFolder: reports,
        reportTempFolder: temporaryFolder,
        reportFileName: `${name}.api.md`,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: silent,
        extractorMessageReporting: silent,
        tsdocMessageReporting: silent,
      },
    },
  });
}

/**
 * @param {string} folder
 * @param {{ entry: string, name: string, member: WorkspacePackage }} options
 */
function writeTsconfig(folder, { entry, name, member }) {
  const platform = join(member.path, "src/platform.d.ts");
  const path = join(folder, `tsconfig-${name}.json`);
  const configuration = {
    // API Extractor brings a TypeScript of its own, which reads the declarations and no sources.
    compilerOptions: {
      target: "es2022",
      lib: ["es2023"],
      types: existsSync(platform) ? [] : ["node"],
      typeRoots: [join(workspaceRoot, "node_modules/@types")],
      module: "nodenext",
      moduleResolution: "nodenext",
      strict: true,
      skipLibCheck: true,
    },
    files: existsSync(platform) ? [entry, platform] : [entry],
  };
  writeFileSync(path, JSON.stringify(configuration));
  return path;
}
