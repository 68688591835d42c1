import { verify } from "node:crypto";
import type { JsonObject } from "@credicorp/oauth-core/protocol";
import {
  checkClaims,
  createRememberedHeaders,
  parseAccessTokenClaims,
  parseJwsTexts,
  parseStrictJsonObject,
  prepareParsed,
} from "@credicorp/oauth-core/jwt";
import { bytes } from "@credicorp/oauth-runtime";

import { median } from "../summary.ts";
import { asReceived, createTokenSigner, tokenContext } from "../verification/signed-tokens.ts";
import type { Cost, CostTable } from "./cost-table.ts";

const tokensPerRound = 300;

const policy = {
  issuer: tokenContext.issuer,
  audience: [tokenContext.audience],
  algorithms: ["RS256"],
  tokenTypes: ["at+jwt"],
  clockToleranceSeconds: 30,
} as const;

interface Sample {
  readonly token: string;
  readonly encodedPayload: string;
  readonly encodedSignature: string;
  readonly text: string;
  readonly payload: JsonObject;
  readonly signingInput: Buffer;
  readonly signature: Buffer;
}

/** A step of verification; `instead` is what a verifier without the check has to do all the same. */
interface Step {
  readonly act: (sample: Sample) => unknown;
  readonly instead?: (sample: Sample) => unknown;
}

const { find: findHeader, add } = createRememberedHeaders();
const claimsOf = new WeakMap<JsonObject, Parameters<typeof checkClaims>[0]>();

const steps: Readonly<Record<string, Step>> = {
  "alphabet, length and tail bits of the signature": {
    act: ({ encodedSignature }) => bytes.isBase64url?.(encodedSignature),
  },
  "alphabet, length, tail bits and UTF-8 of the payload, more than lenient decoding": {
    act: ({ encodedPayload }) => bytes.decodeBase64urlUtf8?.(encodedPayload),
    instead: ({ encodedPayload }) => Buffer.from(encodedPayload, "base64url").toString(),
  },
  "repeated members, depth, finite numbers, lone surrogates, more than JSON.parse": {
    act: ({ text }) => parseStrictJsonObject(text),
    instead: ({ text }): unknown => JSON.parse(text),
  },
  "all of the form: size, segments, the remembered header, payload and signature": {
    act: ({ token }) => parseJwsTexts(token, bytes, { findHeader }),
  },
  "types and presence of the claims, own members alone": {
    act: ({ payload }) => parseAccessTokenClaims(payload),
  },
  "issuer, audience, lifetime": {
    act: ({ payload }) => {
      const claims = claimsOf.get(payload);
      return claims !== undefined && checkClaims(claims, policy, Date.now() / 1000) === undefined;
    },
  },
};

/** What each strict check costs beside a signature check. */
export const checkCosts: CostTable = {
  name: "What each strict check costs",
  introduction:
    "CPU time that a check adds to one RS256 verification by `node:crypto` right after it; the median of the rounds. In a " +
    "loop of its own each looks several times cheaper. A negative figure is cheaper than what it replaces, or noise.",
  measure: async (rounds) => {
    const signer = createTokenSigner("RS256");
    const tokens = signer.makeTokens(tokensPerRound);
    const measureWith = (act: Step["act"]): number => {
      const samples = tokens.map(takeApart);
      const before = process.cpuUsage();
      for (const sample of samples) {
        const { signingInput, signature } = sample;
        if (act(sample) === undefined) throw new Error("A good token is refused");
        if (!verify("sha256", signingInput, signer.publicKey, signature)) throw new Error("bad");
      }
      const { user, system } = process.cpuUsage(before);
      return (user + system) / tokensPerRound;
    };
    const costs: Cost[] = [];
    for (const [what, { act, instead = () => true }] of Object.entries(steps)) {
      const added: number[] = [];
      for (let round = -warmUpRounds; round < rounds; round += 1) {
        const without = measureWith(instead);
        const difference = measureWith(act) - without;
        if (round >= 0) added.push(difference);
      }
      costs.push({ what, microseconds: median(added) });
    }
    return costs;
  },
};

const warmUpRounds = 5;

function takeApart(made: string): Sample {
  const token = asReceived(made);
  const jws = parseJwsTexts(token, bytes);
  const prepared = jws.ok ? prepareParsed(token, jws.value, policy) : jws;
  if (!jws.ok || !prepared.ok) throw new Error("A good token is refused");
  const { encodedHeader, header, payload, signingInput, signature } = jws.value;
  add(encodedHeader, header);
  const claims = parseAccessTokenClaims(payload);
  if (claims.ok) claimsOf.set(payload, claims.value);
  const encodedPayload = asReceived(signingInput.slice(encodedHeader.length + 1));
  return {
    token,
    encodedPayload,
    encodedSignature: asReceived(signature),
    text: asReceived(Buffer.from(encodedPayload, "base64url")),
    payload,
    signingInput: Buffer.from(signingInput),
    signature: Buffer.from(signature, "base64url"),
  };
}
