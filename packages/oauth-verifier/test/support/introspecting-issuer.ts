import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

import type { ControlledClock } from "@credicorp/oauth-core/testing";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { IntrospectionOptions, Verifier, VerifierOptions } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";

import type { IssuerKey } from "./issuer.ts";
import { createIssuerKey } from "./issuer.ts";
import { listen } from "./listen.ts";

/** A question as the issuer received it. */
export interface Question {
  readonly authorization: string | undefined;
  readonly accept: string | undefined;
  readonly contentType: string | undefined;
  readonly form: Readonly<Record<string, string>>;
}

export type Reply = (
  response: ServerResponse,
  question: Question,
  request: IncomingMessage,
) => unknown;

/** An authorization server over a real socket that introspects tokens, as good or as bad as a test wants it. */
export interface IntrospectingIssuer {
  readonly url: string;
  readonly key: IssuerKey;
  readonly questions: Question[];

  /** The paths that were asked for beside introspection. */
  readonly fetched: string[];

  /** What is said of each token; any other is inactive. */
  readonly tokens: Map<string, object>;

  /** Replies in place of the good reply. */
  reply: Reply | undefined;

  /** Whether the metadata names the introspection endpoint. */
  isAdvertised: boolean;

  /** Good members of an answer, with changes. */
  readonly active: (change?: object) => object;

  /** Makes a JWT access token, and has it active; `answer` changes what is said of it. */
  readonly issue: (change?: object, answer?: object) => string;
}

export const audience = "https://api.example";
export const clientId = "api+server";
export const clientSecret = "a secret: of the resource server";

/** Starts an issuer on a free port of the loopback interface; it ends with the test. */
async function startIntrospectingIssuer(): Promise<IntrospectingIssuer> {
  const questions: Question[] = [];
  const fetched: string[] = [];
  const tokens = new Map<string, object>();
  let count = 0;
  const server = createServer((request, response) => {
    void serve(request, response);
  });
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url !== "/introspect") {
      fetched.push(request.url ?? "");
      response.setHeader("Content-Type", "application/json");
      const body = request.url === "/jwks" ? { keys: [issuer.key.jwk] } : metadata();
      response.end(JSON.stringify(body));
      return;
    }
    const { authorization, accept, "content-type": contentType } = request.headers;
    const form = Object.fromEntries(new URLSearchParams(await text(request)));
    const question = { authorization, accept, contentType, form };
    questions.push(question);
    if (issuer.reply === undefined) replyWith(tokens)(response, question, request);
    else issuer.reply(response, question, request);
  }
  const url = `http://127.0.0.1:${await listen(server)}`;
  const metadata = (): object => ({
    issuer: url,
    token_endpoint: `${url}/token`,
    jwks_uri: `${url}/jwks`,
    ...(issuer.isAdvertised && { introspection_endpoint: `${url}/introspect` }),
  });
  const claims = (): object => {
    const now = Math.floor(Date.now() / 1000);
    return {
      iss: url,
      sub: "partner-1",
      client_id: "partner-1",
      aud: audience,
      scope: "decisions:read payments:write",
      iat: now,
      exp: now + 900,
      jti: `jti-${count}`,
    };
  };
  const issuer: IntrospectingIssuer = {
    url,
    key: createIssuerKey("k1"),
    questions,
    fetched,
    tokens,
    reply: undefined,
    isAdvertised: true,
    active: (change) => ({ active: true, token_type: "Bearer", ...claims(), ...change }),
    issue: (change, answer) => {
      count += 1;
      const token = issuer.key.sign({ ...claims(), ...change });
      tokens.set(token, issuer.active({ ...change, ...answer }));
      return token;
    },
  };
  return issuer;
}

/** Replies with JSON: what is known of the token that was asked about, or that it is inactive. */
export function replyWith(tokens: ReadonlyMap<string, object>): Reply {
  return (response, { form }) => {
    const members = tokens.get(form["token"] ?? "") ?? { active: false };
    response.writeHead(200, { "Content-Type": "application/json" });
    response.end(JSON.stringify(members));
  };
}

/** Replies the same to every question. */
export function replyAlways(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = { "Content-Type": "application/json" },
): Reply {
  return (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
}

/** A verifier that introspects at an issuer, with a clock that the test moves and no randomness. */
export interface IntrospectionSetting {
  readonly issuer: IntrospectingIssuer;
  readonly clock: ControlledClock;
  readonly verifier: Verifier;
}

/** Starts both. */
export async function setUpIntrospection(
  introspection: Partial<IntrospectionOptions> = {},
  options: Partial<VerifierOptions> = {},
): Promise<IntrospectionSetting> {
  const issuer = await startIntrospectingIssuer();
  const clock = createControlledClock(Date.now() / 1000);
  const proof = introspection.authenticate === undefined ? { clientSecret } : {};
  const verifier = createVerifier({
    issuer: issuer.url,
    audience,
    introspection: { clientId, ...proof, ...introspection },
    ports: { clock, random: { fraction: () => 0.5 } },
    ...options,
  });
  return { issuer, clock, verifier };
}
