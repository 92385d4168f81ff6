import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { temporaryPath } from './support/folder.ts'
import { movable } from './support/movable.ts'

const OVER_MS = 600_000 + 60_000

test('used sign-ins leave no more folders than a few, and every key that is in use', async () => {
  const path = await temporaryPath()
  const { store, advance } = movable(path)
  for (const account of ['ida', 'jon']) await store.compareAndSet(account, undefined, 'tokens')
  const most: number[] = []
  for (let signIn = 0; signIn < 200; signIn += 1) {
    await store.compareAndSet(`state ${signIn}`, undefined, 'used', { retainMs: 600_000 })
    most.push((await readdir(path)).length)
    advance(OVER_MS)
  }
  expect(Math.max(...most)).toBeLessThanOrEqual(5)
  expect((await Array.fromAsync(store.list())).filter((key) => !key.startsWith('state'))).toHaveLength(2)
  expect((await store.get('ida')).value).toBe('tokens')
})

test('processes that sign in again while others sweep lose nothing that they confirmed, and one of them wins', async () => {
  const path = await temporaryPath()
  const stores = Array.from({ length: 4 }, () => movable(path))
  const [first, ...others] = stores
  for (let round = 0; round < 30; round += 1) {
    const { version } = await first!.store.get('key')
    await first!.store.compareAndSet('key', version, 'signed out', { retainMs: 0 })
    for (const { advance } of stores) advance(OVER_MS)
    const sweeping = others.map(({ store }, index) =>
      store.compareAndSet(`state ${round} ${index}`, undefined, 'used', { retainMs: 0 }),
    )
    const signIns = await Promise.all(
      stores.map(async ({ store }, index) => {
        for (;;) {
          const before = await store.get('key')
          if (before.version !== undefined) return undefined
          const written = await store.compareAndSet('key', undefined, `${index}`).catch(() => undefined)
          if (written?.ok) return { version: written.version, value: `${index}` }
        }
      }),
    )
    await Promise.all(sweeping)
    const won = signIns.filter((signIn) => signIn !== undefined)
    expect(won).toHaveLength(1)
    expect(await first!.store.get('key')).toMatchObject(won[0]!)
  }
})
