import { expect, test } from 'vitest'
import { createTokenCredential } from '../src/index.ts'
import { forTarget } from '../src/token-credential.ts'

const answer = async () => ({ accessToken: 'a' })
const definition = {
  vendor: 'acme',
  origins: ['https://api.acme.example'],
  identity: ['targets'],
  grant: { refresh: answer },
}

test.each<[object, string]>([
  [{ grant: { refresh: answer } }, '[acme] "target" is required'],
  [{ target: '', grant: { refresh: answer } }, '[acme] "target" is required'],
  [{ target: 'mail', grant: {} }, '[acme] "grant" must have "acquire", "refresh" or both'],
  [{ target: 'mail', grant: { refresh: answer }, origin: 'x' }, '[acme] "origin" is not an option'],
  [{ target: 'mail', grant: { refresh: answer }, origins: [] }, '[acme] "origins"'],
])('a target that is none is refused: %j', (target, message) => {
  expect(() => forTarget(createTokenCredential(definition), target as never)).toThrow(message)
})

test('a target has the origins of its grant, or its own', () => {
  const main = createTokenCredential(definition)
  const [same, own] = [undefined, ['https://mail.acme.example']].map((origins) =>
    forTarget(main, { target: 'mail', grant: { refresh: answer }, origins }),
  )
  const coversOf = (origin: string) => [same?.covers(origin), own?.covers(origin)]
  expect(coversOf('https://api.acme.example')).toEqual([true, false])
  expect(coversOf('https://mail.acme.example')).toEqual([false, true])
  expect([main, same].map((credential) => Object.isFrozen(credential))).toEqual([true, true])
  expect(same).not.toHaveProperty('importTokens')
})
