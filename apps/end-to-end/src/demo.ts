/**
 * Tells the whole story over real HTTP, on free ports; exits with 1 when a step fails, and says which.
 *
 * @module
 */

import { startHub } from "./hub.ts";
import { story } from "./story/story.ts";
import { tellStory } from "./story/tell-story.ts";

const hub = await startHub({ port: 0 });
console.log(`The hub listens on ${hub.origin}.\n`);

const hasPassed = await tellStory(story, hub, { print: console.log });
await hub.close();
if (!hasPassed) process.exitCode = 1;
