import { metadataPath } from "../http/sandbox-paths.ts";

/** What the paths of all namespaces begin with. */
const root = "/ns/";

// A label of a host name: it is the same in a path, in a shell and in a label of a metric.
const name = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const wholeName = new RegExp(`^${name}$`);
const path = new RegExp(`^(?:${metadataPath})?${root}(${name})(?=/|$)(.*)$`);

/** Tells whether a text can name a namespace: 1 to 63 lower-case letters, digits and hyphens. */
export function isNamespaceName(text: string): boolean {
  return wholeName.test(text);
}

/** Returns what the paths of a namespace begin with. */
export function namespacePrefix(namespace: string): string {
  return root + namespace;
}

/**
 * Returns the namespace that a path, without its query, belongs to: beneath its prefix, or its metadata where RFC 8414
 * section 3.1 has it.
 */
export function namespaceOf(requested: string): string | undefined {
  if (!requested.includes(root)) return undefined;
  return path.exec(requested)?.[1];
}

/** Moves metadata that is asked for beneath the prefix, as many clients do, to where the server has it. */
export function insertedMetadataTarget(target: string, namespace: string): string {
  const prefix = namespacePrefix(namespace);
  const appended = prefix + metadataPath;
  const isAppended = target === appended || target.startsWith(`${appended}?`);
  return isAppended ? metadataPath + prefix + target.slice(appended.length) : target;
}
