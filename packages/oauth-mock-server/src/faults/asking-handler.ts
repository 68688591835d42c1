import type { ServerRequest } from "@credicorp/oauth-core";

import type { SandboxResponse } from "../http/sandbox-response.ts";

/** Answers a request by what the server says to `asked`, which is the request itself unless it is given. */
export type AskingHandler = (
  request: ServerRequest,
  asked?: ServerRequest,
) => Promise<SandboxResponse>;
