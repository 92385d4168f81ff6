import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  discardBody,
  isJsonAnswer,
  isReplayable,
  parseJsonInTime,
  parseJsonStream,
  readStart,
} from '../../src/http/bodies.ts'

const LIMIT = 65_536
const header = (headers: Readonly<Record<string, string>>) => (name: string) => headers[name] ?? null

describe('a body can be sent a second time', () => {
  test.each<[string, unknown]>([
    ['none', undefined],
    ['null', null],
    ['a text', 'text'],
    ['bytes', new Uint8Array(1)],
    ['a view of bytes', new DataView(new ArrayBuffer(1))],
    ['a buffer', new ArrayBuffer(1)],
    ['a shared buffer', new SharedArrayBuffer(1)],
    ['a blob', new Blob([])],
    ['a file', new File([], 'name')],
    ['a form', new FormData()],
    ['parameters', new URLSearchParams()],
    ['an object', {}],
    ['an array', []],
  ])('%s', (_, body) => {
    expect(isReplayable(body)).toBe(true)
  })

  test.each<[string, unknown]>([
    ['a stream', new ReadableStream()],
    ['an iterable', { async *[Symbol.asyncIterator]() {} }],
    ['what is piped', { pipe() {} }],
    ['what has a reader', { getReader() {} }],
    ['anything else', new Map()],
    ['what names itself longer', { [Symbol.toStringTag]: 'Object]' }],
    ['what names itself so at its end', { [Symbol.toStringTag]: 'My [object Object' }],
  ])('but not %s', (_, body) => {
    expect(isReplayable(body)).toBe(false)
  })
})

describe('a body that nobody reads', () => {
  test('is destroyed or cancelled, by itself', async () => {
    const calls: unknown[] = []
    const note = (name: string) =>
      function (this: unknown) {
        calls.push([name, this])
      }
    const node = { destroy: note('destroy'), cancel: note('cancel') }
    const web = { destroy: true, cancel: note('cancel') }
    await discardBody(node)
    await discardBody(web)
    expect(calls).toEqual([
      ['destroy', node],
      ['cancel', web],
    ])
  })

  test.each([undefined, null, 'text', {}])('may be %j', async (body) => {
    await expect(discardBody(body)).resolves.toBeUndefined()
  })

  test('whose end fails says so to who waits', async () => {
    const cancel = () => Promise.reject(new Error('locked'))
    await expect(discardBody({ cancel })).rejects.toThrow('locked')
  })
})

describe('an answer', () => {
  test.each([
    { 'content-type': 'application/json' },
    { 'content-type': 'Application/JSON; charset=utf-8' },
    { 'content-type': 'text/json ' },
    { 'content-type': 'application/problem+json' },
    { 'content-type': 'application/problem+json ;v=1' },
    { 'content-type': 'application/json', 'content-length': String(LIMIT) },
    { 'content-type': 'application/json', 'content-length': 'many' },
    { 'content-type': 'application/json', 'content-disposition': 'inline; filename=attachment' },
  ])('is read before the caller gets it: %j', (headers) => {
    expect(isJsonAnswer(header(headers))).toBe(true)
  })

  test.each([
    {},
    { 'content-type': '' },
    { 'content-type': 'application/json-seq' },
    { 'content-type': 'application/jsonx' },
    { 'content-type': 'application/x+jsonx' },
    { 'content-type': 'x-application/json' },
    { 'content-type': 'text/html; type=application/json' },
    { 'content-type': 'application/json', 'content-length': String(LIMIT + 1) },
    { 'content-type': 'application/json', 'content-disposition': 'attachment; filename=a.json' },
    { 'content-type': 'application/json', 'content-disposition': ' Attachment' },
  ])('is handed over at once: %j', (headers) => {
    expect(isJsonAnswer(header(headers))).toBe(false)
  })
})

describe('the JSON of an answer', () => {
  test('is what its text says', async () => {
    expect(await parseJsonInTime(Promise.resolve('{"a":1}'))).toEqual({ a: 1 })
    expect(await parseJsonInTime(Promise.resolve('null'))).toBeNull()
  })

  test.each(['{', '', undefined, JSON.stringify('x'.repeat(LIMIT - 1))])('is none: %#', async (text) => {
    expect(await parseJsonInTime(Promise.resolve(text))).toBeUndefined()
  })

  test('is that of a text as long as is read', async () => {
    const longest = 'x'.repeat(LIMIT - 2)
    expect(await parseJsonInTime(Promise.resolve(JSON.stringify(longest)))).toBe(longest)
  })

  test('is none where reading fails', async () => {
    expect(await parseJsonInTime(Promise.reject(new Error('reset')))).toBeUndefined()
  })

  describe('that comes late', () => {
    beforeEach(() => void vi.useFakeTimers())
    afterEach(() => void vi.useRealTimers())

    test('is none after a second, and no timer stays after one that comes', async () => {
      const parsed = vi.fn<(json: unknown) => void>()
      void parseJsonInTime(new Promise(() => {})).then(parsed)
      await vi.advanceTimersByTimeAsync(999)
      expect(parsed).not.toHaveBeenCalled()
      await vi.advanceTimersByTimeAsync(1)
      expect(parsed.mock.calls).toEqual([[undefined]])
      await parseJsonInTime(Promise.resolve('1'))
      expect(vi.getTimerCount()).toBe(0)
    })
  })
})

describe('a stream', () => {
  /** In chunks of these lengths; `isOpen`: it does not end. */
  function streamOf(lengths: readonly number[], isOpen = false) {
    const cancelled = vi.fn<() => void>()
    const chunks = lengths.map((length) => new Uint8Array(length).fill(49))
    const stream = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const chunk = chunks.shift()
          if (chunk) controller.enqueue(chunk)
          else if (!isOpen) controller.close()
        },
        cancel: cancelled,
      },
      { highWaterMark: 0 },
    )
    return { stream, cancelled, left: () => chunks.length }
  }

  test('is read to its end', async () => {
    const { chunks, isWhole } = await readStart(streamOf([2, 3]).stream.getReader(), 5)
    expect([chunks.map((chunk) => (chunk as Uint8Array).byteLength), isWhole]).toEqual([[2, 3], true])
  })

  test('is read until it is too long, and no further', async () => {
    const { stream, left } = streamOf([2, 3, 1, 1])
    const { chunks, isWhole } = await readStart(stream.getReader(), 5)
    expect([chunks.length, isWhole, left()]).toEqual([3, false, 1])
  })

  test('gives its JSON, and is let go of', async () => {
    expect(await parseJsonStream(streamOf([1, 1]).stream)).toBe(11)
    const { stream, cancelled, left } = streamOf([LIMIT, 1, 1, 1], true)
    expect(await parseJsonStream(stream)).toBeUndefined()
    expect([cancelled.mock.calls.length, left()]).toEqual([1, 2])
  })
})
