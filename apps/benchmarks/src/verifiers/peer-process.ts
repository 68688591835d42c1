/**
 * Puts the library that its argument names through all scenarios, and tells its parent what it found.
 *
 * Runs in a process of its own: its clocks are moved, and what libraries leave behind ends with it.
 *
 * @module
 */

import { installMovableClocks } from "../observation/movable-clocks.ts";

// Before a library is loaded, which may keep what it finds.
const clocks = installMovableClocks({ movesTimers: true });
process.once("disconnect", () => process.exit());

const { loadVerifierPeer } = await import("./peers.ts");
const { observeVerifier } = await import("./scenarios.ts");

const [, , name = ""] = process.argv;
const peer = await loadVerifierPeer(name);
process.send?.({ setUp: peer.setUp, findings: await observeVerifier(peer, clocks) });
