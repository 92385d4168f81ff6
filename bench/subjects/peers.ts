// Libraries that send with a fetch, or with a client of their own, each set up as its documents say.
import {
  bearerTokenAuthenticationPolicy,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
} from '@azure/core-rest-pipeline'
import { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client'
import { createOAuthUserAuth } from '@octokit/auth-oauth-user'
import { request as octokitRequest } from '@octokit/request'
import { OAuth2Client as GoogleClient } from 'google-auth-library'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { AuthorizationCode } from 'simple-oauth2'
import { CLIENT_ID, CLIENT_SECRET, readAll, refresh, type Subject } from './subject.ts'

/** google-auth-library refreshes five minutes early unless told otherwise, which with tokens of five seconds is always. */
const GOOGLE_EARLY_MS = 1000

const badgateway: Subject = {
  client: 'fetch',
  name: 'badgateway',
  renews: 'refused',
  async open({ origin, tokens }) {
    const wrapper = new OAuth2Fetch({
      client: new OAuth2Client({
        server: origin,
        tokenEndpoint: '/token',
        clientId: CLIENT_ID,
        clientSecret: CLIENT_SECRET,
      }),
      getNewToken: () => null,
      getStoredToken: () => tokens,
    })
    return async (path) => readAll(await wrapper.fetch(`${origin}${path}`))
  },
}

const google: Subject = {
  client: 'fetch',
  name: 'google-auth-library',
  renews: 'refused',
  async open({ origin, tokens }) {
    const client = new GoogleClient({
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      endpoints: { oauth2TokenUrl: `${origin}/token` },
      forceRefreshOnFailure: true,
      eagerRefreshThresholdMillis: GOOGLE_EARLY_MS,
    })
    client.setCredentials({
      access_token: tokens.accessToken,
      refresh_token: tokens.refreshToken,
      expiry_date: tokens.expiresAt,
    })
    return async (path) => (await client.request({ url: `${origin}${path}` })).status
  },
}

const simpleOAuth2: Subject = {
  client: 'fetch',
  name: 'simple-oauth2',
  renews: 'expired',
  async open({ origin, tokens }) {
    const client = new AuthorizationCode({
      client: { id: CLIENT_ID, secret: CLIENT_SECRET },
      auth: { tokenHost: origin, tokenPath: '/token' },
    })
    let token = client.createToken({
      access_token: tokens.accessToken,
      refresh_token: tokens.refreshToken,
      expires_at: new Date(tokens.expiresAt),
    })
    return async (path) => {
      if (token.expired()) token = await token.refresh()
      const authorization = `Bearer ${String(token.token.access_token)}`
      return readAll(await fetch(`${origin}${path}`, { headers: { authorization } }))
    }
  },
}

const oauth4webapi: Subject = {
  client: 'fetch',
  name: 'oauth4webapi',
  renews: 'expired',
  async open({ origin, tokens }) {
    const server = { issuer: origin, token_endpoint: `${origin}/token` }
    const client = { client_id: CLIENT_ID }
    const authentication = oauth.ClientSecretPost(CLIENT_SECRET)
    // oxlint-disable-next-line typescript/no-deprecated -- marked so "to stand out"; the server is on loopback
    const insecure = { [oauth.allowInsecureRequests]: true }
    let kept = tokens
    return async (path) => {
      if (Date.now() >= kept.expiresAt) {
        const answer = await oauth.refreshTokenGrantRequest(server, client, authentication, kept.refreshToken, insecure)
        const renewed = await oauth.processRefreshTokenResponse(server, client, answer)
        kept = {
          accessToken: renewed.access_token,
          refreshToken: renewed.refresh_token ?? kept.refreshToken,
          expiresAt: Date.now() + (renewed.expires_in ?? 0) * 1000,
        }
      }
      const url = new URL(`${origin}${path}`)
      return readAll(await oauth.protectedResourceRequest(kept.accessToken, 'GET', url, undefined, undefined, insecure))
    }
  },
}

const openidClient: Subject = {
  client: 'fetch',
  name: 'openid-client',
  renews: 'expired',
  async open({ origin, tokens }) {
    const config = new openid.Configuration(
      { issuer: origin, token_endpoint: `${origin}/token` },
      CLIENT_ID,
      CLIENT_SECRET,
    )
    // oxlint-disable-next-line typescript/no-deprecated -- marked so "to stand out"; the server is on loopback
    openid.allowInsecureRequests(config)
    let kept = tokens
    return async (path) => {
      if (Date.now() >= kept.expiresAt) {
        const renewed = await openid.refreshTokenGrant(config, kept.refreshToken)
        kept = {
          accessToken: renewed.access_token,
          refreshToken: renewed.refresh_token ?? kept.refreshToken,
          expiresAt: Date.now() + (renewed.expiresIn() ?? 0) * 1000,
        }
      }
      const url = new URL(`${origin}${path}`)
      return readAll(await openid.fetchProtectedResource(config, kept.accessToken, url, 'GET'))
    }
  },
}

const octokit: Subject = {
  client: 'fetch',
  name: 'octokit user',
  renews: 'expired',
  async open({ origin, tokens }) {
    const request = octokitRequest.defaults({ baseUrl: origin })
    const auth = createOAuthUserAuth({
      clientType: 'github-app',
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      token: tokens.accessToken,
      refreshToken: tokens.refreshToken,
      expiresAt: new Date(tokens.expiresAt).toISOString(),
      request,
    })
    const authorized = request.defaults({ request: { hook: auth.hook } })
    return async (path) => (await authorized(`GET ${path}`)).status
  },
}

/** Its policy insists on https: the transport below it takes the s off again. */
const azure: Subject = {
  client: 'fetch',
  name: 'azure bearer policy',
  renews: 'expired',
  async open(account) {
    let kept = account.tokens
    const pipeline = createEmptyPipeline()
    const getToken = async () => {
      if (Date.now() >= kept.expiresAt - 1000) kept = await refresh(account, kept.refreshToken)
      return { token: kept.accessToken, expiresOnTimestamp: kept.expiresAt }
    }
    pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential: { getToken }, scopes: 'bench' }))
    const transport: HttpClient = {
      async sendRequest(request) {
        const response = await fetch(request.url.replace('https:', 'http:'), { headers: request.headers.toJSON() })
        const bodyAsText = await response.text()
        return {
          request,
          status: response.status,
          headers: createHttpHeaders(Object.fromEntries(response.headers)),
          bodyAsText,
        }
      },
    }
    const origin = account.origin.replace('http:', 'https:')
    return async (path) =>
      (await pipeline.sendRequest(transport, createPipelineRequest({ url: `${origin}${path}` }))).status
  },
}

export const PEERS: readonly Subject[] = [badgateway, google, simpleOAuth2, openidClient, oauth4webapi, octokit, azure]
