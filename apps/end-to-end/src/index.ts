/**
 * The whole flow over real HTTP: a hub, and the story that is told with it.
 *
 * @module
 */

export type { CurlCallers, CurlExample } from "./curl-examples.ts";
export { formatCurlExamples } from "./curl-examples.ts";
export type { Gateway, GatewayOptions } from "./gateway.ts";
export { startGateway } from "./gateway.ts";
export type { Hub, HubOptions } from "./hub.ts";
export { startHub, tokenPath } from "./hub.ts";
export type { StepResult } from "./story/run-story.ts";
export { hasPassed, runStory } from "./story/run-story.ts";
export type { Fact, StoryStep } from "./story/step.ts";
export { fact } from "./story/step.ts";
export { story } from "./story/story.ts";
export type { Audience } from "./story/tell-story.ts";
export { tellStory } from "./story/tell-story.ts";
export { formatStep } from "./story/transcript.ts";
export { formatWelcome } from "./welcome.ts";
