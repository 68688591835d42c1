/**
 * Puts the library that its argument names through all scenarios, and tells its parent what it found.
 *
 * Runs in a process of its own: its clocks are moved, and what libraries leave behind ends with it.
 *
 * @module
 */

import { installMovableClocks } from "../observation/movable-clocks.ts";

// Before a library is loaded, which may keep what it finds.
const clocks = installMovableClocks();
const unhandled: unknown[] = [];
process.on("unhandledRejection", (reason) => unhandled.push(reason));
process.once("disconnect", () => process.exit());

const { loadPeer } = await import("./peers.ts");
const { observe } = await import("./scenarios.ts");

const [, , name = ""] = process.argv;
const peer = await loadPeer(name);
process.send?.({ setUp: peer.setUp, findings: await observe(peer, { clocks, unhandled }) });
