import { isReplayable } from '@valetkey/core/kit'
import { expect, test } from 'vitest'

test('C7: a form of React Native, which has no name, can be sent again', () => {
  class Form {
    readonly parts = [['name', 'Åse']]
  }
  expect(isReplayable(new Form())).toBe(true)
})

test('C7: a stream that has no name cannot be sent again', () => {
  expect(isReplayable({ getReader: () => ({}) })).toBe(false)
})
