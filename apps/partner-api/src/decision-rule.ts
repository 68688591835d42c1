import type { Application } from "./application.ts";

/** Why an application was not approved at once. */
export type DecisionReason = "trading_history_too_short" | "amount_above_turnover_limit";

/** What the company would get and give back. */
export interface Offer {
  readonly amountPence: number;
  readonly termMonths: number;
  readonly feePence: number;
  readonly totalRepayablePence: number;

  /** Credicorp lends to the company, never to a person behind it. */
  readonly personalGuarantee: false;
}

/** The lender's answer to one application. */
export type Decision =
  | { readonly outcome: "approved"; readonly offer: Offer }
  | { readonly outcome: "referred" | "declined"; readonly reasons: readonly DecisionReason[] };

const minTradingMonths = 6;
const maxTurnoverMultiple = 2;
const monthlyFeePerMille = 20;

/**
 * Decides about one application by two figures of the company: how long it trades, how much it turns over.
 *
 * An example, so that the flow has something to answer; the same application always gets the same
 * decision. No data about any person enters it.
 */
export function decide(application: Application): Decision {
  const { amountPence, termMonths, tradingMonths, monthlyTurnoverPence } = application;

  if (tradingMonths < minTradingMonths) {
    return { outcome: "declined", reasons: ["trading_history_too_short"] };
  }
  if (amountPence > monthlyTurnoverPence * maxTurnoverMultiple) {
    return { outcome: "referred", reasons: ["amount_above_turnover_limit"] };
  }

  const feePence = Math.ceil((amountPence * monthlyFeePerMille * termMonths) / 1000);
  const totalRepayablePence = amountPence + feePence;
  return {
    outcome: "approved",
    offer: { amountPence, termMonths, feePence, totalRepayablePence, personalGuarantee: false },
  };
}
