import type { AnyOAuthError, Result } from "@credicorp/oauth-core";
import {
  AbortedError, ConfigurationError, failed, HttpStatusError, NetworkError, OAuthResponseError, ok, ProtocolError, TimeoutError,
} from "@credicorp/oauth-core";
import { formatBasicCredentials, encodeFormComponent, formatTokenRequest, ownText, parseJsonObject, parseCurrentRetryAfter, readTokenResponse, formMediaType,isSecureUrl } from "@credicorp/oauth-core/protocol";
import { fetchBounded, systemClock } from "@credicorp/oauth-runtime";
import type { AccessToken, TokenEvent, TokenState } from "@credicorp/oauth-core/token-cache";
import { buildAccessToken, usableToken, initialTokenState, advanceToken } from "@credicorp/oauth-core/token-cache";
import { createFreshToken } from "../tokens/fresh-token.ts";

const clock = systemClock;
const instant = () => ({ monotonicMs: clock.monotonicMs(), epochSeconds: clock.now() });
type Waiter = { deadlineMs: number, settle: (error?: unknown, token?: AccessToken) => void };

export function createTokenSource(options: any): any {
  const { maxWaitMs = 30_000 } = options;
  const request = createTokenRequest(options);
  const fresh = createFreshToken(clock);
  const waiters = new Set<Waiter>();
  let state: TokenState = initialTokenState;
  let running = new AbortController();
  let wakeTimer: any;

  function dispatch(event: TokenEvent) {
    const { state: next, effects } = advanceToken(state, event, instant());
    enter(next);
    for (const effect of effects) {
      switch (effect.kind) {
        case "send": void send(effect.generation); break;
        case "stop": stop(); break;
        case "pause":
          clearTimeout(wakeTimer);
          wakeTimer = setTimeout(dispatch, effect.untilMs - clock.monotonicMs(), { kind: "woken" });
          for (const waiter of waiters) if (waiter.deadlineMs < effect.untilMs) leave(waiter, effect.error, held());
          break;
        case "deliver": answer(undefined, effect.token); break;
        case "reject": answer(effect.error);
      }
    }
    return effects[0]!;
  }
  function enter(next: TokenState) { if (next.held !== state.held) fresh.hold(next.held); state = next; }
  function stop() { running.abort(); running = new AbortController(); clearTimeout(wakeTimer); }
  function answer(error?: unknown, token?: AccessToken) { for (const { settle } of waiters) settle(error, token); }
  function leave(waiter: Waiter, error: unknown, token?: AccessToken) { waiter.settle(error, token); dispatch({ kind: "left" }); }
  function held() { return usableToken(state.held, instant()) }
  async function send(generation: number): Promise<void> {
    const result = await request(running.signal);
    const told = { generation, fraction: Math.random() };
    dispatch(result.ok ? { ...told, kind: "received", token: result.value, isShared: false } : { ...told, kind: "failed", error: result.failure });
  }
  async function get(signal?: AbortSignal) {
    const aborted = () => new AbortedError("The caller stopped waiting for an access token", { cause: signal?.reason });
    if (signal?.aborted) throw aborted();
    const deadlineMs = clock.monotonicMs() + maxWaitMs;
    const first = dispatch({ kind: "wanted", deadlineMs });
    if (first.kind === "serve") return first.token;
    if (first.kind === "refuse") throw first.error;
    return new Promise<AccessToken>((resolve, reject) => {
      const abort = () => leave(waiter, aborted());
      const timer = setTimeout(() => leave(waiter, new TimeoutError(`There was no access token within ${maxWaitMs} ms`, { cause: state.outage?.error }), held()), Math.min(maxWaitMs, 2 ** 31 - 1));
      const waiter: Waiter = { deadlineMs, settle: (error, token) => {
        waiters.delete(waiter);
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
        if (token) resolve(token); else reject(error);
      } };
      waiters.add(waiter);
      signal?.addEventListener("abort", abort);
    });
  }
  return {
    getToken: ({ signal }: any = {}) => { const t = fresh.peek(); return t ? Promise.resolve(t) : get(signal); },
    peekToken: fresh.peek,
    invalidate: (value: string) => dispatch({ kind: "rejected", value })?.kind !== "keep",
    close: () => { stop(); answer(new AbortedError("The token source was closed")); enter(initialTokenState); },
  };
}

function createTokenRequest(options: any) {
  const { tokenEndpoint, clientId, clientSecret, scope = [], resource: resources = [], fetch = globalThis.fetch, tokenEndpointAuthMethod, basicEncoding, requestTimeoutMs: timeoutMs = 10_000} = options;
  if (!isSecureUrl(tokenEndpoint)) throw new ConfigurationError("tokenEndpoint", "The option tokenEndpoint is not an https URL");
  for (const n of ["clientId","clientSecret"]) if (!/^[^\x00-\x1f\x7f]+$/.test(options[n])) throw new ConfigurationError(n, `The option ${n} is missing or has control characters`);
  const credentials = { clientId, clientSecret };
  const headers: any = { accept: "application/json", "content-type": formMediaType };
  let authentication;
  if (tokenEndpointAuthMethod === "client_secret_post") authentication = credentials; else headers.authorization = formatBasicCredentials(credentials, basicEncoding);
  const message = { method: "POST", headers, body: formatTokenRequest({ scope, resources, authentication } as any) };
  const plain = clientId + clientSecret;
  return async (signal: AbortSignal): Promise<Result<AccessToken, AnyOAuthError>> => {
    const requestedAt = instant();
    const answer = await fetchBounded((init) => fetch(tokenEndpoint, {...init, ...message}), { timeoutMs, maxBodyBytes: 65536, signal });
    if (!answer.ok) {
      const { kind } = answer.failure;
      return failed(kind === "timeout" ? new TimeoutError(`The token endpoint did not answer within ${timeoutMs} ms`) : kind === "too_large" ? new ProtocolError("response_too_large", "The token endpoint answered too much") : new NetworkError("The token endpoint could not be reached"));
    }
    const { status, headers, body: bytes } = answer.value;
    const body = new TextDecoder().decode(bytes);
    const said = ownText(parseJsonObject(body) ?? {}, "error"); const error = said && (/^[a-z_]{1,64}$/.test(said) && !said.includes(clientSecret)? said: "unknown");
    if (error !== undefined || status !== 200) {
      const seconds = parseCurrentRetryAfter(new Map(headers).get("retry-after") ?? "", clock.now());
      const details: any = { retryAfterMs: seconds && seconds * 1000, hint: error === "invalid_client" && encodeFormComponent(plain) !== plain ? "try raw" : undefined };
      return failed(error ? new OAuthResponseError({ status, error }, details) : new HttpStatusError(status, details));
    }
    const response = readTokenResponse(body);
    if (response.ok && response.value.tokenType === "Bearer") return ok(buildAccessToken(response.value, { requestedAt, requestedScope: scope }));
    const code = response.ok ? "token_type_unexpected" : response.failure;
    return failed(new ProtocolError(code, "The token endpoint answered 200, but: " + code));
  }
}
