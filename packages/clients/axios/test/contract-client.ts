import { attachCredential } from '@valetkey/axios'
import type { ClientHooks, ClientSetup, ContractAnswer, ContractRequest, MakeClient } from '@valetkey/testing'
import type { AxiosInstance, AxiosRequestConfig, AxiosResponse, AxiosStatic, CreateAxiosDefaults } from 'axios'
import axiosRetry from 'axios-retry'

type AdapterName = 'fetch' | 'http' | 'xhr'

/** A release of axios with one of its adapters, as the client contract wants it. */
export function axiosClient(axios: AxiosStatic, adapter: AdapterName): MakeClient {
  return (setup) => {
    const http = axios.create({
      adapter: adapterOf(axios, adapter, setup),
      ...(setup.baseUrl !== undefined && { baseURL: setup.baseUrl }),
    })
    if (setup.retries > 0) tryAgain(http, setup.retries)
    if (setup.hooks) addInterceptors(http, setup.hooks)
    const { source, replay, uncovered, onUncovered } = setup
    const options = { replay, uncovered, onUncovered }
    const detach = source ? attachCredential(http, source, options) : () => {}
    if (setup.hooks) addInterceptors(http, setup.hooks)
    return { instance: http, detach, send: (request) => answerOf(http.request(configOf(request))) }
  }
}

function adapterOf(
  axios: AxiosStatic,
  name: AdapterName,
  { onSend }: ClientSetup,
): CreateAxiosDefaults['adapter'] & {} {
  if (!onSend) return name
  const adapter = axios.getAdapter(name)
  return (config) => {
    onSend(config)
    return adapter(config)
  }
}

function tryAgain(http: AxiosInstance, retries: number): void {
  axiosRetry(http, { retries, retryDelay: () => 0, retryCondition: ({ response }) => response?.status === 503 })
}

function addInterceptors({ interceptors }: AxiosInstance, { onRequest, onAnswer }: ClientHooks): void {
  interceptors.request.use((config) => {
    onRequest(config)
    return config
  })
  interceptors.response.use(
    (response) => {
      onAnswer(response.status, response)
      return response
    },
    (error: unknown) => {
      onAnswer(responseOf(error)?.status ?? 0, error)
      throw error
    },
  )
}

function configOf({
  method,
  url,
  headers,
  body,
  json,
  signal,
  timeoutMs,
  options,
  isStreamed,
}: ContractRequest): AxiosRequestConfig {
  return {
    method,
    url,
    headers: { ...headers },
    data: json ?? body,
    ...(signal && { signal }),
    ...(timeoutMs !== undefined && { timeout: timeoutMs }),
    ...(isStreamed && { responseType: 'stream' }),
    ...options,
  }
}

async function answerOf(answer: Promise<AxiosResponse<unknown>>): Promise<ContractAnswer> {
  try {
    const response = await answer
    return { ...(await describe(response)), shown: response }
  } catch (error) {
    const response = responseOf(error)
    if (!response) throw error
    return { ...(await describe(response)), shown: error }
  }
}

async function describe({ status, request, data }: AxiosResponse<unknown>): Promise<Omit<ContractAnswer, 'shown'>> {
  const { res, responseURL }: { res?: { responseUrl?: string }; responseURL?: string } = Object(request)
  return { status, url: res?.responseUrl ?? responseURL ?? '', text: await textOf(data) }
}

/** axios parses JSON by itself, and leaves streams to the caller. */
async function textOf(data: unknown): Promise<string> {
  if (typeof data === 'string') return data
  if (typeof data !== 'object' || data === null || !(Symbol.asyncIterator in data)) return JSON.stringify(data)
  return new Response(data as unknown as BodyInit).text()
}

function responseOf(error: unknown): AxiosResponse<unknown> | undefined {
  return typeof error === 'object' && error !== null && 'response' in error
    ? (error.response as AxiosResponse<unknown> | undefined)
    : undefined
}
