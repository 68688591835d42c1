/** Reads a program's arguments; `undefined` when one is wrong, of which the person at the terminal is told. */
export function readArguments<CommandLine>(
  args: readonly string[],
  parse: (args: readonly string[]) => CommandLine,
): CommandLine | undefined {
  try {
    return parse(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    console.error("Try --help.");
    return undefined;
  }
}
