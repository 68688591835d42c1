import {
  metadataUrl,
  parseChallenges,
  parseResourceMetadata,
  parseServerMetadata,
} from "@credicorp/oauth-core/protocol";
import { startHub } from "@credicorp/end-to-end";
import { expect, it, onTestFinished } from "vitest";

it("RMD-01 RMD-02 RMD-03 leads from a refused call to the token endpoint, by documents alone", async () => {
  const hub = await startHub({ port: 0 });
  onTestFinished(() => hub.close());
  const resource = `${hub.origin}/partner/v1`;

  const refused = await fetch(`${resource}/decisions/dec_1`);
  const [challenge] = parseChallenges(refused.headers.get("www-authenticate") ?? "") ?? [];
  const described = await fetch(challenge?.parameters["resource_metadata"] ?? "");
  const metadata = parseResourceMetadata(await described.text(), resource);

  expect(metadata).toMatchObject({
    ok: true,
    value: {
      authorizationServers: [hub.origin],
      scopesSupported: ["applications:write", "decisions:read"],
      bearerMethodsSupported: ["header"],
    },
  });
  const [issuer = ""] = (metadata.ok && metadata.value.authorizationServers) || [];
  const server = parseServerMetadata(await (await fetch(metadataUrl(issuer))).text(), issuer);
  expect(server).toMatchObject({
    ok: true,
    value: { tokenEndpoint: `${hub.origin}/partner/v1/oauth/token` },
  });
});
