import { afterAll, describe, expect, test } from 'vitest'
import { bundle, COMPATIBILITY_DATE, startWorkers } from './support/workers.ts'

const worker = await startWorkers({
  modules: true,
  script: await bundle(`export * from '../worker/main.ts'; export { default } from '../worker/main.ts'`),
  compatibilityDate: COMPATIBILITY_DATE,
  durableObjects: {
    TOKENS: { className: 'MovableRecords', useSQLite: true },
    OTHER: { className: 'OtherObject', useSQLite: true },
  },
})
const ask = async (path: string): Promise<unknown> =>
  await (await worker.dispatchFetch(`https://worker.example${path}`)).json()
const names = (await ask('/cases')) as readonly string[]
afterAll(() => worker.dispose())

describe('the store contract, in workerd', () => {
  test('is asked whole, but for what a runtime does not tell', () => {
    expect(names.length).toBeGreaterThan(60)
  })

  test.each(names)('%s', async (name) => {
    expect(await ask(`/case?name=${encodeURIComponent(name)}`)).toBe(null)
  })
})
