import type { Peer } from "./peer.ts";

/** The name of ours, which must be all green. */
export const ours = "@credicorp/oauth-client";

// Loaded one by one: a process holds no library but its own.
const loaders: Readonly<Record<string, () => Promise<{ readonly peer: Peer }>>> = {
  [ours]: () => import("./peers/credicorp-oauth-client.ts"),
  "openid-client": () => import("./peers/openid-client.ts"),
  "@azure/msal-node": () => import("./peers/azure-msal-node.ts"),
  "@badgateway/oauth2-client": () => import("./peers/badgateway-oauth2-client.ts"),
  "undici-oidc-interceptor": () => import("./peers/undici-oidc-interceptor.ts"),
  "@openfga/sdk": () => import("./peers/openfga-sdk.ts"),
  "@commercetools/ts-client": () => import("./peers/commercetools-ts-client.ts"),
  "@anthropic-ai/sdk": () => import("./peers/anthropic-sdk.ts"),
  "simple-oauth2": () => import("./peers/simple-oauth2.ts"),
  "google-auth-library": () => import("./peers/google-auth-library.ts"),
};

/** The libraries, in the order of the table. */
export const peerNames: readonly string[] = Object.keys(loaders);

/** Loads the adapter of a library. @throws Error when there is none. */
export async function loadPeer(name: string): Promise<Peer> {
  const load = loaders[name];
  if (load === undefined) throw new Error(`There is no peer ${name}`);
  const { peer } = await load();
  return peer;
}
