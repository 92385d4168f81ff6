import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, inject, test } from 'vitest'
import { copyRepository, type ScratchRepository } from './scratch-repository.ts'

let repository: ScratchRepository
let first: Map<string, string>

beforeEach(async () => {
  repository = await copyRepository(await mkdtemp(join(inject('folder'), 'second-')), { isBuilt: false })
  first = await repository.version()
})

/** The names whose versions differ from the first release's. */
function changed(versions: ReadonlyMap<string, string>): string[] {
  return [...versions].filter(([name, version]) => first.get(name) !== version).map(([name]) => name)
}

describe('a patch of one vendor', () => {
  test('releases that vendor and nothing else', async () => {
    await repository.addChangeset({ '@valetkey/flume': 'patch' }, 'The rate limit is read from its header.')
    const versions = await repository.version()
    expect(changed(versions)).toEqual(['@valetkey/flume'])
    expect(versions.get('@valetkey/flume')).toBe(bump(first.get('@valetkey/flume'), 'patch'))
    expect(await repository.changelog('@valetkey/flume')).toContain('- The rate limit is read from its header.')
  })
})

describe('a patch of core', () => {
  test('releases core alone: every peer range takes it', async () => {
    await repository.addChangeset({ '@valetkey/core': 'patch' }, 'A wait ends earlier.')
    expect(changed(await repository.version())).toEqual(['@valetkey/core'])
  })
})

describe('a release of core that the peer ranges of the last one exclude', () => {
  test.each(['minor', 'major'] as const)(
    '(%s, while core is at 0.x) takes all packages along to one version',
    async (kind) => {
      await repository.addChangeset({ '@valetkey/core': kind }, 'Stores may tell who waits.')
      const versions = await repository.version()
      expect(new Set(versions.values())).toEqual(new Set([bump(first.get('@valetkey/core'), kind)]))
      expect(await repository.changelog('@valetkey/flume')).toContain(
        `Goes with @valetkey/core ${versions.get('@valetkey/core')}`,
      )
    },
  )

  test('(major, from 1.0.0 on) does so too, while a minor releases core alone', async () => {
    await repository.addChangeset({ '@valetkey/core': 'major' }, 'The contract is settled.')
    first = await repository.version()
    await repository.addChangeset({ '@valetkey/core': 'minor' }, 'A new event.')
    const minor = await repository.version()
    expect(changed(minor)).toEqual(['@valetkey/core'])
    await repository.addChangeset({ '@valetkey/core': 'major' }, 'Stores must list.')
    expect(new Set((await repository.version()).values())).toEqual(new Set(['2.0.0']))
  })
})

function bump(version: string | undefined, kind: 'patch' | 'minor' | 'major'): string {
  const [major = 0, minor = 0, patch = 0] = (version ?? '').split('.').map(Number)
  if (kind === 'major') return `${major + 1}.0.0`
  return kind === 'minor' ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`
}
