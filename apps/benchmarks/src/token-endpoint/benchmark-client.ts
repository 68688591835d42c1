/** The client that asks for tokens; both servers know it. */
export const benchmarkClient = {
  id: "benchmark-client",
  secret: "benchmark_pY2nVqZ0cXk7uRt5sWb3dGf9hJm4aLe8",
  scope: "applications:write decisions:read",
} as const;
