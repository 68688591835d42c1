import {
  clientAuthenticationFields,
  clientAuthenticationNames,
  readClientAuthentication,
  readFormParameters,
} from "@credicorp/oauth-core/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { anyText } from "../support/wire-texts.ts";

const names = { single: new Set(clientAuthenticationNames), repeatable: new Set<string>() };

describe("client authentication fields", () => {
  it("are read back as they were written", () => {
    const text = anyText.filter((value) => value !== "");
    const anyFields = fc.record(
      { clientId: text, clientSecret: text, clientAssertion: text, clientAssertionType: text },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anyFields, (fields) => {
        const parameters = readFormParameters(clientAuthenticationFields(fields), names);
        if (!parameters.ok) throw new Error(parameters.failure.code);

        expect(readClientAuthentication(parameters.value)).toEqual(fields);
      }),
    );
  });

  it("have the names of RFC 6749 section 2.3.1 and RFC 7521 section 4.2", () => {
    const fields = clientAuthenticationFields({
      clientId: "1",
      clientSecret: "2",
      clientAssertion: "3",
      clientAssertionType: "4",
    });

    expect(Object.fromEntries(fields)).toEqual({
      client_id: "1",
      client_secret: "2",
      client_assertion: "3",
      client_assertion_type: "4",
    });
    expect(fields.map(([name]) => name).toSorted()).toEqual(clientAuthenticationNames.toSorted());
  });

  it("leave out what is absent", () => {
    expect(clientAuthenticationFields({})).toEqual([]);
    expect(clientAuthenticationFields({ clientId: "a", clientSecret: undefined })).toEqual([
      ["client_id", "a"],
    ]);
  });
});
