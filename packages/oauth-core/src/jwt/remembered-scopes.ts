/** Scopes by their text: the tokens of an issuer have the same few over and over. */
export interface RememberedScopes {
  readonly find: (text: string) => readonly string[] | undefined;

  /**
   * To be called for tokens with a good signature alone, so that nobody else decides what is remembered. Freezes the
   * scope: all tokens that have it share it.
   */
  readonly add: (text: string, scope: readonly string[]) => void;
}

const maxScopes = 256;
const maxScopeLength = 1024;

/** Makes an empty memory, of 256 scopes at most; an issuer that grants more starts it anew each time it is full. */
export function createRememberedScopes(): RememberedScopes {
  const scopes = new Map<string, readonly string[]>();
  // What was found last is added again, as a rule: it need not be hashed and looked for.
  let lastText = "";
  let last: readonly string[] | undefined;
  return {
    find: (text) => {
      lastText = text;
      last = scopes.get(text);
      return last;
    },
    add: (text, scope) => {
      if (scope === last && text === lastText) return;
      if (text.length > maxScopeLength || scopes.has(text)) return;
      if (scopes.size >= maxScopes) scopes.clear();
      scopes.set(text, Object.freeze(scope));
    },
  };
}
