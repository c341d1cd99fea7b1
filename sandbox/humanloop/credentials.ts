/** A person at the vendor: the user that a key acts as, and the key. */
export interface HumanloopCredential {
  /** Value of the `X-API-KEY` header. */
  readonly apiKey: string;
  readonly userId: string;
  readonly emailAddress: string;
  readonly fullName: string;
}

/**
 * The sandbox's keys, by organisation and user. What one organisation holds is never seen with the other's
 * keys. Keys have the look of the vendor's samples: `hl_sk_` and 48 hexadecimal digits.
 */
export const humanloopCredentials = {
  acme: {
    priya: {
      apiKey: `hl_sk_${'ac3e01'.repeat(8)}`,
      userId: 'usr_PriyaNair000000000001',
      emailAddress: 'priya.nair@acme.example',
      fullName: 'Priya Nair',
    },
    tomas: {
      apiKey: `hl_sk_${'ac3e02'.repeat(8)}`,
      userId: 'usr_TomasLindqvist0000002',
      emailAddress: 'tomas.lindqvist@acme.example',
      fullName: 'Tomas Lindqvist',
    },
  },
  globex: {
    lena: {
      apiKey: `hl_sk_${'610be8'.repeat(8)}`,
      userId: 'usr_LenaHoffmann000000003',
      emailAddress: 'lena.hoffmann@globex.example',
      fullName: 'Lena Hoffmann',
    },
  },
} as const satisfies Record<string, Record<string, HumanloopCredential>>;
