import { z } from "zod";

/** An application for working capital: what a partner sends on behalf of a limited company. */
export interface Application {
  /** As Companies House writes it, such as `01234567` or `SC123456`. */
  readonly companyNumber: string;
  readonly companyName: string;

  /** What the company asks for, in pence. */
  readonly amountPence: number;
  readonly currency: "GBP";
  readonly termMonths: number;
  readonly purpose: "stock" | "equipment" | "payroll" | "marketing" | "tax" | "other";

  /** Mean turnover of the last three months, in pence. */
  readonly monthlyTurnoverPence: number;

  /** Whole months since the company's first invoice. */
  readonly tradingMonths: number;

  /** Whom to ask about the application; nobody who would owe anything. */
  readonly contact: { readonly name: string; readonly email: string };
}

const shortText = z.string().trim().min(1, "must not be empty").max(120);
const wholeNumber = z.int("must be a whole number");

/**
 * Reads an application from the JSON that a partner sent.
 *
 * Members that it does not know are refused: a misspelt one would be lost in silence otherwise.
 */
export const applicationSchema: z.ZodType<Application> = z.strictObject({
  companyNumber: z
    .string()
    .regex(/^(?:\d{8}|[A-Z]{2}\d{6})$/, "must be 8 digits, or 2 capital letters and 6 digits"),
  companyName: shortText,
  amountPence: wholeNumber
    .min(100_000, "must be at least 100000 (£1,000)")
    .max(50_000_000, "must be at most 50000000 (£500,000)"),
  currency: z.literal("GBP", "must be GBP"),
  termMonths: wholeNumber.min(1, "must be at least 1").max(12, "must be at most 12"),
  purpose: z.enum(["stock", "equipment", "payroll", "marketing", "tax", "other"]),
  monthlyTurnoverPence: wholeNumber.min(0, "must not be negative"),
  tradingMonths: wholeNumber.min(0, "must not be negative"),
  contact: z.strictObject({ name: shortText, email: z.email("must be an email address") }),
});
