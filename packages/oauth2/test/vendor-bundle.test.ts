import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'

/** What a vendor whose endpoints are known has no use for. */
const FOR_ANY_VENDOR = [
  'client-key.ts',
  'discovery.ts',
  'push-authorization-request.ts',
  'revoke-tokens.ts',
  'server-endpoints.ts',
]

/** The files of which a program that imports `name` from this package has something in its bundle. */
async function partsOf(name: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: {
      contents: `export { ${name} } from './index.ts'`,
      resolveDir: fileURLToPath(new URL('../src', import.meta.url)),
    },
    bundle: true,
    format: 'esm',
    metafile: true,
    write: false,
    external: ['@valetkey/core'],
  })
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs))
  const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path)
  return used.map((path) => (path.includes('/oauth4webapi/') ? 'oauth4webapi' : basename(path)))
}

describe('the bundle of a program', () => {
  test.each(['clientCredentials', 'password', 'authorizationCode'])(
    'with %s has what any vendor may need',
    async (name) => {
      expect(await partsOf(name)).toEqual(expect.arrayContaining([...FOR_ANY_VENDOR, 'oauth4webapi']))
    },
  )

  test.each(['vendorClientCredentials', 'vendorPassword'])('with %s has neither that nor a library', async (name) => {
    const parts = await partsOf(name)
    expect(parts).toContain('token-request.ts')
    expect(parts.filter((part) => [...FOR_ANY_VENDOR, 'oauth4webapi', 'accounts.ts'].includes(part))).toEqual([])
  })

  test('with vendorAuthorizationCode has none of that', async () => {
    const parts = await partsOf('vendorAuthorizationCode')
    expect(parts).toContain('begin-sign-in.ts')
    expect(parts.filter((part) => FOR_ANY_VENDOR.includes(part))).toEqual([])
  })
})
