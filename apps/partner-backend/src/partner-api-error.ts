import { z } from "zod";

const problemSchema = z.object({
  type: z.string().default("about:blank"),
  title: z.string().default(""),
  detail: z.string().default(""),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).default([]),
});

/** One member of the request that the partner API refused. */
export interface RefusedMember {
  /** Such as `#/contact/email`. */
  readonly pointer: string;
  readonly detail: string;
}

/** The partner API refused a request, or answered with something that is not what it promises. */
export class PartnerApiError extends Error {
  override readonly name = "PartnerApiError";
  readonly status: number;

  /** The kind of problem, a URI; `about:blank` when the status says it all. */
  readonly type: string;

  /** What is wrong with the request, member by member; empty when it is not about members. */
  readonly refusedMembers: readonly RefusedMember[];

  /** Whether the same request may succeed after a wait. */
  readonly retryable: boolean;

  constructor(options: {
    readonly status: number;
    readonly message: string;
    readonly type?: string;
    readonly refusedMembers?: readonly RefusedMember[];
  }) {
    super(options.message);
    this.status = options.status;
    this.type = options.type ?? "about:blank";
    this.refusedMembers = options.refusedMembers ?? [];
    this.retryable = options.status === 429 || options.status >= 500;
  }
}

/**
 * Turns a refusal into an error that says what to do.
 *
 * The body is read as problem details (RFC 9457); the page of a gateway in between leaves the status alone.
 */
export async function readRefusal(action: string, response: Response): Promise<PartnerApiError> {
  const { status } = response;
  const problem = problemSchema.safeParse(await readJson(response));
  if (!problem.success) {
    return new PartnerApiError({ status, message: `Could not ${action}: HTTP ${status}` });
  }

  const { type, title, detail, errors } = problem.data;
  const members = errors.map((error) => `${error.pointer} ${error.detail}`);
  const message = [`Could not ${action}: ${status} ${title}`, detail, ...members].join("\n  ");
  return new PartnerApiError({ status, type, message: message.trim(), refusedMembers: errors });
}

/** Reads a body as JSON; `undefined` when it is none. */
export async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
