import Anthropic from '@anthropic-ai/sdk'
import type { CredentialSource } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'

export function createAnthropic(baseURL: string, credential: CredentialSource): Anthropic {
  return new Anthropic({
    baseURL,
    fetch: withCredential(fetch, credential),
    // A key keeps the SDK from looking for another in environment and profiles; null takes its header out again.
    apiKey: 'unused',
    defaultHeaders: { authorization: null },
  })
}
