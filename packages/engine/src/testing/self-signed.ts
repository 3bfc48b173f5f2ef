import { generateKeyPairSync, sign } from "node:crypto";

type Bytes = Uint8Array;

const der = (tag: number, ...parts: readonly Bytes[]): Bytes => {
  const content = Buffer.concat(parts);
  const length = content.length < 128 ? [content.length] : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
};
const sequence = (...parts: readonly Bytes[]): Bytes => der(0x30, ...parts);
const identifier = (hex: string): Bytes => der(0x06, Buffer.from(hex, "hex"));
const text = (tag: number, value: string): Bytes => der(tag, Buffer.from(value));
const extension = (oid: string, value: Bytes): Bytes => sequence(identifier(oid), der(0x04, value));

/** A key and a certificate for one host that vouches for itself, made anew; good from 1970 to 2049. For servers of tests. */
export function selfSigned(host: string): { readonly key: string; readonly cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const ecdsaWithSha256 = sequence(identifier("2a8648ce3d040302"));
  const name = sequence(der(0x31, sequence(identifier("550403"), text(0x0c, host))));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    name,
    sequence(text(0x17, "700101000000Z"), text(0x17, "491231235959Z")),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(
      0xa3,
      sequence(
        extension("551d11", sequence(text(0x82, host))),
        extension("551d13", sequence(der(0x01, Buffer.from([0xff])))),
      ),
    ),
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", body, privateKey));
  const base64 = Buffer.from(sequence(body, ecdsaWithSha256, signature)).toString("base64");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`,
  };
}
