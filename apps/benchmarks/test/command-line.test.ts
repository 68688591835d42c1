import { parseCommandLine } from "@credicorp/benchmarks";
import { expect, it } from "vitest";

it("runs everything, in seven rounds, and only prints, by default", () => {
  expect(parseCommandLine([])).toEqual({
    help: false,
    check: false,
    write: false,
    only: "",
    rounds: 7,
  });
});

it.each([
  { args: ["--rounds", "0"], message: /--rounds must be a positive integer/ },
  { args: ["--rounds", "many"], message: /--rounds must be a positive integer/ },
  { args: ["--write", "--only", "issued"], message: /--write needs every benchmark/ },
  { args: ["--chekc"], message: /Unknown option '--chekc'/ },
  { args: ["surprise"], message: /Unexpected argument 'surprise'/ },
])("refuses $args", ({ args, message }) => {
  expect(() => parseCommandLine(args)).toThrow(message);
});
