import { channel } from 'node:diagnostics_channel'
import type { CredentialEventName, CredentialEvents } from '@valetkey/core'
import { familiesOf, type ObservedCredential } from './observed.ts'

export type { ObservedCredential } from './observed.ts'

/** Name of the channel: `subscribe(CREDENTIAL_CHANNEL, (message) => …)` of `node:diagnostics_channel`. */
export const CREDENTIAL_CHANNEL = 'valetkey:credential'

/** An event as `credential.on('*')` gets it. It contains no secret; the account may be personal data. */
export type CredentialMessage = {
  readonly [E in CredentialEventName]: { readonly name: E; readonly detail: CredentialEvents[E] }
}[CredentialEventName]

/**
 * Publishes the events of credentials as `CredentialMessage`s on `valetkey:credential`. Subscribers run in the async context of the
 * request that caused the event. Without subscribers, an event costs one comparison.
 * @returns a function that ends it
 * @throws CredentialError `invalid_option`
 */
export function publishEvents(credentials: ObservedCredential | readonly ObservedCredential[]): () => void {
  const events = channel(CREDENTIAL_CHANNEL)
  const ends = familiesOf(credentials).map(([credential]) =>
    credential.on('*', (name, detail) => {
      if (events.hasSubscribers) events.publish({ name, detail })
    }),
  )
  return () => {
    for (const end of ends) end()
  }
}
