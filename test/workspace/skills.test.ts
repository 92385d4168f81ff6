import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from './boundaries/workspace.ts'
import { blocksOf } from './examples/blocks.ts'
import { skills } from './skills/skill.ts'
import { WHEN } from './skills/when.ts'

describe.each(skills())('$path', ({ name, path, text }) => {
  test('is what its README says; else: npx pnpm@12.21.0 run skills:update', () => {
    expect(existsSync(join(root, path)) && readFileSync(join(root, path), 'utf8')).toBe(text)
  })

  test('has a name and a description that agents accept', () => {
    const [, title = '', description = ''] = /^---\nname: (.+)\ndescription: (.+)\n---\n\n# /.exec(text) ?? []
    expect(title).toMatch(/^[a-z0-9-]{1,64}$/)
    expect(JSON.parse(description)).toMatch(/^[^<>]{40,1024}$/)
    expect(description).toContain('Use when')
  })

  test('holds the code of its README that runs as a test', () => {
    const readme = readFileSync(join(root, path.replace('SKILL', 'README')), 'utf8')
    const used = (markdown: string) =>
      blocksOf(path, markdown).flatMap(({ heading, code }) => (heading === 'Use' ? [code] : []))
    expect(used(readme).length).toBeGreaterThan(0)
    expect(used(text)).toEqual(used(readme))
    expect(text).toContain(name)
  })
})

test('when to use is said of published packages only', () => {
  const names = skills().map(({ name }) => name)
  expect(Object.keys(WHEN).filter((name) => !names.includes(name))).toEqual([])
})
