import { connect } from "node:net";

/** One request, sent over and over. */
export interface HttpLoad {
  readonly url: URL;
  readonly body: string;

  /** How many keep-alive connections there are, each with one request under way. */
  readonly connections: number;
  readonly durationMs: number;
}

/**
 * Sends token requests for a while; resolves to answers per second.
 *
 * It writes prepared bytes to bare sockets and reads no more than it must: what shares the machine with the server should
 * cost little beside it, and the same for every server.
 *
 * @throws Error when an answer is not a 200 with a token.
 */
export async function measureHttpLoad(load: HttpLoad): Promise<number> {
  const startedAtMs = performance.now();
  const endsAtMs = startedAtMs + load.durationMs;
  const counts = await Promise.all(
    Array.from({ length: load.connections }, () => repeat(load, endsAtMs)),
  );
  const answers = counts.reduce((sum, count) => sum + count, 0);
  return (answers * 1000) / (performance.now() - startedAtMs);
}

/** Sends on one connection until the time is up; resolves to the number of answers. */
function repeat({ url, body }: HttpLoad, endsAtMs: number): Promise<number> {
  const request = formatRequest(url, body);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(url.port), url.hostname);
    let received = "";
    let answers = 0;
    socket.setNoDelay(true);
    socket.on("connect", () => socket.write(request));
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("The server closed a connection")));
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      if (!isComplete(received)) return;
      if (!isToken(received)) {
        reject(new Error(`A token request was answered with ${received.slice(0, 12)}`));
        socket.destroy();
        return;
      }
      received = "";
      answers += 1;
      if (performance.now() < endsAtMs) {
        socket.write(request);
        return;
      }
      resolve(answers);
      socket.destroy();
    });
  });
}

function formatRequest(url: URL, body: string): Buffer {
  return Buffer.from(
    [
      `POST ${url.pathname} HTTP/1.1`,
      `Host: ${url.host}`,
      "Content-Type: application/x-www-form-urlencoded",
      `Content-Length: ${Buffer.byteLength(body)}`,
      "",
      body,
    ].join("\r\n"),
  );
}

/** Answers say how long they are; one without a length would never be complete. */
function isComplete(received: string): boolean {
  const end = received.indexOf("\r\n\r\n");
  if (end === -1) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(received.slice(0, end))?.[1];
  return length !== undefined && received.length >= end + 4 + Number(length);
}

function isToken(answer: string): boolean {
  return answer.startsWith("HTTP/1.1 200 ") && answer.includes('"access_token"');
}
