import "reflect-metadata";

import { X509Certificate } from "node:crypto";

import type { CertificateDetails, Result } from "@credicorp/oauth-core";
import { parseDistinguishedName } from "@credicorp/oauth-core/protocol";
import { certificateReader } from "@credicorp/oauth-runtime";
import { certificateReader as portableReader } from "@credicorp/oauth-runtime/portable";
import type { JsonGeneralName, JsonName } from "@peculiar/x509";
import * as x509 from "@peculiar/x509";
import { describe, expect, it, vi } from "vitest";

const oids = { cn: "2.5.4.3", o: "2.5.4.10", ou: "2.5.4.11" };

describe("the certificate reader of Node", () => {
  it("reads subject, alternative names and dates", async () => {
    const der = await makeCertificate({
      name: [{ C: ["GB"] }, { O: ["Example"] }, { CN: ["partner"] }],
      names: [
        { type: "dns", value: "a.example" },
        { type: "url", value: "spiffe://example/partner" },
        { type: "ip", value: "2001:db8::1" },
        { type: "email", value: "ops@example.com" },
      ],
    });

    expect(read(der)).toEqual({
      subjectDn: "CN=partner,O=Example,C=GB",
      subjectAlternativeNames: {
        dns: ["a.example"],
        uri: ["spiffe://example/partner"],
        ip: ["2001:DB8:0:0:0:0:0:1"],
        email: ["ops@example.com"],
      },
      notBefore: 1_700_000_000,
      notAfter: 1_700_086_400,
    });
  });

  it.each<[string, JsonName, [string, string][][]]>([
    ["a line break", [{ CN: ["evil\nO=Bank"] }], [[[oids.cn, "evil\nO=Bank"]]]],
    ["a comma", [{ CN: ["evil\\,O=Bank"] }], [[[oids.cn, "evil,O=Bank"]]]],
    ["a plus sign", [{ CN: ["evil\\+O=Bank"] }], [[[oids.cn, "evil+O=Bank"]]]],
    ["a backslash", [{ CN: ["evil\\\\,O=Bank".slice(0, 6)] }], [[[oids.cn, "evil\\"]]]],
    ["a NUL", [{ CN: ["bank\0.evil"] }], [[[oids.cn, "bank\0.evil"]]]],
    ["an equals sign", [{ CN: ["O=Bank"] }], [[[oids.cn, "O=Bank"]]]],
    ["what is not ASCII", [{ CN: ["é😀"] }], [[[oids.cn, "é😀"]]]],
  ])("MTLS-01 keeps %s inside of its value", async (_name, name, expected) => {
    const der = await makeCertificate({ name });

    const parsed = parseDistinguishedName(read(der).subjectDn);

    expect(parsed?.map((part) => part.map(({ type, value }) => [type, value]))).toEqual(expected);
  });

  it("MTLS-01 keeps the attributes of one part together", async () => {
    const der = await makeCertificate({ name: [{ O: ["x"] }, { CN: ["a"], OU: [" b "] }] });

    expect(parseDistinguishedName(read(der).subjectDn)).toEqual([
      [
        { type: oids.cn, value: "a" },
        { type: oids.ou, value: " b " },
      ],
      [{ type: oids.o, value: "x" }],
    ]);
  });

  it.each(["a.example, DNS:bank.example", 'a.example", DNS:"bank.example', "a.example\\", "a\nb"])(
    "MTLS-01 takes %j for one alternative name",
    async (value) => {
      const der = await makeCertificate({
        names: [
          { type: "dns", value },
          { type: "url", value },
        ],
      });

      const { dns, uri } = read(der).subjectAlternativeNames;

      expect({ dns, uri }).toEqual({ dns: [value], uri: [value] });
    },
  );

  it("leaves out kinds of names that nobody asks for", async () => {
    const der = await makeCertificate({
      names: [
        { type: "dn", value: "CN=x" },
        { type: "dns", value: "a.example" },
      ],
    });

    expect(read(der).subjectAlternativeNames.dns).toEqual(["a.example"]);
  });

  it("reads a certificate without a subject", async () => {
    expect(read(await makeCertificate({ name: [] })).subjectDn).toBe("");
  });

  it("ATK-51 refuses all but the DER bytes of one certificate", async () => {
    const der = await makeCertificate({});
    const pem = new TextEncoder().encode(new X509Certificate(der).toString());

    const results = [
      pem,
      new Uint8Array([...der, 0]),
      der.slice(0, -1),
      new Uint8Array(),
      new Uint8Array([0x30, 0x00]),
    ].map((bytes) => certificateReader?.read(bytes));

    expect(results).toEqual(
      results.map(() => ({ ok: false, failure: "the bytes are not one certificate in DER" })),
    );
  });
});

it("has no certificate reader elsewhere than on Node", () => {
  expect(portableReader).toBeUndefined();
});

it("MTLS-01 has no certificate reader on Deno, which escapes nothing in names", async () => {
  vi.stubGlobal("Deno", {});
  vi.resetModules();

  const onDeno = await import("@credicorp/oauth-runtime");

  expect(onDeno.certificateReader).toBeUndefined();
  vi.unstubAllGlobals();
});

function read(der: Uint8Array): CertificateDetails {
  const result = certificateReader?.read(der) as Result<CertificateDetails, string>;
  if (!result.ok) throw new Error(result.failure);
  return result.value;
}

async function makeCertificate(options: {
  readonly name?: JsonName;
  readonly names?: JsonGeneralName[];
}): Promise<Uint8Array> {
  const { name = [{ CN: ["x"] }], names = [] } = options;
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    keys,
    signingAlgorithm: algorithm,
    name,
    notBefore: new Date(1_700_000_000_000),
    notAfter: new Date(1_700_086_400_000),
    extensions: names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : [],
  });
  return new Uint8Array(certificate.rawData);
}
