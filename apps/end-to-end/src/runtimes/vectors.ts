import type { Bytes, SignatureEngine } from "@credicorp/oauth-core";
import { signatureAlgorithms } from "@credicorp/oauth-core/jwt";
import type { PublicJwk } from "@credicorp/oauth-core/protocol";
import type { Verifier } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";
import type { PortableStep } from "./telling.ts";

/** What is read here of the vectors that the verifier publishes. */
export interface VectorFile {
  readonly testGroups: readonly {
    readonly comment: string;
    readonly public: PublicJwk;
    readonly tests: readonly {
      readonly comment: string;
      readonly jws: string;
      readonly result: string;
    }[];
  }[];
}

/** The part of the platform that decides what is accepted. */
export interface Engine {
  readonly bytes: Bytes;
  readonly signatureEngine: SignatureEngine;
}

/** Verifies all published vectors, good and bad, with each engine. */
export function vectorSteps(
  files: readonly VectorFile[],
  engines: Readonly<Record<string, Engine>>,
): readonly PortableStep[] {
  const groups = files.flatMap(({ testGroups }) => testGroups);
  const count = groups.reduce((sum, { tests }) => sum + tests.length, 0);

  return Object.entries(engines).map(([name, engine]) => ({
    name: `${count} published vectors, ${name}`,
    tell: async (state) => {
      const wrong: string[] = [];
      for (const { comment, public: key, tests } of groups) {
        const verifier = createGroupVerifier(key, unrelatedTo(key, groups), engine);
        for (const test of tests) {
          // oxlint-disable-next-line no-await-in-loop -- 1,110 at once say less about which went wrong
          const verdict = await verdictOf(verifier, test.jws);
          const wanted = test.result === "valid" ? "ok" : "rejected";
          if (verdict !== wanted) wrong.push(`${comment}: ${test.comment}: ${verdict}`);
        }
      }
      state("there are more than a thousand", count > 1000, true);
      state("none gets a wrong verdict", wrong, []);
    },
  }));
}

/** Finds a good key of another kind: a set without a usable key is an outage, and no verdict. */
function unrelatedTo({ kty }: PublicJwk, groups: VectorFile["testGroups"]): PublicJwk {
  const group = groups.find(
    ({ public: key, tests }) => key.kty !== kty && tests.some(({ result }) => result === "valid"),
  );
  if (group === undefined) throw new Error("the vectors have one kind of keys only");
  return { ...group.public, kid: "unrelated" };
}

function createGroupVerifier(key: PublicJwk, other: PublicJwk, engine: Engine): Verifier {
  const { bytes, signatureEngine } = engine;
  const body = bytes.encodeUtf8(JSON.stringify({ keys: [key, other] }));
  return createVerifier({
    issuer: "https://as.example",
    audience: "https://api.example",
    jwksUri: "https://as.example/jwks",
    algorithms: signatureAlgorithms,
    ports: {
      bytes,
      signatureEngine,
      clock: { now: () => 1_800_000_000, monotonicMs: () => 0 },
      transport: async () => ({ ok: true, value: { status: 200, headers: [], body } }),
    },
  });
}

async function verdictOf(verifier: Verifier, jws: string): Promise<string> {
  try {
    const outcome = await verifier.verifyToken(jws);
    return outcome.kind === "unavailable" ? `unavailable ${outcome.detail.code}` : outcome.kind;
  } catch (error) {
    return String(error);
  }
}
