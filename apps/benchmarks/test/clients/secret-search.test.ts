import { findSecret } from "@credicorp/benchmarks";
import { expect, it } from "vitest";

const credentials = { clientId: "partner", clientSecret: "planted" };
const basic = Buffer.from("partner:planted").toString("base64");

it.each([
  { name: "a member", error: { secret: "planted" }, seenIn: ["inspect", "deep inspect", "JSON"] },
  {
    name: "a deep member",
    error: { a: { b: { c: { d: { secret: "planted" } } } } },
    seenIn: ["deep inspect", "JSON"],
  },
  {
    name: "the cause",
    error: new Error("failed", { cause: { body: "client_secret=planted" } }),
    seenIn: ["inspect", "deep inspect"],
  },
  {
    name: "a header",
    error: Object.assign(new Error("failed"), { headers: [`Basic ${basic}`] }),
    seenIn: ["inspect", "deep inspect", "JSON"],
  },
  {
    name: "the message",
    error: new Error("planted was refused"),
    seenIn: ["inspect", "deep inspect", "stack", "message"],
  },
  { name: "nothing", error: new Error("refused"), seenIn: [] },
])("finds a secret in $name", ({ error, seenIn }) => {
  expect(findSecret([new Error("another"), error], credentials)).toEqual(seenIn);
});
