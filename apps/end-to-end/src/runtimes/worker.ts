import * as portable from "@credicorp/oauth-runtime";
import type { Place, StoryClient } from "./place.ts";
import { serveInMemory } from "./place.ts";
import { portableStory } from "./portable-story.ts";
import { tellSteps } from "./telling.ts";
import type { VectorFile } from "./vectors.ts";
import { vectorSteps } from "./vectors.ts";

/** What the worker is told. */
export interface WorkerTask {
  readonly issuer: string;
  readonly clients: readonly StoryClient[];
  readonly vectors: readonly VectorFile[];
}

/** Tells the story where there is nothing of Node. What workerd calls for each request. */
export const worker = {
  fetch: async (request: Request): Promise<Response> => {
    const { issuer, clients, vectors } = (await request.json()) as WorkerTask;
    const place: Place = {
      issuer,
      serve: serveInMemory,
      clientOf: (wanted) => clients.find(({ id }) => id === wanted) ?? { id: wanted },
    };
    const steps = [...portableStory(place), ...vectorSteps(vectors, { "by WebCrypto": portable })];
    return Response.json(await tellSteps(steps));
  },
};
