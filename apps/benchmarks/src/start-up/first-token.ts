/** Asks for a token with the secret in the body. @throws Error when the answer is none. */
export async function askForFirstToken(
  send: (init: RequestInit) => Promise<Response>,
  { id, secret }: { readonly id: string; readonly secret: string },
): Promise<void> {
  const response = await send({
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: id,
      client_secret: secret,
    }),
  });
  if (response.status !== 200) throw new Error(`The first token was a ${response.status}`);
}
