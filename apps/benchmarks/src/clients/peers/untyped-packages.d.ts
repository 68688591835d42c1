// It has no types of its own.
declare module "undici-oidc-interceptor" {
  import type { Dispatcher } from "undici";

  export function createOidcInterceptor(options: {
    readonly idpTokenUrl: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly retryOnStatusCodes: readonly number[];
    readonly urls: readonly string[];
  }): Dispatcher.DispatcherComposeInterceptor;
}
