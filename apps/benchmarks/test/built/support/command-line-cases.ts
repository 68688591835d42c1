import { expect, it } from "vitest";

import { runProgram } from "./run-program.ts";

/** Arguments that a program refuses. */
export interface RefusedArguments {
  readonly name: string;
  readonly args: readonly string[];
  readonly message: string;
}

const unknownOption = {
  name: "an unknown option",
  args: ["--fast"],
  message: "Unknown option '--fast'",
};

/** Tests what every program does with its arguments, and what one refuses beside. */
export function testCommandLine(path: string, refused: readonly RefusedArguments[]): void {
  it("explains itself", async () => {
    const { code, stdout } = await runProgram(path, ["--help"]);

    expect(code).toBe(0);
    expect(stdout).toContain("--check");
  });

  it.each([unknownOption, ...refused])("exits with 2 for $name", async ({ args, message }) => {
    const { code, stderr } = await runProgram(path, args);

    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
}
