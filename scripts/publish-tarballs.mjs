// Publishes the packed packages of a folder, exactly as they were tested; those that the registry has already are left.
// usage: node scripts/publish-tarballs.mjs <folder> [options of npm publish]
import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'

const [folder, ...options] = process.argv.slice(2)
if (folder === undefined) {
  console.error('usage: node scripts/publish-tarballs.mjs <folder> [options of npm publish]')
  process.exit(1)
}

const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
for (const tarball of tarballs.toSorted()) publish(resolve(folder, tarball))

function publish(path) {
  const { name, version } = manifestOf(path)
  if (isPublished(`${name}@${version}`)) return
  execFileSync('npm', ['publish', path, ...options], { stdio: ['ignore', 'ignore', 'inherit'] })
  console.log(`${name}@${version}`)
}

function manifestOf(path) {
  return JSON.parse(execFileSync('tar', ['-xzOf', path, join('package', 'package.json')], { encoding: 'utf8' }))
}

/** @throws Error when the registry cannot say: to publish then could be to publish half of a release. */
function isPublished(specifier) {
  const { status, stdout, stderr } = spawnSync('npm', ['view', specifier, 'version', '--json'], { encoding: 'utf8' })
  if (status === 0) return stdout.trim() !== ''
  if (stdout.includes('E404') || stderr.includes('E404')) return false
  throw new Error(`npm view ${specifier} failed:\n${stdout}${stderr}`)
}
