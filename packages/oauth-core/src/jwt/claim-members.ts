import type { JsonObject } from "../protocol/json.ts";

/** The registered members of a payload, of any type; absent ones are `undefined`. */
export interface ClaimMembers {
  iss: unknown;
  sub: unknown;
  client_id: unknown;
  aud: unknown;
  scope: unknown;
  iat: unknown;
  exp: unknown;
  nbf: unknown;
  jti: unknown;
  cnf: unknown;

  /** How many of those that are required are there. */
  requiredFound: number;

  /** Whether there are members beside the registered ones. */
  hasOthers: boolean;
}

/** iss, sub, client_id, aud, iat, exp, jti. */
export const requiredMembers = 7;

/** Reads what the payload itself has, in one pass: to ask for each claim whether it is an own member costs more. */
export function readClaimMembers(payload: JsonObject): ClaimMembers {
  const members: ClaimMembers = {
    iss: undefined,
    sub: undefined,
    client_id: undefined,
    aud: undefined,
    scope: undefined,
    iat: undefined,
    exp: undefined,
    nbf: undefined,
    jti: undefined,
    cnf: undefined,
    requiredFound: 0,
    hasOthers: false,
  };
  for (const name of Object.keys(payload)) {
    const value = payload[name];
    switch (name) {
      case "iss": {
        members.iss = value;
        members.requiredFound += 1;
        break;
      }
      case "sub": {
        members.sub = value;
        members.requiredFound += 1;
        break;
      }
      case "client_id": {
        members.client_id = value;
        members.requiredFound += 1;
        break;
      }
      case "aud": {
        members.aud = value;
        members.requiredFound += 1;
        break;
      }
      case "iat": {
        members.iat = value;
        members.requiredFound += 1;
        break;
      }
      case "exp": {
        members.exp = value;
        members.requiredFound += 1;
        break;
      }
      case "jti": {
        members.jti = value;
        members.requiredFound += 1;
        break;
      }
      case "scope": {
        members.scope = value;
        break;
      }
      case "nbf": {
        members.nbf = value;
        break;
      }
      case "cnf": {
        members.cnf = value;
        break;
      }
      default: {
        members.hasOthers = true;
      }
    }
  }
  return members;
}
