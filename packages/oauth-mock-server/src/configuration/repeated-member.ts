/** A member of an object that has another one of its name. */
export interface RepeatedMember {
  readonly name: string;

  /** Where in the text the second one begins. */
  readonly offset: number;
}

const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}]/g;

/** Finds the first member that an object of a JSON text has twice, of which a parser keeps the last and says nothing. */
export function findRepeatedMember(json: string): RepeatedMember | undefined {
  const objects: Set<string>[] = [];
  for (const { 0: token, 1: colon, index } of json.matchAll(tokens)) {
    if (token === "{") objects.push(new Set());
    else if (token === "}") objects.pop();
    else if (colon !== undefined) {
      // The same name may be written with escapes.
      const name = JSON.parse(token.slice(0, -colon.length)) as string;
      const names = objects.at(-1);
      if (names?.has(name)) return { name, offset: index };
      names?.add(name);
    }
  }
  return undefined;
}
