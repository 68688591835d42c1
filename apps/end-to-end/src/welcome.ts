import type { SandboxClient } from "@credicorp/oauth-mock-server";
import { formatCurlExamples } from "./curl-examples.ts";
import type { Hub } from "./hub.ts";

/** Writes what a person needs to begin: where things are, who may call, and what to type. */
export function formatWelcome(hub: Hub): string {
  const { origin, authorizationServerOrigin, partnerApiOrigin, sandbox } = hub;
  const basic = sandbox.clients.get("partner-basic");
  const post = sandbox.clients.get("partner-post");
  const examples = formatCurlExamples({
    origin,
    partner: post,
    resourceServer: sandbox.clients.get("partner-api"),
  });

  return `The hub listens on ${origin}.
  authorization server   ${origin}/partner/v1/oauth/* and /.well-known/*   (behind it: ${authorizationServerOrigin})
  partner API            ${origin}/partner/v1/*                            (behind it: ${partnerApiOrigin})

Test clients (they exist in this sandbox only):
${sandbox.clients.list().map(formatClient).join("\n")}

For the SDK, which sends the secret by HTTP Basic here:

  export CREDICORP_BASE_URL=${origin}
  export CREDICORP_CLIENT_ID=${basic.id}
  export CREDICORP_CLIENT_SECRET=${basic.secret}

For the command of the documentation:

  export CREDICORP_CLIENT_ID=${post.id}
  export CREDICORP_CLIENT_SECRET=${post.secret}

With curl:

${examples.map(({ title, command }) => `# ${title}\n${command}\n`).join("\n")}
Ctrl-C stops it.`;
}

function formatClient({ id, secret, description }: SandboxClient): string {
  return `  ${id.padEnd(24)} ${secret.padEnd(50)} ${description}`;
}
