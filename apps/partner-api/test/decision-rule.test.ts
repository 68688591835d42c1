import { decide } from "@credicorp/partner-api";
import { describe, expect, it } from "vitest";
import { exampleApplication } from "./example-application.ts";

describe("decide", () => {
  it("approves, with a fee of 2 % a month and no personal guarantee", () => {
    const decision = decide({ ...exampleApplication, amountPence: 2_500_000, termMonths: 6 });

    expect(decision).toEqual({
      outcome: "approved",
      offer: {
        amountPence: 2_500_000,
        termMonths: 6,
        feePence: 300_000,
        totalRepayablePence: 2_800_000,
        personalGuarantee: false,
      },
    });
  });

  it("rounds the fee up to a whole penny", () => {
    const decision = decide({ ...exampleApplication, amountPence: 100_001, termMonths: 1 });

    expect(decision).toMatchObject({ offer: { feePence: 2_001 } });
  });

  it.each([
    { tradingMonths: 5, outcome: "declined" },
    { tradingMonths: 6, outcome: "approved" },
  ])(
    "a company that trades for $tradingMonths months is $outcome",
    ({ tradingMonths, outcome }) => {
      expect(decide({ ...exampleApplication, tradingMonths }).outcome).toBe(outcome);
    },
  );

  it.each([
    { amountPence: 2_000_000, outcome: "approved" },
    { amountPence: 2_000_001, outcome: "referred" },
  ])("$amountPence pence at a turnover of 1000000 is $outcome", ({ amountPence, outcome }) => {
    const decision = decide({
      ...exampleApplication,
      amountPence,
      monthlyTurnoverPence: 1_000_000,
    });

    expect(decision.outcome).toBe(outcome);
  });

  it("says why it did not approve", () => {
    expect(decide({ ...exampleApplication, monthlyTurnoverPence: 0 })).toEqual({
      outcome: "referred",
      reasons: ["amount_above_turnover_limit"],
    });
  });
});
