import { findSimilarName } from "../spelling/similar-name.ts";
import { faultDefinitions } from "./fault-definitions.ts";

/** Says which faults there are to whoever named one that there is not, and which may have been meant. */
export function describeUnknownFault(name: unknown): string {
  const names = Object.keys(faultDefinitions);
  const similar = typeof name === "string" ? findSimilarName(name, names) : undefined;
  const guess = similar === undefined ? "" : `${similar}, if that is meant, or another `;
  return `must be ${guess === "" ? "one " : guess}of ${names.join(", ")}`;
}
