import { attachCredential } from '@valetkey/axios'
import { createApiKeyCredential } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { withCredential as kyWithCredential } from '@valetkey/ky'
import axios from 'axios'
import ky from 'ky'
import { expect, test } from 'vitest'

const credential = createApiKeyCredential({ vendor: 'acme', origins: ['https://api.acme.example'], apiKey: 'key-1' })

test.each<[string, () => unknown, string]>([
  // @ts-expect-error axios has methods, which would go out without the credential
  ['axios', () => withCredential(axios, credential), '@valetkey/axios'],
  // @ts-expect-error so has an instance
  ['an instance of axios', () => withCredential(axios.create(), credential), '@valetkey/axios'],
  // @ts-expect-error so has ky
  ['ky', () => withCredential(ky, credential), '@valetkey/ky'],
  // @ts-expect-error and an instance of ky
  ['an instance of ky', () => withCredential(ky.create(), credential), '@valetkey/ky'],
])('@valetkey/fetch refuses %s and names the plugin for it', (_name, wrap, plugin) => {
  expect(wrap).toThrow(plugin)
})

test.each<[string, () => unknown, string]>([
  // @ts-expect-error a fetch is no instance of ky
  ['@valetkey/ky', () => kyWithCredential(fetch, credential), '"ky" must be an instance of ky'],
  // @ts-expect-error axios is no instance of ky
  ['@valetkey/ky', () => kyWithCredential(axios, credential), '"ky" must be an instance of ky'],
  // @ts-expect-error a fetch is no instance of axios
  ['@valetkey/axios', () => attachCredential(fetch, credential), '"instance" must be an instance of axios'],
  // @ts-expect-error ky is no instance of axios
  ['@valetkey/axios', () => attachCredential(ky, credential), '"instance" must be an instance of axios'],
])('%s refuses another client', (_plugin, wrap, message) => {
  expect(wrap).toThrow(message)
})
