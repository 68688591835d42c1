import type { VerifiedToken } from "@credicorp/oauth-core/resource-server";
import { createVerifiedTokens } from "@credicorp/oauth-core/resource-server";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

const tail = "T".repeat(24);

function verified(token: string, bytes = 1000): VerifiedToken {
  return { token, bytes, outcome: { kind: "ok", principal: { clientId: token } } } as VerifiedToken;
}

describe("verified tokens", () => {
  it("finds a token that was added, in any string with the same characters", () => {
    const tokens = createVerifiedTokens({ maxBytes: 10_000 });
    const added = verified(`header.payload.${tail}`);

    tokens.add(added);

    expect(tokens.find(["header.payload", tail].join("."))).toBe(added);
    expect(tokens.size()).toBe(1);
    expect(tokens.bytes()).toBe(1000);
  });

  it("ATK-37 finds no token that differs anywhere, though the end of its signature is the same", () => {
    const tokens = createVerifiedTokens({ maxBytes: 100_000 });
    const token = `header.payload.signature${tail}`;
    tokens.add(verified(token));

    for (let index = 0; index < token.length; index += 1) {
      expect(tokens.find(`${token.slice(0, index)}#${token.slice(index + 1)}`)).toBeUndefined();
    }
    for (const other of [tail, token.slice(1), `x${token}`, "", token.slice(0, -1)]) {
      expect(tokens.find(other)).toBeUndefined();
    }
  });

  it("ATK-37 keeps the later of two tokens with the same end, and never takes one for the other", () => {
    const tokens = createVerifiedTokens({ maxBytes: 10_000 });
    const [first, second] = [verified(`a.${tail}`), verified(`b.${tail}`)];

    tokens.add(first);
    tokens.add(second);

    expect(tokens.find(first.token)).toBeUndefined();
    expect(tokens.find(second.token)).toBe(second);
    expect(tokens.bytes()).toBe(1000);
  });

  it("removes the token that it is given, and no other with the same end", () => {
    const tokens = createVerifiedTokens({ maxBytes: 10_000 });
    const [first, second] = [verified(`a.${tail}`), verified(`b.${tail}`)];
    tokens.add(second);

    tokens.remove(first);
    expect(tokens.find(second.token)).toBe(second);

    tokens.remove(second);
    expect(tokens.find(second.token)).toBeUndefined();
    expect(tokens.bytes()).toBe(0);
  });

  it("ATK-41 keeps what is used through a flood of tokens that are not", () => {
    const tokens = createVerifiedTokens({ maxBytes: 20_000 });
    const used = verified(`used.${tail}`);
    tokens.add(used);

    for (let index = 0; index < 1000; index += 1) {
      tokens.add(verified(`flood.${index.toString().padStart(24, "0")}`));
      expect(tokens.find(used.token)).toBe(used);
    }
  });

  it("keeps no token that would take more than half of the place", () => {
    const tokens = createVerifiedTokens({ maxBytes: 1999 });

    tokens.add(verified("large"));

    expect(tokens.find("large")).toBeUndefined();
    expect(tokens.size()).toBe(0);
  });

  it("ATK-37 ATK-41 behaves as a set that forgets: what is found was added, and the bytes stay within the budget", () => {
    const token = fc.record({
      name: fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "h"),
      end: fc.constantFrom("0", "1", "2", "3").map((end) => end.repeat(24)),
    });
    const step = fc.record({
      token,
      kind: fc.constantFrom("add", "find", "find", "remove"),
      bytes: fc.nat({ max: 700 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: "max" }), (steps) => {
        const tokens = createVerifiedTokens({ maxBytes: 1000 });
        const model = new Map<string, VerifiedToken>();
        const violations: unknown[] = [];
        for (const [index, { token: parts, kind, bytes }] of steps.entries()) {
          const text = `${parts.name}.${parts.end}`;
          const entry = kind === "add" ? verified(text, bytes) : model.get(text);
          if (kind === "add" && entry !== undefined) tokens.add(entry);
          if (kind === "remove" && entry !== undefined) tokens.remove(entry);
          if (kind === "remove" || entry === undefined) model.delete(text);
          else model.set(text, entry);

          const found = tokens.find(text);
          if (found !== undefined && found !== model.get(text)) violations.push([index, "wrong"]);
          // What was added last is there, unless it is too large.
          if (kind === "add" && (found === undefined) !== bytes > 500) {
            violations.push([index, "absent"]);
          }
          if (tokens.bytes() > 1000) violations.push([index, "bytes"]);
        }
        expect(violations).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
