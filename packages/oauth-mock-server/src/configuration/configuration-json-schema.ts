import { z } from "zod";

import type { FileConfiguration } from "./configuration-schema.ts";
import { configurationSchema } from "./configuration-schema.ts";

/** A JSON Schema, as far as it is read here. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** What editors show beside a member. */
const descriptions: Readonly<Record<keyof FileConfiguration, string>> = {
  $schema: "Where this schema is, for editors.",
  command: "What the command alone reads; its options and the environment come first.",
  issuer: "iss of the tokens. Default: the origin that it listens on.",
  clients: "Replaces the clients that the sandbox comes with.",
  resources: "Audiences, and the scopes of each; the first is the default.",
  accessTokenLifetimeSeconds: "1 to 3600. Default: 900.",
  accessTokenAlgorithm: "What tokens are signed with. Default: ES256.",
  additionalAlgorithms: 'Algorithms that the JWKS has a key for as well. Default: ["RS256"].',
  signingKeys: "Private JWKs, each with its alg. Default: made at the start.",
  limits: "Budgets of requests; null lifts one. Default: those of production.",
  clientAuthenticationMethods: "Default: all that the sandbox can check.",
  dpop: "How DPoP proofs are taken (RFC 9449); null switches DPoP off.",
  clientKeySets: "From which hosts the keys of clients with a jwksUri are fetched, and how.",
  documentMaxAgeSeconds: "How long callers may keep metadata and JWKS. Default: 300.",
  keyRotation: "When signing keys change. Default: by command alone.",
  maxBodyBytes: "A longer body is answered with 413. Default: 16384.",
  responseTypesSupported: "For parsers of metadata that insist on response_types_supported.",
  serviceDocumentation: "A URL for the metadata.",
  allowInsecureHttp: "Allows plain http elsewhere than on loopback. Default: false.",
  allowNetwork: "Allows https elsewhere than on loopback. Default: false.",
  allowedHosts: "Host names that requests may be for, beside loopback and the issuer.",
  trustedProxies: "Addresses whose X-Forwarded-For and X-Forwarded-Proto are believed.",
  tls: "Own certificates: PEM files, as seen from this file.",
  clientCertificateHeader: "How trustedProxies report the certificates of clients.",
  mtlsEndpointOrigin: "Where clients with certificates find the endpoints.",
  profile: "fapi2: keys or certificates instead of secrets, and bound tokens only.",
  faults: "What goes wrong from the start; docs/faults.md lists all of it.",
  seed: "A whole number that makes a run repeatable; its keys are test keys.",
};

/** Returns the schema of configuration files as editors read it. */
export function createConfigurationJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(configurationSchema, { io: "input" }) as JsonSchema;
  const properties = Object.entries(schema.properties ?? {}).map(([name, member]) => [
    name,
    { description: descriptions[name as keyof FileConfiguration], ...member },
  ]);
  return {
    ...schema,
    title: "Configuration of @credicorp/oauth-mock-server",
    properties: Object.fromEntries(properties) as Readonly<Record<string, JsonSchema>>,
  };
}

/** Returns the names that may be where a path leads. */
export function knownMembers(schema: JsonSchema, path: readonly PropertyKey[]): readonly string[] {
  const [first, ...rest] = path;
  if (first === undefined)
    return Object.keys(schema.properties ?? {}).concat(inChoices(schema, []));
  const next = typeof first === "number" ? schema.items : schema.properties?.[String(first)];
  return (next === undefined ? [] : knownMembers(next, rest)).concat(inChoices(schema, path));
}

function inChoices({ anyOf = [], oneOf = [] }: JsonSchema, path: readonly PropertyKey[]): string[] {
  return [...anyOf, ...oneOf].flatMap((choice) => knownMembers(choice, path));
}
