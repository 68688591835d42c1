import type { OAuthClient } from "@credicorp/oauth-client";
import { z } from "zod";
import { PartnerApiError, readJson, readRefusal } from "./partner-api-error.ts";

/** All that these functions need of a client: a `fetch` that brings its own access token. */
export type AuthorizedFetch = Pick<OAuthClient, "fetch">;

/** An application for working capital on behalf of a limited company. */
export interface Application {
  readonly companyNumber: string;
  readonly companyName: string;
  readonly amountPence: number;
  readonly currency: "GBP";
  readonly termMonths: number;
  readonly purpose: "stock" | "equipment" | "payroll" | "marketing" | "tax" | "other";
  readonly monthlyTurnoverPence: number;
  readonly tradingMonths: number;
  readonly contact: { readonly name: string; readonly email: string };
}

/** What a submitted application is known by. */
export interface SubmittedApplication {
  readonly applicationId: string;
  readonly decisionId: string;
}

/** The lender's decision. */
export interface Decision {
  readonly decisionId: string;
  readonly outcome: "approved" | "referred" | "declined";

  /** Why it was not approved at once. */
  readonly reasons?: readonly string[] | undefined;
  readonly offer?: Offer | undefined;
}

/** What the company would get and give back, in pence. */
export interface Offer {
  readonly amountPence: number;
  readonly feePence: number;
  readonly totalRepayablePence: number;
}

const submittedSchema: z.ZodType<SubmittedApplication> = z.object({
  applicationId: z.string(),
  decisionId: z.string(),
});

const decisionSchema: z.ZodType<Decision> = z.object({
  decisionId: z.string(),
  outcome: z.enum(["approved", "referred", "declined"]),
  reasons: z.array(z.string()).optional(),
  offer: z
    .object({ amountPence: z.int(), feePence: z.int(), totalRepayablePence: z.int() })
    .optional(),
});

/**
 * Submits an application.
 *
 * @throws {@link PartnerApiError} when the API refuses it; `refusedMembers` says what is wrong with it.
 */
export async function submitApplication(
  client: AuthorizedFetch,
  application: Application,
): Promise<SubmittedApplication> {
  const response = await client.fetch("/partner/v1/applications", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(application),
  });
  return readAnswer(response, { action: "submit the application", schema: submittedSchema });
}

/**
 * Reads the decision about an application.
 *
 * @throws {@link PartnerApiError} with status 404 when this client has no such decision.
 */
export async function readDecision(client: AuthorizedFetch, decisionId: string): Promise<Decision> {
  const response = await client.fetch(`/partner/v1/decisions/${encodeURIComponent(decisionId)}`);
  return readAnswer(response, { action: "read the decision", schema: decisionSchema });
}

async function readAnswer<Answer>(
  response: Response,
  expectation: { readonly action: string; readonly schema: z.ZodType<Answer> },
): Promise<Answer> {
  const { action, schema } = expectation;
  if (!response.ok) throw await readRefusal(action, response);

  const parsed = schema.safeParse(await readJson(response));
  if (parsed.success) return parsed.data;
  const message = `Could not ${action}: the answer is not what the API promises`;
  throw new PartnerApiError({ status: response.status, message });
}
