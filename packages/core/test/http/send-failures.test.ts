import { describe, expect, test } from 'vitest'
import type { ResponseView } from '../../src/index.ts'
import { exchange, rotating, tokenOf } from '../support/exchange.ts'

describe('what a failure leaves behind', () => {
  test('C18: a credential that fails rejects the request, which is not sent without it', async () => {
    for (const authorization of [
      () => {
        throw new Error('signed out')
      },
      () => Promise.reject(new Error('signed out')),
    ]) {
      const { run, sent } = exchange(rotating({ authorization }).credential, [])
      await expect(run()).rejects.toThrow('signed out')
      expect(sent).toEqual([])
    }
  })

  test('C8: a failing refresh rejects the request and frees the first answer', async () => {
    const { credential } = rotating({ renew: () => Promise.reject(new Error('token endpoint is down')) })
    const { run, discarded } = exchange(credential, [{ status: 401 }])
    await expect(run()).rejects.toThrow('token endpoint is down')
    expect(discarded).toEqual([{ status: 401 }])
  })

  test.each([
    [
      'at once',
      () => {
        throw new Error('cannot read')
      },
    ],
    ['later', () => Promise.reject(new Error('cannot read'))],
  ])('C8: a vendor that fails to judge the answer, %s, frees it', async (_when, refuses) => {
    const { run, discarded } = exchange(rotating({ refuses }).credential, [{ status: 200 }])
    await expect(run()).rejects.toThrow('cannot read')
    expect(discarded).toEqual([{ status: 200 }])
  })

  test('C8: the second answer is freed too when the vendor fails to judge it', async () => {
    const refuses = async ({ status }: ResponseView) => {
      if (status === 200) throw new Error('cannot read')
      return true
    }
    const { run, discarded } = exchange(rotating({ refuses }).credential, [{ status: 401 }, { status: 200 }])
    await expect(run()).rejects.toThrow('cannot read')
    expect(discarded).toEqual([{ status: 401 }, { status: 200 }])
  })

  test.each([
    [
      'at once',
      () => {
        throw new Error('locked')
      },
    ],
    ['later', () => Promise.reject(new Error('locked'))],
  ])('C8: an answer that cannot be given up, %s, disturbs nothing', async (_when, discard) => {
    const { run } = exchange(rotating().credential, [{ status: 401 }, { status: 200 }], { discard })
    expect(await run()).toEqual({ status: 200 })
  })

  test('a request that cannot be sent rejects, also if the client throws', async () => {
    const send = () => {
      throw new Error('refused connection')
    }
    const { credential } = rotating()
    await expect(exchange(credential, [], { send }).run()).rejects.toThrow('refused connection')
    await expect(exchange([], [], { send }).run()).rejects.toThrow('refused connection')
  })

  test('C5: the signal of the caller reaches every wait for the credential', async () => {
    const signals: unknown[] = []
    const { credential } = rotating({
      authorization(options) {
        signals.push(options?.signal)
        return tokenOf(1)
      },
      renew: async (_refused, options) => void signals.push(options?.signal),
    })
    const { signal } = new AbortController()
    await exchange(credential, [{ status: 401 }], { signal }).run()
    expect(signals).toEqual([signal, signal])
  })
})
