import type { CredentialSource } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import OpenAI from 'openai'

export function createOpenAI(baseURL: string, credential: CredentialSource): OpenAI {
  return new OpenAI({
    baseURL,
    fetch: withCredential(fetch, credential),
    // The SDK wants a key and writes it into Authorization; null takes the header out again, for valetkey to set.
    apiKey: 'unused',
    defaultHeaders: { authorization: null },
  })
}
