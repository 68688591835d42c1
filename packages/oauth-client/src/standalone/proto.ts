import type { AnyOAuthError, Clock, Random, Result, Sleep } from "@credicorp/oauth-core";
import {
  AbortedError, ConfigurationError, failed, HttpStatusError, NetworkError, OAuthResponseError, ok, ProtocolError, TimeoutError, singleHeaderValue
} from "@credicorp/oauth-core";
import { formatBasicCredentials, encodeFormComponent, formatTokenRequest, parseOAuthError, parseCurrentRetryAfter, parseTokenResponse, formMediaType,isSecureUrl } from "@credicorp/oauth-core/protocol";
import { createFetchTransport, random, sleep, systemClock } from "@credicorp/oauth-runtime";
import type { AccessToken, TokenEffect, TokenEvent, TokenState } from "@credicorp/oauth-core/token-cache";
import { buildAccessToken, freshnessOf, initialTokenState, advanceToken } from "@credicorp/oauth-core/token-cache";
import { createFreshToken } from "../tokens/fresh-token.ts";

export function createTokenSource(options: any): any {
  const { tokenEndpoint, clientId, clientSecret, scope = [], resource = [], fetch, tokenEndpointAuthMethod, basicEncoding, requestTimeoutMs = 10_000, maxWaitMs = 30_000, onEvent } = options;
  if (!isSecureUrl(tokenEndpoint)) throw new ConfigurationError("tokenEndpoint", "not https");
  for (const n of ["clientId","clientSecret"]) if (!/^[^\x00-\x1f\x7f]+$/.test(options[n])) throw new ConfigurationError(n, `The option ${n} is missing or has control characters`);
  const clock: Clock = systemClock;
  const transport = createFetchTransport(fetch);
  const fresh = createFreshToken(clock);
  const waiters = new Set<any>();
  let state: TokenState = initialTokenState;
  let running = new AbortController();
  let wakeAtMs = 0;
  const instant = () => ({ monotonicMs: clock.monotonicMs(), epochSeconds: clock.now() });

  async function request(signal: AbortSignal): Promise<Result<AccessToken, AnyOAuthError>> {
    const requestedAt = instant();
    const post = tokenEndpointAuthMethod === "client_secret_post";
    const answer = await transport({
      method: "POST", url: tokenEndpoint,
      headers: [["accept","application/json"],["content-type", formMediaType], ...(post ? [] : [["authorization", formatBasicCredentials({clientId, clientSecret}, basicEncoding)] as const])],
      body: formatTokenRequest({ scope, resources: resource, ...(post && {authentication: { clientId, clientSecret }}) }),
    }, { timeoutMs: requestTimeoutMs, maxBodyBytes: 65536, signal });
    if (!answer.ok) {
      const { kind } = answer.failure;
      return failed(kind === "timeout" ? new TimeoutError(`The token endpoint did not answer within ${requestTimeoutMs} ms`) : kind === "too_large" ? new ProtocolError("response_too_large", "The token endpoint answered too much") : kind === "aborted" ? new AbortedError("The request was aborted"): new NetworkError("The token endpoint could not be reached"));
    }
    const { status, headers, body: bytes } = answer.value;
    const body = new TextDecoder().decode(bytes);
    const document = parseOAuthError(body);
    if (document !== undefined || status !== 200) {
      const retryAfter = singleHeaderValue(headers, "retry-after");
      const seconds = retryAfter === undefined ? undefined : parseCurrentRetryAfter(retryAfter, clock.now());
      const details = seconds === undefined ? {} : { retryAfterMs: seconds * 1000 };
      return failed(document ? new OAuthResponseError({ status, error: document.error }, {...details, ...(document.error === "invalid_client" && encodeFormComponent(clientId + clientSecret) !== clientId + clientSecret && {hint: "try raw"})}) : new HttpStatusError(status, details));
    }
    const response = parseTokenResponse(body);
    if (!response.ok) return failed(new ProtocolError(response.failure.code, response.failure.message, { reference: response.failure.reference }));
    if (response.value.tokenType !== "Bearer") return failed(new ProtocolError("token_type_unexpected", "The token is bound to a key that we do not have"));
    return ok(buildAccessToken(response.value, { requestedAt, requestedScope: scope }));
  }

  function dispatch(event: TokenEvent): readonly TokenEffect[] {
    const next = advanceToken(state, event, instant());
    if (next.state.held !== state.held) fresh.hold(next.state.held);
    state = next.state;
    for (const effect of next.effects) perform(effect);
    return next.effects;
  }
  function settle(act: (w: any) => void) { for (const w of waiters) act(w); waiters.clear(); }
  function leave(w: any, error: unknown) { if (waiters.delete(w)) { w.reject(error); dispatch({ kind: "left" }); } }
  function giveUp(w: any, error: unknown) { const {held} = state; if (held && freshnessOf(held, instant()) !== "spent") w.resolve(held.token); leave(w, error); }
  function perform(effect: TokenEffect): void {
    switch (effect.kind) {
      case "send": void send(effect.generation); break;
      case "stop": running.abort(); running = new AbortController(); wakeAtMs = 0; break;
      case "pause":
        if (wakeAtMs === effect.untilMs) break;
        wakeAtMs = effect.untilMs;
        void pause(effect.untilMs);
        for (const w of waiters) if (w.deadlineMs < effect.untilMs) giveUp(w, effect.error);
        break;
      case "deliver": settle((w) => w.resolve(effect.token)); break;
      case "reject": settle((w) => w.reject(effect.error)); break;
      case "report": onEvent?.(effect.report); break;
    }
  }
  async function send(generation: number): Promise<void> {
    const result = await request(running.signal);
    const fraction = random.fraction();
    dispatch(result.ok ? { kind: "received", generation, token: result.value, isShared: false, fraction } : { kind: "failed", generation, error: result.failure, fraction });
  }
  async function pause(untilMs: number) { const { signal } = running; await sleep(untilMs - clock.monotonicMs(), signal); if (!signal.aborted) { wakeAtMs = 0; dispatch({ kind: "woken" }); } }
  async function get({ signal, maxWaitMs: ms = maxWaitMs }: any) {
    const abort = () => new AbortedError("The caller stopped waiting", { cause: signal.reason });
    if (signal?.aborted) throw abort();
    const deadlineMs = clock.monotonicMs() + ms;
    for (const e of dispatch({ kind: "wanted", deadlineMs })) { if (e.kind === "serve") return e.token; if (e.kind === "refuse") throw e.error; }
    const settled = new AbortController();
    let w: any; const onAbort = () => leave(w, abort());
    try {
      return await new Promise((resolve, reject) => {
        w = { resolve, reject, deadlineMs }; waiters.add(w);
        signal?.addEventListener("abort", onAbort);
        void sleep(ms, settled.signal).then(() => giveUp(w, new TimeoutError(`There was no access token within ${ms} ms`, {cause: state.outage?.error})));
      });
    } finally { settled.abort("settled"); signal?.removeEventListener("abort", onAbort); }
  }
  const getToken = (o?: any) => { const t = fresh.peek(); return t === undefined ? get(o ?? {}) : Promise.resolve(t); };
  return {
    getToken, peekToken: fresh.peek,
    authorization: async (o?: any) => (await getToken(o)).authorization,
    invalidate: (value: string) => !dispatch({ kind: "rejected", value }).some(({ kind }) => kind === "keep"),
    close: () => { running.abort(); settle((w) => w.reject(new AbortedError("closed"))); state = initialTokenState; fresh.hold(undefined); },
  };
}
