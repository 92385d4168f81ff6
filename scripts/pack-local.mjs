// `npm run pack:local`: packs the built packages as they would be published, and prints how to install them elsewhere.
// usage: pnpm exec node scripts/pack-local.mjs <folder>
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** What people install first. */
const CHOICES = [
  ['@valetkey/fetch', '@valetkey/flume', '@valetkey/testing'],
  ['@valetkey/fetch', '@valetkey/vendors'],
  ['@valetkey/axios', '@valetkey/airthings', 'axios'],
  ['@valetkey/fetch', '@valetkey/oauth2'],
  ['@valetkey/ky', '@valetkey/m2m', 'ky'],
  ['valetkey'],
]

const folder = resolve(process.argv[2] ?? 'tarballs')
mkdirSync(folder, { recursive: true })
for (const name of readdirSync(folder)) if (/^valetkey-.*\.tgz$/.test(name)) rmSync(join(folder, name))

/** @type {{ name: string, path: string, private: boolean }[]} */
const workspace = JSON.parse(pnpm('--recursive', 'list', '--json', '--depth=-1'))
const filters = workspace.filter((each) => !each.private).map(({ name }) => `--filter=${name}`)
pnpm('--recursive', ...filters, 'pack', '--pack-destination', folder)

const packed = new Map(
  readdirSync(folder).map((file) => {
    const tarball = join(folder, file)
    const manifest = JSON.parse(execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' }))
    return [manifest.name, { tarball, needs: ownPackages({ ...manifest.dependencies, ...manifest.peerDependencies }) }]
  }),
)

console.log(`${packed.size} packages in ${folder}. To install some of them, in the folder of your program:\n`)
for (const choice of CHOICES) {
  const names = new Set(choice)
  for (const name of names) for (const needed of packed.get(name)?.needs ?? []) names.add(needed)
  const places = [...names].map((name) => packed.get(name)?.tarball ?? name)
  console.log(
    `# ${choice.join(', ')}\nnpm install ${places.map((place) => (/\s/.test(place) ? `'${place}'` : place)).join(' ')}\n`,
  )
}

/**
 * Of what a package depends on, what is packed here.
 * @param {Record<string, string>} dependencies
 */
function ownPackages(dependencies) {
  return Object.keys(dependencies).filter((name) => workspace.some((each) => each.name === name))
}

/** @param {string[]} args */
function pnpm(...args) {
  return execFileSync('pnpm', args, { encoding: 'utf8' })
}
