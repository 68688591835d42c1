import type { MemberFault } from "./admin-problem.ts";
import { memberProblem } from "./admin-problem.ts";

/**
 * Makes something under a name that nothing else has; making takes a while, and others may ask for the same meanwhile.
 *
 * @throws AdminProblem with 409 when the name is taken, or is about to be
 */
export async function makeOnce<Made>(
  make: () => Promise<Made>,
  request: {
    /** Unique among all that is made. */
    readonly name: string;
    readonly isTaken: boolean;
    /** What is said when it is. */
    readonly fault: MemberFault;
    readonly inMaking: Set<string>;
  },
): Promise<Made> {
  const { name, isTaken, fault, inMaking } = request;
  if (isTaken || inMaking.has(name)) throw memberProblem(409, fault);
  inMaking.add(name);
  try {
    return await make();
  } finally {
    inMaking.delete(name);
  }
}
