import { claims, header } from "../vectors/base-token.ts";
import { derSignature } from "../vectors/elliptic-forgeries.ts";
import type { VectorSigner } from "../vectors/vector-signer.ts";
import { encode } from "../vectors/vector-signer.ts";
import { signedMutants } from "./signed-mutants.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** What a mutation starts from. */
export interface MutationContext {
  readonly random: SeededRandom;
  readonly signer: VectorSigner;

  /** Holds another key of the same algorithm and kid. */
  readonly attacker: VectorSigner;
  readonly alg: string;

  /** A token that is good, and its segments. */
  readonly good: string;
  readonly segments: readonly [header: string, payload: string, signature: string];
}

/** A mutant, and whether it is a good token all the same; one that happens to be what it was made of is so anyway. */
export interface Mutant {
  readonly token: string;
  readonly isGood: boolean;
}

export type Mutation = (context: MutationContext) => Mutant;

const foreign = " \t\n\r\0=+/.,%~\u00e9\u200b\ufeff".split("");

const bad = (token: string): Mutant => ({ token, isGood: false });

/** All classes of mutants by name; `untouched` is the control. */
export const mutations: Readonly<Record<string, Mutation>> = {
  untouched: ({ good }) => ({ token: good, isGood: true }),
  "bit of the header": (context) => flipBit(context, 0),
  "bit of the payload": (context) => flipBit(context, 1),
  "bit of the signature": (context) => flipBit(context, 2),
  "other claims under the signature": ({ random, alg, segments: [, , signature] }) => {
    const other = {
      ...claims,
      scope: `scope${random.below(1e9)}`,
      sub: random.pick(["admin", "x"]),
    };
    return bad(`${encode(header(alg))}.${encode(other)}.${signature}`);
  },
  "other header under the signature": ({ random, alg, segments: [, payload, signature] }) => {
    const member = random.pick(["x", "cty", "jku", "x5t", "iss"]);
    return bad(
      `${encode({ ...header(alg), [member]: random.below(1e9) })}.${payload}.${signature}`,
    );
  },
  "signature bytes": ({ random, segments }) => {
    const bytes = Buffer.from(segments[2], "base64url");
    const count = 1 + random.below(4);
    for (let times = 0; times < count; times += 1) {
      const index = random.below(bytes.length);
      bytes[index] = ((bytes[index] ?? 0) + 1 + random.below(254)) & 0xff;
    }
    return bad(`${segments[0]}.${segments[1]}.${encode(bytes)}`);
  },
  "form of the signature": (context) => bad(withSignature(context, otherForm(context))),
  "the high-S twin": (context) => highTwin(context),
  "base64 and white space": ({ random, good, segments }) => {
    const index = random.below(good.length + 1);
    const character = random.pick(foreign);
    const inserted = good.slice(0, index) + character + good.slice(index);
    const replaced = good.slice(0, index) + character + good.slice(index + 1);
    const padded = segments.map((text) => text + "=".repeat((4 - (text.length % 4)) % 4)).join(".");
    return bad(random.pick([inserted, replaced, padded === good ? inserted : padded, `${good}A`]));
  },
  "tail bits": ({ random, good, segments }) => {
    const at = random.pick([0, 1, 2]);
    const changed = segments.map((text, index) =>
      index === at ? withOtherTail(text, random) : text,
    );
    const token = changed.join(".");
    return bad(token === good ? `${token}=` : token);
  },
  segments: ({ random, good, segments: [first, second, third] }) =>
    bad(
      random.pick([
        `${first}.${second}`,
        `${first}.${second}.`,
        `${first}..${third}`,
        `.${second}.${third}`,
        `${good}.${third}`,
        `${second}.${first}.${third}`,
        `${first}.${third}.${second}`,
        `${good}.`,
        good.slice(0, random.below(good.length)),
        good.slice(1 + random.below(good.length - 1)),
        good + good,
        `{"payload":"${second}","protected":"${first}","signature":"${third}"}`,
      ]),
    ),
  "another key": ({ random, attacker, alg }) => {
    const kid = random.pick(["test-key", "test-key", "evil", "../test-key", "__proto__", ""]);
    const members = random.pick([{}, { jwk: attacker.publicJwk }, { jku: "https://evil.example" }]);
    return bad(attacker.jws({ ...header(alg), kid, ...members }, claims));
  },
  ...signedMutants,
};

function flipBit({ random, segments }: MutationContext, at: 0 | 1 | 2): Mutant {
  const bytes = Buffer.from(segments[at], "base64url");
  const index = random.below(bytes.length);
  bytes[index] = (bytes[index] ?? 0) ^ (1 << random.below(8));
  return bad(segments.map((text, place) => (place === at ? encode(bytes) : text)).join("."));
}

function withSignature({ segments }: MutationContext, signature: Buffer): string {
  return `${segments[0]}.${segments[1]}.${encode(signature)}`;
}

function otherForm({ random, alg, segments }: MutationContext): Buffer {
  const bytes = Buffer.from(segments[2], "base64url");
  const half = bytes.length / 2;
  const zeros = Buffer.alloc(1 + random.below(40));
  return random.pick([
    Buffer.concat([bytes, zeros]),
    Buffer.concat([zeros, bytes]),
    Buffer.alloc(bytes.length),
    Buffer.alloc(bytes.length, 0xff),
    Buffer.concat([bytes.subarray(half), bytes.subarray(0, half)]),
    Buffer.concat([bytes.subarray(0, half), Buffer.alloc(half)]),
    Buffer.concat([Buffer.alloc(half), bytes.subarray(half)]),
    bytes.subarray(0, 1 + random.below(bytes.length - 1)),
    alg.startsWith("ES") ? derSignature(bytes) : bytes.subarray(1),
  ]);
}

/** Good where there is such a twin: a verifier that refuses it is not wrong, but it must not differ by engine. */
function highTwin(context: MutationContext): Mutant {
  const bytes = Buffer.from(context.segments[2], "base64url");
  if (context.alg !== "ES256") return bad(withSignature(context, Buffer.alloc(bytes.length, 1)));
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const twin = order - BigInt(`0x${bytes.toString("hex", 32)}`);
  const s = Buffer.from(twin.toString(16).padStart(64, "0"), "hex");
  return {
    token: withSignature(context, Buffer.concat([bytes.subarray(0, 32), s])),
    isGood: true,
  };
}

function withOtherTail(text: string, random: SeededRandom): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const free = { 2: 16, 3: 4 }[text.length % 4];
  if (free === undefined) return text;
  const value = alphabet.indexOf(text.slice(-1));
  return text.slice(0, -1) + alphabet.charAt(value + 1 + random.below(free - 1));
}
