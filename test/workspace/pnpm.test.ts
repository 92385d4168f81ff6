import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { root } from './boundaries/workspace.ts'
import { run } from './packed/run.ts'

const manifest: { packageManager: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const [specifier = '', hash = ''] = manifest.packageManager.split('+sha512.')
const integrity = `sha512-${Buffer.from(hash, 'hex').toString('base64')}`

test('package.json names pnpm with its hash', () => {
  expect(specifier).toMatch(/^pnpm@\d+\.\d+\.\d+$/)
  expect(hash).toMatch(/^[0-9a-f]{128}$/)
})

test('pnpm with the hash of package.json is set up', async () => {
  const pnpm = unpackedPnpm({ 'node_modules/pnpm': integrity })
  await pnpm.check()
  expect(pnpm.wasSetUp()).toBe(true)
})

test.each([
  ['pnpm itself', { 'node_modules/pnpm': 'sha512-other' }],
  ['its native program', { 'node_modules/pnpm': integrity, 'node_modules/@pnpm/exe.linux-x64': 'sha512-other' }],
])('pnpm does not run when %s has another hash', async (_, integrities) => {
  const pnpm = unpackedPnpm(integrities)
  await expect(pnpm.check()).rejects.toThrow('has the hash sha512-other')
  expect(pnpm.wasSetUp()).toBe(false)
})

/** What npx leaves when it runs no install scripts; `integrities` are those that npm has compared. */
function unpackedPnpm(integrities: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-pnpm-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [modules, version] = [join(folder, 'node_modules'), specifier.replace('pnpm@', '')]
  const packages = Object.entries(integrities).map(([path, each]) => [path, { version, integrity: each }])
  mkdirSync(join(modules, 'pnpm'), { recursive: true })
  writeFileSync(join(modules, '.package-lock.json'), JSON.stringify({ packages: Object.fromEntries(packages) }))
  writeFileSync(join(modules, 'pnpm/pnpm'), '# a shell script\n')
  writeFileSync(join(modules, 'pnpm/install.js'), "require('node:fs').writeFileSync('set-up', '')")
  cpSync(join(root, 'scripts/pnpm.mjs'), join(folder, 'scripts/pnpm.mjs'))
  cpSync(join(root, 'package.json'), join(folder, 'package.json'))
  const env = { ...process.env, PATH: join(modules, 'pnpm') }
  return {
    check: () => run(process.execPath, ['scripts/pnpm.mjs'], { cwd: folder, env }),
    wasSetUp: () => existsSync(join(modules, 'pnpm/set-up')),
  }
}
