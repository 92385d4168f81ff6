import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { checkName, checkPlacement, checkTokenUrl, checkUrl, GRANTS, vendorData } from './vendor-data.mjs'

/** `pnpm new:vendor`: asks five questions, or takes the answers behind `--args`, and writes a vendor package that passes. */
export default function generators(plop) {
  // turbo bundles this file: it has no `import.meta.dirname`.
  const templates = join(plop.getPlopfilePath(), 'templates')
  plop.setGenerator('vendor', {
    description: 'A vendor package: sources, simulator, tests, README and changeset',
    prompts: [
      { type: 'input', name: 'name', message: 'Name (kebab-case):', validate: checkName },
      { type: 'input', name: 'baseUrl', message: 'URL of the API:', validate: checkUrl },
      { type: 'input', name: 'tokenUrl', message: 'Token URL (empty for an API key):', validate: checkTokenUrl },
      { type: 'list', name: 'grant', message: 'Grant:', choices: GRANTS },
      {
        type: 'input',
        name: 'placement',
        message: 'Where requests carry it (bearer, header:X-Api-Key, query:api_key):',
        default: 'bearer',
        validate: checkPlacement,
      },
    ],
    actions: (answers) => actionsFor(answers, templates),
  })
}

function actionsFor(answers, templates) {
  const { root } = answers.turbo.paths
  const data = vendorData(answers, takenNames(root), wordsOf(templates))
  const folder = `packages/vendors/${data.name}`
  return [
    ...['common', data.kind].map((set) => writeAll(join(root, folder), join(templates, set), data)),
    {
      type: 'add',
      path: join(root, `.changeset/first-${data.name}.md`),
      templateFile: join(templates, 'changeset.md.hbs'),
      data,
    },
    () => dependOn(join(root, 'test/package.json'), data.packageName),
    () => format(root, folder),
    () => `next: pnpm install && pnpm run skills:update && pnpm exec vitest run ${folder}`,
  ]
}

function writeAll(destination, base, data) {
  return { type: 'addMany', destination, base, templateFiles: `${base}/**`, data, verbose: false }
}

function takenNames(root) {
  return readdirSync(join(root, 'packages'))
    .flatMap((kind) => [kind, ...readdirSync(join(root, 'packages', kind)).map((name) => join(kind, name))])
    .map((folder) => join(root, 'packages', folder, 'package.json'))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')).name)
}

/** Of files below `folder` and of their names, placeholders left out. */
function wordsOf(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.hbs'))
  const texts = files.map((file) =>
    `${file} ${readFileSync(join(folder, file), 'utf8')}`.replaceAll(/\{\{.*?\}\}/g, ' '),
  )
  return new Set(texts.join(' ').match(/\w+/g))
}

/** The README's example is compiled and run from `test`, as anybody's program would be. */
function dependOn(file, packageName) {
  if (!existsSync(file)) return 'no test/package.json'
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  const entries = Object.entries({ ...manifest.devDependencies, [packageName]: 'workspace:*' })
  manifest.devDependencies = Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`)
  return file
}

/** How lines break depends on the length of the name. */
async function format(root, folder) {
  const biome = createRequire(join(root, 'package.json')).resolve('@biomejs/biome/bin/biome')
  await promisify(execFile)(process.execPath, [biome, 'check', '--write', '--vcs-enabled=false', folder], { cwd: root })
  return 'formatted'
}
