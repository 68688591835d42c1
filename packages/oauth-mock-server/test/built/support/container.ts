/** What the container image runs: a test holds the Dockerfile to it, and others run it. */
export const container = {
  entrypoint: ["oauth-mock-server"],
  health: ["oauth-mock-server", "health"],
  environment: {
    CREDICORP_SANDBOX_HOST: "0.0.0.0",
    CREDICORP_SANDBOX_ALLOW_INSECURE_HTTP: "1",
    CREDICORP_SANDBOX_ALLOW_NETWORK: "1",
  },
} as const;
