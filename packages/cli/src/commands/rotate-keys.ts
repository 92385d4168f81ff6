import { CliError, EXIT, usageError } from '../cli-error.ts'
import type { Run } from '../command.ts'
import { type Session, withSession } from '../session.ts'
import { renewKeyRing } from '../stores/key-ring.ts'
import { keyRingOptions, localStore } from '../stores/local-store.ts'

interface Rotated {
  readonly resealed: number
  readonly unreadable: number
}

export const run: Run = (invocation) =>
  withSession(invocation, async (session) => {
    const shared = await session.shared()
    if (shared !== undefined && shared.store.rotateKeys === undefined) {
      throw usageError('set VALETKEY_STORE_KEY to the new key and the old one: "new:…,old:…"')
    }
    const rotated = (await shared?.store.rotateKeys?.()) ?? (await rotateLocal(session))
    session.output.result(rotated, `Records encrypted again: ${rotated.resealed}.`)
    if (rotated.unreadable === 0) return EXIT.ok
    const message = `${rotated.unreadable} records open with none of the keys; they were left as they are`
    throw new CliError('record_unreadable', EXIT.store, message)
  })

/** First everything is sealed with the first of the keys there are: no older one is needed when a new one comes. */
async function rotateLocal({ existingLocal, io, output }: Session): Promise<Rotated> {
  const before = await existingLocal()
  if (before === undefined) return { resealed: 0, unreadable: 0 }
  const tidied = await before.store.rotateKeys()
  if (before.place === 'environment') return tidied
  const { store, place } = localStore(io, await renewKeyRing(keyRingOptions(io)))
  if (place === 'file')
    output.note('The new key is in a private file next to the tokens; set VALETKEY_KEY to keep it elsewhere.')
  return await store.rotateKeys()
}
