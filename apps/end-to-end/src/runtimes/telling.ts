/** What was claimed on a runtime, and what was found there instead where it is not so. */
export interface Finding {
  readonly step: string;
  readonly text: string;
  readonly found?: string | undefined;
}

/** States facts of one step: what was `seen` is what was `expected`. Neither may hold a secret or a token. */
export type State = (text: string, seen: unknown, expected: unknown) => void;

/** A step that states facts, with nothing but what every runtime has. */
export interface PortableStep {
  readonly name: string;
  readonly tell: (state: State) => Promise<void>;
}

/** Takes the steps one after the other, whatever fails on the way. */
export async function tellSteps(steps: readonly PortableStep[]): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { name, tell } of steps) {
    const before = findings.length;
    const state: State = (text, seen, expected) => {
      const isSo = JSON.stringify(seen) === JSON.stringify(expected);
      findings.push({
        step: name,
        text,
        found: isSo ? undefined : (JSON.stringify(seen) ?? "nothing"),
      });
    };
    try {
      // oxlint-disable-next-line no-await-in-loop -- each step has the server to itself
      await tell(state);
      if (findings.length === before) state("states something", "nothing", "a fact");
    } catch (error) {
      findings.push({ step: name, text: "comes to its end", found: String(error) });
    }
  }
  return findings;
}
