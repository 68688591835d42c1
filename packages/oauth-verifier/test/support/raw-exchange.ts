import { connect } from "node:net";

/** Sends the lines of a request as they are, and resolves to all that comes back until the server closes. */
export async function exchange(port: number, lines: readonly string[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  // Not ended: Node gives up the request of a sender that has.
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  let text = "";
  for await (const chunk of socket.setEncoding("utf8")) text += String(chunk);
  return text;
}
