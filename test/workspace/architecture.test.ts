import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { withPackages } from './architecture/document.ts'
import { type Kind, kindsOf, publicPackages } from './architecture/packages.ts'
import { pictureOf } from './architecture/picture.ts'
import { root } from './boundaries/workspace.ts'

const packages = publicPackages()

/** After a change that is meant: `npx pnpm@12.21.0 run architecture:update`. */
describe('docs/architecture.md', () => {
  test('has the picture that the imports make', () => {
    expect(readFileSync(join(root, 'docs/images/architecture.svg'), 'utf8')).toBe(pictureOf(kindsOf(packages)))
  })

  test('has the table of the packages and their folders', () => {
    const document = readFileSync(join(root, 'docs/architecture.md'), 'utf8')
    expect(withPackages(document, packages)).toBe(document)
  })
})

describe('the picture', () => {
  const kind = (name: string, ...imports: string[]): Kind => ({ name, packages: [], imports })

  test('has an arrow for each import that no other arrows lead to, and every arrow points down', () => {
    const picture = pictureOf([kind('base'), kind('top', 'middle', 'base'), kind('middle', 'base')])
    const arrows = [...picture.matchAll(/<line x1="[\d.]+" y1="(\d+)" x2="[\d.]+" y2="(\d+)"/g)]
    expect(arrows).toHaveLength(2)
    for (const [, from, to] of arrows) expect(Number(to)).toBeGreaterThan(Number(from))
  })

  test('cannot be drawn when kinds import each other in a circle', () => {
    expect(() => pictureOf([kind('one', 'other'), kind('other', 'one')])).toThrow(RangeError)
  })
})
