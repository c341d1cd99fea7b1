import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JSONWebKeySet, type JWTPayload, SignJWT } from 'jose';

/** Signs tokens as an identity provider does, and serves its keys. */
export interface TokenIssuer {
  readonly issuer: string;
  readonly audience: string;
  /** Where its keys are to be had. */
  readonly jwksUrl: string;
  readonly keySet: JSONWebKeySet;
  /** How often its keys were asked for. */
  readonly asked: number;
  /** What its keys are answered with from now on. */
  answer(status: number): void;
  /** A token that is good for five minutes; claims and header go before those. */
  sign(claims: JWTPayload, header?: { readonly kid?: string; readonly alg?: string }): Promise<string>;
  /** Signs with other keys from now on, and serves those alone. */
  rotate(): Promise<void>;
  dispose(): Promise<void>;
}

export async function startTokenIssuer(algorithm = 'ES256'): Promise<TokenIssuer> {
  let turn = 0;
  let status = 200;
  let asked = 0;
  const makeKeys = async () => {
    turn += 1;
    const { privateKey, publicKey } = await generateKeyPair(algorithm);
    const kid = `key-${turn}`;
    return { privateKey, kid, keySet: { keys: [{ ...(await exportJWK(publicKey)), kid, alg: algorithm }] } };
  };
  let keys = await makeKeys();
  const server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(status, { 'content-type': 'application/jwk-set+json' });
    response.end(status === 200 ? JSON.stringify(keys.keySet) : 'no');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server's address is an AddressInfo once it listens.
  const { port } = server.address() as AddressInfo;
  const issuer = 'https://login.example.com/';
  const audience = 'lockstep';
  return {
    issuer,
    audience,
    jwksUrl: `http://127.0.0.1:${port}/keys`,
    get keySet() {
      return keys.keySet;
    },
    get asked() {
      return asked;
    },
    answer: (next) => {
      status = next;
    },
    sign: (claims, header = {}) =>
      new SignJWT({
        iss: issuer,
        aud: audience,
        exp: Math.floor(Date.now() / 1_000) + 300,
        ...claims,
      })
        .setProtectedHeader({ alg: algorithm, kid: keys.kid, ...header })
        .sign(keys.privateKey),
    rotate: async () => {
      keys = await makeKeys();
    },
    dispose: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
