import type { MovableClocks } from "../observation/movable-clocks.ts";
import type { CountingIssuer } from "./counting-issuer.ts";
import { startCountingIssuer } from "./counting-issuer.ts";
import type { Tally, VerifierFindings } from "./findings.ts";
import type { IssuerKey } from "./issuer-key.ts";
import { createRsaKey } from "./issuer-key.ts";
import type { PeerVerifier, Verdict, VerifierPeer } from "./peer.ts";

interface Scene {
  readonly issuer: CountingIssuer;
  readonly verifier: PeerVerifier;

  /** Published from the start, under the id `first`. */
  readonly first: IssuerKey;
  readonly tokenOf: (key: IssuerKey, kid?: string) => string;
}

const minute = 60;
const hour = 3600;
const day = 86_400;

/** Puts one library through all scenarios; each begins with a new issuer and a new verifier. */
export async function observeVerifier(
  peer: VerifierPeer,
  clocks: MovableClocks,
): Promise<VerifierFindings> {
  const play = <Finding>(scenario: (scene: Scene) => Promise<Finding>): Promise<Finding> =>
    inScene(peer, scenario);
  return {
    cold: await play((scene) => tally(scene, tokens(scene, 50), { atOnce: true })),
    ...(await play((scene) => endureOutage(scene, clocks))),
    ...(await play((scene) => endureFlood(scene, clocks))),
    newKeyAfterSeconds: await play((scene) => publishKey(scene, clocks)),
    replacedKey: await play((scene) => replaceKey(scene, clocks)),
    removedKeyAcceptedForSeconds: await play((scene) => removeKey(scene, clocks)),
  };
}

async function inScene<Finding>(
  { createVerifier }: VerifierPeer,
  play: (scene: Scene) => Promise<Finding>,
): Promise<Finding> {
  const issuer = await startCountingIssuer();
  try {
    const first = await createRsaKey("first");
    issuer.publish([first]);
    const { observed } = issuer;
    return await play({
      issuer,
      first,
      verifier: createVerifier(observed),
      tokenOf: (key, kid) => key.sign(kid === undefined ? observed : { ...observed, kid }),
    });
  } finally {
    issuer.close();
  }
}

function tokens({ tokenOf, first }: Scene, count: number): readonly string[] {
  return Array.from({ length: count }, () => tokenOf(first));
}

async function tally(
  { issuer, verifier }: Scene,
  given: readonly string[],
  { atOnce = false } = {},
): Promise<Tally> {
  const before = issuer.fetches();
  const verdicts: Verdict[] = [];
  if (atOnce) verdicts.push(...(await Promise.all(given.map(verifier.verify))));
  else for (const token of given) verdicts.push(await verifier.verify(token));
  const count = (verdict: Verdict): number => verdicts.filter((one) => one === verdict).length;
  return {
    calls: given.length,
    accepted: count("accepted"),
    refused: count("refused"),
    unavailable: count("unavailable"),
    fetches: issuer.fetches() - before,
  };
}

async function endureOutage(
  scene: Scene,
  clocks: MovableClocks,
): Promise<Pick<VerifierFindings, "outage" | "longOutage" | "afterOutage">> {
  const { issuer } = scene;
  await tally(scene, tokens(scene, 1));
  issuer.setDown(true);
  clocks.advance(30 * minute);
  const outage = await tally(scene, tokens(scene, 200));
  clocks.advance(7 * day);
  const longOutage = await tally(scene, tokens(scene, 10));
  issuer.setDown(false);
  clocks.advance(minute);
  await tally(scene, tokens(scene, 1));
  await issuer.isIdle();
  return { outage, longOutage, afterOutage: await tally(scene, tokens(scene, 10)) };
}

async function endureFlood(
  scene: Scene,
  clocks: MovableClocks,
): Promise<Pick<VerifierFindings, "flood" | "newKeyInFloodAfterSeconds">> {
  const { tokenOf, first } = scene;
  await tally(scene, tokens(scene, 1));
  const strange = Array.from({ length: 200 }, (_, index) => tokenOf(first, `unknown-${index}`));
  const flood = await tally(scene, strange);
  return { flood, newKeyInFloodAfterSeconds: await publishKey(scene, clocks) };
}

async function publishKey(scene: Scene, clocks: MovableClocks): Promise<number | undefined> {
  const { issuer, first, tokenOf } = scene;
  await tally(scene, tokens(scene, 1));
  const second = await createRsaKey("second");
  issuer.publish([first, second]);
  return secondsUntil(scene, { clocks, stepSeconds: 1 }, () => ({
    token: tokenOf(second),
    verdict: "accepted",
  }));
}

async function replaceKey(
  scene: Scene,
  clocks: MovableClocks,
): Promise<VerifierFindings["replacedKey"]> {
  const { issuer, first, tokenOf } = scene;
  await tally(scene, tokens(scene, 1));
  const replacement = await createRsaKey("first");
  issuer.publish([replacement]);
  const time = { clocks, stepSeconds: 30 };
  const newAcceptedAfterSeconds = await secondsUntil(scene, time, () => ({
    token: tokenOf(replacement),
    verdict: "accepted",
  }));
  const furtherSeconds = await secondsUntil(scene, time, () => ({
    token: tokenOf(first),
    verdict: "refused",
  }));
  return {
    newAcceptedAfterSeconds,
    oldAcceptedForSeconds:
      furtherSeconds === undefined ? undefined : (newAcceptedAfterSeconds ?? day) + furtherSeconds,
  };
}

async function removeKey(scene: Scene, clocks: MovableClocks): Promise<number | undefined> {
  const { issuer, first, tokenOf } = scene;
  const other = await createRsaKey("other");
  issuer.publish([first, other]);
  await tally(scene, [tokenOf(first), tokenOf(other)]);
  issuer.publish([other]);
  return secondsUntil(scene, { clocks, stepSeconds: 30 }, () => ({
    token: tokenOf(first),
    verdict: "refused",
  }));
}

/** Puts the clocks forward, up to a day, until a new token gets the verdict; `undefined` when it never does. */
async function secondsUntil(
  { issuer, verifier }: Scene,
  { clocks, stepSeconds }: { readonly clocks: MovableClocks; readonly stepSeconds: number },
  next: () => { readonly token: string; readonly verdict: Verdict },
): Promise<number | undefined> {
  let seconds = 0;
  while (seconds <= day) {
    const { token, verdict } = next();
    if ((await verifier.verify(token)) === verdict) return seconds;
    // What is fetched in the background arrives meanwhile.
    await issuer.isIdle();
    // Nobody sets a lifetime of more than an hour by default, so after that the steps may be long.
    const advancedSeconds = seconds < hour ? stepSeconds : 10 * minute;
    clocks.advance(advancedSeconds);
    seconds += advancedSeconds;
  }
  return undefined;
}
