import type { AnyOAuthError, Result } from "@credicorp/oauth-core";
import {
  AbortedError, ConfigurationError, failed, HttpStatusError, NetworkError, OAuthResponseError, ok, ProtocolError, TimeoutError, singleHeaderValue
} from "@credicorp/oauth-core";
import { formatBasicCredentials, encodeFormComponent, formatTokenRequest, ownText, parseJsonObject, parseCurrentRetryAfter, readTokenResponse, formMediaType,isSecureUrl } from "@credicorp/oauth-core/protocol";
import { createFetchTransport, random, systemClock } from "@credicorp/oauth-runtime";
import type { AccessToken, TokenEffect, TokenEvent, TokenState } from "@credicorp/oauth-core/token-cache";
import { buildAccessToken, freshnessOf, initialTokenState, advanceToken } from "@credicorp/oauth-core/token-cache";
import { createFreshToken } from "../tokens/fresh-token.ts";

const clock = systemClock;
const instant = () => ({ monotonicMs: clock.monotonicMs(), epochSeconds: clock.now() });
type Hear = (effect: TokenEffect) => void;

export function createTokenSource(options: any): any {
  const { maxWaitMs = 30_000 } = options;
  const request = createTokenRequest(options);
  const fresh = createFreshToken(clock);
  const waiters = new Set<Hear>();
  let state: TokenState = initialTokenState;
  let running = new AbortController();
  let wakeTimer: any;

  function dispatch(event: TokenEvent): TokenEffect | undefined {
    const { state: next, effects } = advanceToken(state, event, instant());
    enter(next);
    for (const effect of effects) {
      const { kind } = effect;
      if (kind === "send") void send(effect.generation);
      if (kind === "stop" || kind === "pause") clearTimeout(wakeTimer);
      if (kind === "pause") wakeTimer = setTimeout(() => dispatch({ kind: "woken" }), effect.untilMs - clock.monotonicMs());
      if (kind === "stop") { running.abort(); running = new AbortController(); }
      for (const hear of waiters) hear(effect);
    }
    return effects[0];
  }
  function enter(next: TokenState) { if (next.held !== state.held) fresh.hold(next.held); state = next; }
  async function send(generation: number): Promise<void> {
    const result = await request(running.signal);
    const told = { generation, fraction: random.fraction() };
    dispatch(result.ok ? { ...told, kind: "received", token: result.value, isShared: false } : { ...told, kind: "failed", error: result.failure });
  }
  function get({ signal, maxWaitMs: ms = maxWaitMs }: any) {
    return new Promise<AccessToken>((resolve, reject) => {
      const abort = () => leave(new AbortedError("The caller stopped waiting for an access token", { cause: signal.reason }));
      const timer = setTimeout(() => giveUp(new TimeoutError(`There was no access token within ${ms} ms`, { cause: state.outage?.error })), ms);
      const deadlineMs = clock.monotonicMs() + ms;
      const end = () => { clearTimeout(timer); signal?.removeEventListener("abort", abort); return waiters.delete(hear) };
      const leave = (error: AnyOAuthError, token?: AccessToken) => { if (end()) dispatch({ kind: "left" }); if (token) resolve(token); else reject(error); };
      const giveUp = (error: AnyOAuthError) => { const { held } = state; leave(error, held && freshnessOf(held, instant()) !== "spent" ? held.token : undefined) };
      const hear: Hear = (effect) => {
        const { kind } = effect;
        if (kind === "pause") { if (deadlineMs < effect.untilMs) giveUp(effect.error); return; }
        if (kind === "deliver" || kind === "serve") resolve(effect.token);
        else if (kind === "reject" || kind === "refuse") reject(effect.error);
        else return;
        end();
      };
      if (signal?.aborted) { abort(); return; }
      signal?.addEventListener("abort", abort);
      const answer = dispatch({ kind: "wanted", deadlineMs });
      waiters.add(hear);
      hear(answer!);
    });
  }
  const getToken = (o?: any) => { const t = fresh.peek(); return t === undefined ? get(o ?? {}) : Promise.resolve(t); };
  return {
    getToken, peekToken: fresh.peek,
    invalidate: (value: string) => dispatch({ kind: "rejected", value })?.kind !== "keep",
    close: () => { running.abort(); clearTimeout(wakeTimer); for (const hear of waiters) hear({kind:"reject",error:new AbortedError("The token source was closed")}); enter(initialTokenState); },
  };
}

function createTokenRequest(options: any) {
  const { tokenEndpoint, clientId, clientSecret, scope = [], resource = [], fetch, tokenEndpointAuthMethod, basicEncoding, requestTimeoutMs = 10_000} = options;
  if (!isSecureUrl(tokenEndpoint)) throw new ConfigurationError("tokenEndpoint", "not https");
  for (const n of ["clientId","clientSecret"]) if (!/^[^\x00-\x1f\x7f]+$/.test(options[n])) throw new ConfigurationError(n, `The option ${n} is missing or has control characters`);
  const transport = createFetchTransport(fetch);
  const post = tokenEndpointAuthMethod === "client_secret_post";
  const message = {
      method: "POST", url: tokenEndpoint,
      headers: [["accept","application/json"],["content-type", formMediaType], ...(post ? [] : [["authorization", formatBasicCredentials({clientId, clientSecret}, basicEncoding)] as const])],
      body: formatTokenRequest({ scope, resources: resource, ...(post && {authentication: { clientId, clientSecret }}) }),
    } as const;
  const plain = clientId + clientSecret;
  return async (signal: AbortSignal): Promise<Result<AccessToken, AnyOAuthError>> => {
    const requestedAt = instant();
    const answer = await transport(message, { timeoutMs: requestTimeoutMs, maxBodyBytes: 65536, signal });
    if (!answer.ok) {
      const { kind } = answer.failure;
      return failed(kind === "timeout" ? new TimeoutError(`The token endpoint did not answer within ${requestTimeoutMs} ms`) : kind === "too_large" ? new ProtocolError("response_too_large", "The token endpoint answered too much") : kind === "aborted" ? new AbortedError("The request was aborted"): new NetworkError("The token endpoint could not be reached"));
    }
    const { status, headers, body: bytes } = answer.value;
    const body = new TextDecoder().decode(bytes);
    const said = ownText(parseJsonObject(body) ?? {}, "error"); const error = said && (/^[a-z_]{1,64}$/.test(said) && !said.includes(clientSecret)? said: "unknown");
    if (error !== undefined || status !== 200) {
      const retryAfter = singleHeaderValue(headers, "retry-after") ?? "";
      const seconds = parseCurrentRetryAfter(retryAfter, clock.now());
      const details: any = { retryAfterMs: seconds && seconds * 1000, hint: error === "invalid_client" && encodeFormComponent(plain) !== plain ? "try raw" : undefined };
      return failed(error ? new OAuthResponseError({ status, error }, details) : new HttpStatusError(status, details));
    }
    const response = readTokenResponse(body);
    if (response.ok && response.value.tokenType === "Bearer") return ok(buildAccessToken(response.value, { requestedAt, requestedScope: scope }));
    const code = response.ok ? "token_type_unexpected" : response.failure;
    return failed(new ProtocolError(code, "The token endpoint answered 200, but: " + code));
  }
}
