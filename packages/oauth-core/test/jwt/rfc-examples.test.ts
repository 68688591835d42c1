import type { SignatureAlgorithm } from "@credicorp/oauth-core";
import { parseCompactJws } from "@credicorp/oauth-core/jwt";
import type { PublicJwk } from "@credicorp/oauth-core/protocol";
import { describe, expect, it } from "vitest";

import { bytes, signatureEngine } from "../support/node-ports.ts";

interface Example {
  readonly section: string;
  readonly algorithm: SignatureAlgorithm;
  readonly jwk: PublicJwk;
  readonly token: string;
}

const joe =
  "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

const objects: readonly Example[] = [
  {
    section: "RFC 7515 appendix A.2",
    algorithm: "RS256",
    jwk: {
      kty: "RSA",
      n: "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
      e: "AQAB",
    },
    token: `eyJhbGciOiJSUzI1NiJ9.${joe}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw`,
  },
  {
    section: "RFC 7515 appendix A.3",
    algorithm: "ES256",
    jwk: {
      kty: "EC",
      crv: "P-256",
      x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
      y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    },
    token: `eyJhbGciOiJFUzI1NiJ9.${joe}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q`,
  },
];

const texts: readonly Example[] = [
  {
    section: "RFC 7515 appendix A.4",
    algorithm: "ES512",
    jwk: {
      kty: "EC",
      crv: "P-521",
      x: "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",
      y: "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2",
    },
    token:
      "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn",
  },
  {
    section: "RFC 8037 appendix A.4",
    algorithm: "Ed25519",
    jwk: { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" },
    token:
      "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
  },
];

async function isGood(
  { jwk, algorithm }: Example,
  input: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const key = await signatureEngine.importVerificationKey(jwk, algorithm);
  if (!key.ok) throw new Error(key.failure);
  return signatureEngine.verify(key.value, input, signature);
}

describe("RFC examples", () => {
  it.each(objects)("$section: the signature covers what the parser says", async (example) => {
    const jws = parseCompactJws(example.token, bytes);
    if (!jws.ok) throw new Error(jws.failure.code);
    const { payload, signingInput, signature } = jws.value;
    const changed = signingInput.slice();
    changed[changed.length - 1] = 0;

    expect(payload).toEqual({ iss: "joe", exp: 1_300_819_380, "http://example.com/is_root": true });
    expect(await isGood(example, signingInput, signature)).toBe(true);
    expect(await isGood(example, changed, signature)).toBe(false);
  });

  it.each(texts)("$section: a good signature over a text is no JWT", async (example) => {
    const dot = example.token.lastIndexOf(".");
    const input = Buffer.from(example.token.slice(0, dot));
    const signature = Buffer.from(example.token.slice(dot + 1), "base64url");

    expect(await isGood(example, input, signature)).toBe(true);
    expect(parseCompactJws(example.token, bytes)).toMatchObject({
      ok: false,
      failure: { code: "jws_malformed" },
    });
  });
});
