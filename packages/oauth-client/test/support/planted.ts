import { Buffer } from "node:buffer";
import { expect } from "vitest";
import { spellings } from "./spellings.ts";

/** What must be seen nowhere; they share their beginning, so that a text that was cut is found too. */
export const planted = {
  secret: "planted+secret/ü",
  token: "planted-access-token",
  clientId: "planted-client",
  storeKey: "planted-store-key-0123456789abcdef",
} as const;

const password = new URLSearchParams([["", planted.secret]]).toString().slice(1);

/** The credentials of the planted client, as Basic sends them. */
export const plantedBasic = Buffer.from(`${planted.clientId}:${password}`).toString("base64");

/** Searches a value, in all that a logger could write of it. */
export function expectNothingPlanted(value: unknown): void {
  const text = spellings(value);
  for (const word of ["plante", plantedBasic.slice(0, 20)]) expect(text).not.toContain(word);
}
