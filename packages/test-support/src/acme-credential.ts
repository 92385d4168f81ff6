import { type CredentialOptions, createTokenCredential, type TokenCredential, type TokenSet } from '@valetkey/core'

/** A credential whose tokens come from a `startRotatingVendor()`. */
export function acmeCredential(vendorUrl: string, options: CredentialOptions): TokenCredential {
  const ask = async (refreshToken: string): Promise<TokenSet> => {
    const response = await fetch(vendorUrl, { method: 'POST', body: refreshToken })
    return (await response.json()) as TokenSet
  }
  return createTokenCredential(
    {
      vendor: 'acme',
      origins: ['https://api.acme.example'],
      identity: ['test'],
      grant: { acquire: () => ask(''), refresh: ask },
    },
    options,
  )
}
