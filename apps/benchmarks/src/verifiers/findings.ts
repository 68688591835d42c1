/** What became of some tokens, and how often the issuer was asked for its keys meanwhile. */
export interface Tally {
  readonly calls: number;
  readonly accepted: number;
  readonly refused: number;
  readonly unavailable: number;
  readonly fetches: number;
}

/** What one library did. */
export interface VerifierFindings {
  /** 50 good tokens at once, with no key yet. */
  readonly cold: Tally;

  /** 200 good tokens in a row, 30 minutes after the keys were fetched, while the issuer is down. */
  readonly outage: Tally;

  /** 10 good tokens when the issuer has been down for a week. */
  readonly longOutage: Tally;

  /** 10 good tokens a minute after the issuer came back. */
  readonly afterOutage: Tally;

  /** 200 tokens in a row that name keys which nobody has. */
  readonly flood: Tally;

  /** Seconds after a new key was published until its tokens are accepted, in the calm and right after the flood. */
  readonly newKeyAfterSeconds: number | undefined;
  readonly newKeyInFloodAfterSeconds: number | undefined;

  /** Another key takes the id of the only one. Seconds until its tokens are accepted, and for which the old one's are. */
  readonly replacedKey: {
    readonly newAcceptedAfterSeconds: number | undefined;
    readonly oldAcceptedForSeconds: number | undefined;
  };

  /** Seconds for which tokens of a key are accepted that was taken out of the set. */
  readonly removedKeyAcceptedForSeconds: number | undefined;
}
