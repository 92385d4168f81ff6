import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

/** What a program has in its bundle only when it is first needed. */
const CONFIGURED = [
  ...['assertion.ts', 'client-key.ts', 'discovery.ts', 'dpop-proof.ts', 'introspect.ts', 'jws.ts', 'push.ts'],
  'revoke.ts',
]

/** The files that a program which imports `name` from this package loads when it starts. */
async function loadedBy(name: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: {
      contents: `export { ${name} } from './index.ts'`,
      resolveDir: fileURLToPath(new URL('../src', import.meta.url)),
    },
    bundle: true,
    splitting: true,
    outdir: 'unused',
    format: 'esm',
    metafile: true,
    write: false,
    external: ['@valetkey/core'],
  })
  const { outputs } = metafile
  const loaded = new Set(Object.keys(outputs).filter((path) => outputs[path]?.entryPoint === '<stdin>'))
  for (const path of loaded) {
    for (const { kind, path: imported } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement') loaded.add(imported)
    }
  }
  const inputs = [...loaded].flatMap((path) => Object.entries(outputs[path]?.inputs ?? {}))
  const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path)
  return used.map((path) => (path.includes('/oauth4webapi/') ? 'oauth4webapi' : basename(path)))
}

test.each(['clientCredentials', 'password', 'jwtBearer', 'tokenExchange', 'customGrant'])(
  '%s loads neither what it may not need nor a library',
  async (name) => {
    const parts = await loadedBy(name)
    expect(parts).toContain('request.ts')
    expect(parts.filter((part) => [...CONFIGURED, 'oauth4webapi', 'accounts.ts', 'begin.ts'].includes(part))).toEqual(
      [],
    )
  },
)

test.each(['authorizationCode', 'deviceCode'])('%s loads only what every sign-in needs', async (name) => {
  const parts = await loadedBy(name)
  expect(parts).toContain('accounts.ts')
  expect(parts.filter((part) => CONFIGURED.includes(part))).toEqual([])
})
