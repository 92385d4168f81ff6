import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './boundaries/workspace.ts'

/** What the documents promise. A Windows on arm64 also runs programs for x64. */
const PLATFORMS = ['linux glibc', 'linux musl', 'darwin', 'win32'].flatMap((system) =>
  ['x64', 'arm64'].map((cpu) => `${system} ${cpu}`),
)

/** Platforms that a package is not published for, by lockfile. npm's `node` names its binaries itself; run.mjs says what runs without. */
const UNPUBLISHED: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'pnpm-lock.yaml': {},
  'test/workspace/runtimes/pnpm-lock.yaml': {
    'deno@2.9.6': ['linux musl x64', 'linux musl arm64'],
    'workerd@1.20260730.1': ['win32 arm64'],
  },
  'website/pnpm-lock.yaml': {},
}

/** pnpm leaves out what the registry does not have at that moment, and does not ask again: `pnpm install --lockfile-only --fix-lockfile` does. */
test.each(Object.entries(UNPUBLISHED))('%s names the binaries of every promised platform', (file, unpublished) => {
  const missing = missingPlatforms(readFileSync(join(root, file), 'utf8'))
  expect(missing).toEqual(unpublished)
})

function missingPlatforms(lockfile: string): Record<string, string[]> {
  const [head = '', snapshots = ''] = lockfile.split('\nsnapshots:\n')
  const platforms = new Map(
    entriesOf(head.split('\npackages:\n')[1] ?? '').map(([name, text]) => [name, platformsOf(text)]),
  )
  const everywhere = entriesOf(snapshots).filter(([name]) => platforms.get(name)?.length === 0)
  const missing = everywhere.flatMap(([name, text]) => {
    const optional = text.split('    optionalDependencies:\n')[1]?.matchAll(/^ {6}'?([^\s']+)'?: (\S+)$/gm) ?? []
    // fsevents watches files on a Mac; the others need nothing for that.
    const binaries = [...optional].filter(([, dependency]) => dependency !== 'fsevents')
    const served = binaries.flatMap(([, dependency, version]) => platforms.get(`${dependency}@${version}`) ?? [])
    const lacking = PLATFORMS.filter((platform) => !served.includes(platform))
    return served.length > 0 && lacking.length > 0 ? [[name, lacking] as const] : []
  })
  return Object.fromEntries(missing)
}

/** Names and bodies of a section. */
function entriesOf(section: string): [name: string, text: string][] {
  return [...section.matchAll(/^ {2}'?([^\s'(]+)[^\n]*:.*\n((?: {4}.*\n)*)/gm)].map(([, name = '', text = '']) => [
    name,
    text,
  ])
}

/** Of a package that runs on some only. */
function platformsOf(text: string): string[] {
  const [os, cpu, libc] = ['os', 'cpu', 'libc'].map((key) => listOf(text, key))
  if (os === undefined) return []
  return PLATFORMS.filter((platform) => {
    const words = platform.split(' ')
    const system = words[0] ?? ''
    return (
      os.includes(system) &&
      (cpu?.includes(words.at(-1) ?? '') ?? true) &&
      (words.length < 3 || (libc?.includes(words[1] ?? '') ?? true))
    )
  })
}

function listOf(text: string, key: string): string[] | undefined {
  return text.match(new RegExp(`^ {4}${key}: \\[(.*)\\]$`, 'm'))?.[1]?.split(', ')
}
