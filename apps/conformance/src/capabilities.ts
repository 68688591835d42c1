/** A part of the product that is delivered as a whole, and that requirements belong to. */
export type Capability =
  | "flow"
  | "authorization-server"
  | "client"
  | "verifier"
  | "sandbox"
  | "fleet";

/** What is known of a capability. */
export interface CapabilityStatus {
  readonly title: string;

  /** Whether it has landed: an untested requirement of a delivered capability fails the check. */
  readonly isDelivered: boolean;
}

/** All capabilities in the order of delivery. Whoever completes one sets its `isDelivered`. */
export const capabilities: Readonly<Record<Capability, CapabilityStatus>> = {
  flow: { title: "The whole flow with a client secret", isDelivered: true },
  "authorization-server": { title: "The authorization server in full", isDelivered: true },
  client: { title: "The client SDK in full", isDelivered: true },
  verifier: { title: "The verifier in full", isDelivered: true },
  sandbox: { title: "The sandbox in full", isDelivered: true },
  fleet: { title: "State shared by a fleet", isDelivered: false },
};

/** The names of all capabilities, in the order of delivery. */
export const capabilityNames: readonly Capability[] = [
  "flow",
  "authorization-server",
  "client",
  "verifier",
  "sandbox",
  "fleet",
];
