import type { SandboxHandler } from "../http/sandbox-response.ts";
import { finishAnswer, problemAnswer } from "./admin-answer.ts";
import type { AdminAnswer } from "./admin-answer.ts";
import { AdminProblem } from "./admin-problem.ts";
import type { AdminSubject } from "./admin-subject.ts";
import { createTokenCheck } from "./admin-token.ts";

/** The way into the admin API: nothing behind it is loaded before somebody knocks who may come in. */
export interface AdminDoor {
  /** Tells the paths, without their queries, that are of the admin API. */
  readonly isAdminPath: (path: string) => boolean;

  /** Answers a request for such a path; never rejects. */
  readonly handle: SandboxHandler;
}

/** Where an admin API is, and who may call it. */
export interface AdminDoorOptions {
  /** Such as `/admin/v1`. */
  readonly prefix: string;

  /** Each of them is good. */
  readonly tokens: readonly string[];
  readonly maxBodyBytes: number;
}

/** Makes the door of a sandbox or of a namespace. */
export function createAdminDoor(
  subject: AdminSubject,
  { prefix, tokens, maxBodyBytes }: AdminDoorOptions,
): AdminDoor {
  const base = subject.pathPrefix + prefix;
  const folder = `${base}/`;
  const metricsPath = `${subject.pathPrefix}/metrics`;
  // They say what everybody can read in the documentation, and nothing of this sandbox.
  const openPaths = new Set([`${base}/docs`, `${base}/openapi.json`]);
  const isAllowed = createTokenCheck(tokens);
  let room: Promise<SandboxRoom> | undefined;
  const enter = (): Promise<SandboxRoom> => {
    room ??= import("./admin-router.ts").then(({ createAdminRouter }) =>
      createAdminRouter(subject, { base, metricsPath, maxBodyBytes }),
    );
    return room;
  };

  return {
    isAdminPath: (path) => path === metricsPath || path === base || path.startsWith(folder),
    handle: async (request) => {
      const [path = ""] = request.target.split("?", 1);
      const answer =
        openPaths.has(path) || isAllowed(request.headers)
          ? await (
              await enter()
            )(request)
          : problemAnswer(unauthorized);
      return finishAnswer(answer, { isHead: request.method === "HEAD", now: subject.clock.now() });
    },
  };
}

type SandboxRoom = (request: Parameters<SandboxHandler>[0]) => Promise<AdminAnswer>;

const unauthorized = new AdminProblem(
  401,
  "The admin API needs Authorization: Bearer and the token that was printed at the start",
  { headers: [["WWW-Authenticate", 'Bearer realm="sandbox admin"']] },
);
