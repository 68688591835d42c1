import type { Application } from "@credicorp/partner-api";

/** An application that is approved. */
export const exampleApplication: Application = {
  companyNumber: "01234567",
  companyName: "Ashdown Bakery Ltd",
  amountPence: 2_500_000,
  currency: "GBP",
  termMonths: 6,
  purpose: "stock",
  monthlyTurnoverPence: 4_000_000,
  tradingMonths: 38,
  contact: { name: "Ada Ashdown", email: "ada@ashdown.example" },
};
