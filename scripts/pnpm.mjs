// Runs between npx, which puts pnpm on the PATH, and the first use of pnpm. npx compares no hashes and is told to run no
// install script, so nothing of pnpm has run yet: what npm unpacked must have the hashes that are written down here.
import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, readSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

/** pnpm's native programs, which its package names by version only. Other platforms' programs are not checked. */
const PROGRAMS = {
  '@pnpm/exe.linux-x64@12.21.0':
    'sha512-8eufCjHXspKbNS/kh8q4Q0gqJoOuvC4Q5pgos6XS8By/nAMtP+jf8F1Cw9er840kfAX+PJ/ts+A9qnLE91rvXQ==',
  '@pnpm/exe.linux-arm64@12.21.0':
    'sha512-4Oj/iF2TDCe2lcH0n4TupPR5sSdrNLclJB6xBElLMPCUOAvBhdf2rRlSaO5M4erJ6g4Fyy7YTXTpcmfFsKyxEA==',
}

const { packageManager } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const [specifier, hash = ''] = packageManager.split('+sha512.')
const expected = { ...PROGRAMS, [specifier]: `sha512-${Buffer.from(hash, 'hex').toString('base64')}` }

const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => existsSync(join(folder, 'pnpm')))
const pnpm = dirname(realpathSync(join(folders[0] ?? fail('npx put no pnpm on the PATH'), 'pnpm')))

// npm compares what it unpacks with this integrity.
const { packages } = JSON.parse(readFileSync(join(pnpm, '../.package-lock.json'), 'utf8'))
for (const [path, { version, integrity }] of Object.entries(packages)) {
  const name = `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`
  const wanted = expected[name]
  if (integrity !== wanted && (wanted !== undefined || name.startsWith('pnpm@')))
    fail(`${name} has the hash ${integrity}, not ${wanted}: delete ${dirname(dirname(pnpm))} and try again`)
}

// The package holds a shell script, in whose place its install script puts the native program.
if (firstBytes(join(pnpm, 'pnpm')) === '# ') execFileSync(process.execPath, ['install.js'], { cwd: pnpm })

/** @param {string} file */
function firstBytes(file) {
  const descriptor = openSync(file, 'r')
  const bytes = Buffer.alloc(2)
  readSync(descriptor, bytes, 0, bytes.length, 0)
  closeSync(descriptor)
  return bytes.toString('latin1')
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(message)
  process.exit(1)
}
