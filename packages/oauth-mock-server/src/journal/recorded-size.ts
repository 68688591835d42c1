import type { RecordedRequest } from "./recorded.ts";

/** What an entry takes beside its texts: objects, names of fields, the event. */
export const entryBytes = 1200;

/** How much of the memory a request takes, roughly; the fields of an answer are few and always alike. */
export function sizeOf({ request, response }: RecordedRequest): number {
  let size = entryBytes + request.target.length + request.body.length + response.body.length;
  for (const [name, value] of request.headers) size += name.length + value.length;
  return size;
}
