import type { M2mSimulator } from '@valetkey/testing/simulators'
import axios, { type AxiosInstance } from 'axios'
import { createAuthRefresh } from 'axios-auth-refresh'
import { CLIENT } from './world.ts'

/** An axios instance with axios-auth-refresh, set up as its README says. */
export function createRefreshingInstance({ baseUrl, tokenUrl }: M2mSimulator): AxiosInstance {
  const http = axios.create({ baseURL: baseUrl })
  let accessToken = ''
  http.interceptors.request.use((request) => {
    request.headers.set('authorization', `Bearer ${accessToken}`)
    return request
  })
  // @ts-expect-error: its types name the CommonJS build of axios
  createAuthRefresh(http, async () => {
    const body = new URLSearchParams({ grant_type: 'client_credentials' })
    const auth = { username: CLIENT.clientId, password: CLIENT.clientSecret }
    const { data } = await axios.post(tokenUrl, body, { auth })
    accessToken = data.access_token
  })
  return http
}
