import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileStore } from '@valetkey/store-file'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type KeyRingOptions, openKeyRing, readKeyRing, renewKeyRing } from '../src/stores/key-ring.ts'
import { createKeychain, type Keychain, keepsTexts } from '../src/stores/keychain.ts'

const KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='

describe('the key of the tokens', () => {
  test('is kept in the keychain, and nothing of it on the disk', async () => {
    const { options, keychain, stored } = machine({})
    const ring = await openKeyRing(options)
    expect(ring).toMatchObject({ place: 'keychain', keys: [{ id: expect.any(String), key: expect.any(String) }] })
    expect(await openKeyRing(options)).toEqual(ring)
    expect(keychain.texts.size).toBe(1)
    expect(await stored()).not.toContain(ring.keys[0]?.key)
  })

  test('is VALETKEY_KEY where there is no keychain, and is then nowhere on the disk', async () => {
    const { options, stored } = machine({ keychain: false, env: { VALETKEY_KEY: `2026:${KEY}` } })
    expect(await openKeyRing(options)).toEqual({ place: 'environment', keys: [{ id: '2026', key: KEY }] })
    expect(await stored()).not.toContain(KEY)
  })

  test('is made and kept in a private file where there is neither', async () => {
    const { options } = machine({ keychain: false })
    const ring = await openKeyRing(options)
    expect(ring).toMatchObject({ place: 'file', keys: [{ key: expect.any(String) }] })
    expect(await openKeyRing(options)).toEqual(ring)
  })

  test('stays where it was begun when a keychain turns up later', async () => {
    const begun = machine({ keychain: false })
    const ring = await openKeyRing(begun.options)
    const later = machine({ folder: begun.folder })
    expect(await openKeyRing(later.options)).toEqual(ring)
  })

  test.each([
    ['the keychain is gone', { keychain: false }, /keychain, which cannot be used/],
    ['the keychain has lost it', {}, /no longer in the keychain/],
  ])('is not replaced by another one when %s', async (_, change, problem) => {
    const begun = machine({})
    await openKeyRing(begun.options)
    const later = machine({ folder: begun.folder, ...change })
    await expect(openKeyRing(later.options)).rejects.toThrow(problem)
    await expect(renewKeyRing(later.options)).rejects.toThrow(problem)
    expect(await openKeyRing(begun.options)).toMatchObject({ place: 'keychain' })
  })

  test('is asked for by name when VALETKEY_KEY is no longer set', async () => {
    const begun = machine({ keychain: false, env: { VALETKEY_KEY: KEY } })
    await openKeyRing(begun.options)
    const later = machine({ folder: begun.folder, keychain: false })
    await expect(openKeyRing(later.options)).rejects.toThrow('VALETKEY_KEY, which is not set')
  })

  test('is one for two processes that begin at the same time', async () => {
    const { options, keychain } = machine({})
    const [one, other] = await Promise.all([openKeyRing(options), openKeyRing(options)])
    expect(one).toEqual(other)
    expect(keychain.texts.size).toBe(1)
  })

  test('is not made by only looking', async () => {
    const { options, keychain } = machine({})
    expect(await readKeyRing(options)).toBeUndefined()
    expect(keychain.texts.size).toBe(0)
  })
})

describe('a new key', () => {
  test('encrypts, and the one before still decrypts, until the next', async () => {
    const { options, keychain } = machine({})
    const [first] = (await openKeyRing(options)).keys
    const { keys: second } = await renewKeyRing(options)
    expect(second[0]).not.toEqual(first)
    expect(second[1]).toEqual(first)
    const { keys: third } = await renewKeyRing(options)
    expect(third.slice(1)).toEqual(second.slice(0, 1))
    expect(keychain.texts.size).toBe(2)
  })

  test('goes into the keychain as soon as there is one', async () => {
    const begun = machine({ keychain: false })
    const [old] = (await openKeyRing(begun.options)).keys
    const later = machine({ folder: begun.folder })
    expect(await renewKeyRing(later.options)).toMatchObject({ place: 'keychain', keys: [{}, old] })
    expect(await later.stored()).not.toContain(old?.key)
  })

  test('is the person’s own affair in VALETKEY_KEY', async () => {
    const other = KEY.replace('AAEC', 'BBEC')
    const { folder, options } = machine({ keychain: false, env: { VALETKEY_KEY: `old:${KEY}` } })
    await openKeyRing(options)
    const later = machine({ folder, keychain: false, env: { VALETKEY_KEY: `new:${other}, old:${KEY}` } })
    expect((await renewKeyRing(later.options)).keys.map(({ id }) => id)).toEqual(['new', 'old'])
    expect(await later.stored()).not.toContain(KEY)
  })

  test.each(['', ':', 'id:', ':key', `id:${KEY},`])('"%s" is no VALETKEY_KEY, and no error quotes it', async (text) => {
    const { options } = machine({ keychain: false, env: { VALETKEY_KEY: text || ' ' } })
    await expect(openKeyRing(options)).rejects.toThrow(
      /^VALETKEY_KEY must be "key" or "id:key", several behind commas$/,
    )
  })
})

describe('a keychain', () => {
  test('that loses what it is given gets no key', async () => {
    const forgetful: Keychain = { read: async () => undefined, write: async () => {}, remove: async () => {} }
    expect(await keepsTexts(forgetful)).toBe(false)
  })

  test('that keeps what it is given is left as it was', async () => {
    const { keychain } = machine({})
    expect(await keepsTexts(keychain)).toBe(true)
    expect(keychain.texts.size).toBe(0)
  })

  test('whose first access fails is asked once more', async () => {
    let accesses = 0
    const keychain = createKeychain(() => ({
      async getPassword() {
        accesses += 1
        if (accesses === 1) throw new Error('AccessDenied')
        return 'text'
      },
      setPassword: async () => {},
      deletePassword: async () => true,
    }))
    expect(await keychain.read('entry')).toBe('text')
  })
})

interface MachineOptions {
  readonly folder?: string
  readonly keychain?: boolean
  readonly env?: Readonly<Record<string, string>>
}

function machine({ folder = newFolder(), keychain: hasKeychain = true, env = {} }: MachineOptions) {
  const keychain = memoryKeychain()
  const options: KeyRingOptions = { folder, env, openKeychain: async () => (hasKeychain ? keychain : undefined) }
  const stored = async () => (await fileStore({ path: join(folder, 'keys') }).get('ring')).value
  return { folder, options, keychain, stored }
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-keys-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

function memoryKeychain(): Keychain & { readonly texts: ReadonlyMap<string, string> } {
  const texts = new Map<string, string>()
  return {
    texts,
    read: async (entry) => texts.get(entry),
    write: async (entry, text) => void texts.set(entry, text),
    remove: async (entry) => void texts.delete(entry),
  }
}
