/**
 * What the compiler knows of a granted scope.
 *
 * @module
 */

declare const granted: unique symbol;

/** Scope tokens; those of `Granted` are known to be among them, which only the compiler sees. */
export type GrantedScope<Granted extends string = never> = readonly string[] & {
  readonly [granted]?: (token: Granted) => void;
};

/**
 * The tokens that are known to be granted once all of `List` were asked for: those that the compiler knows by name. A
 * list of which it knows no more than its type, such as a `string[]`, says nothing.
 */
export type GrantedBy<List extends readonly string[]> = number extends List["length"]
  ? never
  : { readonly [Index in keyof List]: SingleToken<List[Index]> }[number];

/** `Token`, unless it stands for several. */
type SingleToken<Token extends string, All extends string = Token> = [Token] extends [never]
  ? never
  : NoMembers extends Record<Token, true>
    ? never
    : Token extends unknown
      ? [All] extends [Token]
        ? Token
        : never
      : never;

// Of a record by a pattern, such as `${string}:read`, no member is asked; of one by a text, that member is.
// oxlint-disable-next-line typescript/no-generated-empty-object-type -- It is meant to be empty.
type NoMembers = Record<never, never>;
