import { inspect } from 'node:util'

import { describe, expect, test } from 'vitest'

import { fakeCredential, findLeaks } from '../src/index.ts'

const SECRET = 'cänary/+secret "1"'

class Kept {
  readonly #secret = SECRET
  get secret() {
    return this.#secret
  }
}

describe('findLeaks', () => {
  test.each([
    ['a message', new Error(`no: ${SECRET}`), 'value.message'],
    ['a stack', Object.assign(new Error('no'), { stack: SECRET }), 'value.stack'],
    [
      'a cause of a cause',
      new Error('a', { cause: new Error('b', { cause: { deep: [SECRET] } }) }),
      'value.cause.cause.deep.0',
    ],
    ['a hidden member', Object.defineProperty({}, 'hidden', { value: SECRET }), 'value.hidden'],
    ['a symbol', { [Symbol('mark')]: SECRET }, 'value.Symbol(mark)'],
    ['a name', { [SECRET]: 1 }, `value.${SECRET} (name)`],
    ['headers', new Headers({ authorization: encodeURIComponent(SECRET) }), 'value.item'],
    ['a map in a set', new Set([new Map([[SECRET, 1]])]), 'value.item.key'],
    ['bytes', { body: new TextEncoder().encode(SECRET) }, 'value.body.bytes'],
    ['a form', { body: new URLSearchParams({ secret: SECRET }).toString() }, 'value.body'],
    ['Base64', { header: `Basic ${Buffer.from(SECRET).toString('base64')}` }, 'value.header'],
    ['JSON text', { body: JSON.stringify({ secret: SECRET }) }, 'value.body'],
    ['toJSON', { toJSON: () => SECRET }, 'JSON'],
    ['toString', { toString: () => SECRET }, 'String()'],
  ])('finds a secret in %s', (_, value, where) => {
    expect(findLeaks(value, ['another', SECRET])).toContain(where)
  })

  test('finds what only the inspection of the platform shows', () => {
    const value = { [inspect.custom]: () => SECRET }
    expect(findLeaks(value, [SECRET])).toEqual([])
    expect(findLeaks(value, [SECRET], inspect)).toEqual(['inspect'])
  })

  test('a member that one has to ask for is no leak, nor is a circle', async () => {
    const circle: { self?: object; kept: Kept } = { kept: new Kept() }
    circle.self = circle
    expect(findLeaks(circle, [SECRET], inspect)).toEqual([])
    const authorization = await fakeCredential({ tokens: ['canary-token'] }).authorization()
    expect(findLeaks(authorization, ['canary-token'], inspect)).toEqual([])
  })
})
