/** Calls the API as an application does that gets only a token from its library. */
export async function callWith(apiUrl: string, accessToken: string): Promise<number> {
  const response = await fetch(apiUrl, { headers: { authorization: `Bearer ${accessToken}` } });
  await response.arrayBuffer();
  return response.status;
}
