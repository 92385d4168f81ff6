import { join } from 'node:path'
import type { Program } from '../size/programs.ts'

const PACKAGES = join(import.meta.dirname, '../../packages')

/** What a program imports that sends with a fetch and renews by a refresh token, and what of it is measured. */
export interface Weighed extends Program {
  /** Brotli, kB. */
  readonly goalKb?: number
  /** It needs Node, so that no bundle for browsers is made of it. */
  readonly isForNode?: boolean
}

function built(folder: string): string {
  return JSON.stringify(join(PACKAGES, folder, 'dist/index.js'))
}

export const PROGRAMS: readonly Weighed[] = [
  {
    name: 'valetkey: core + fetch',
    source: `export { createTokenCredential } from ${built('core')}; export { withCredential } from ${built('clients/fetch')}`,
    goalKb: 13,
  },
  {
    name: 'valetkey: core + fetch + client credentials',
    source: `export { clientCredentials } from ${built('oauth2')}; export { withCredential } from ${built('clients/fetch')}`,
    goalKb: 19,
  },
  {
    name: 'valetkey: core + fetch, API key',
    source: `export { createApiKeyCredential } from ${built('core')}; export { withCredential } from ${built('clients/fetch')}`,
  },
  {
    name: 'valetkey: core + axios + client credentials, without axios',
    source: `export { clientCredentials } from ${built('oauth2')}; export { attachCredential } from ${built('clients/axios')}`,
    external: ['axios'],
  },
  {
    name: '@badgateway/oauth2-client',
    source: `export { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client'`,
  },
  {
    name: 'axios-auth-refresh, without axios',
    source: `export { createAuthRefresh } from 'axios-auth-refresh'`,
    external: ['axios'],
  },
  {
    name: 'oauth4webapi, refresh and a request',
    source: `export { refreshTokenGrantRequest, processRefreshTokenResponse, ClientSecretPost, protectedResourceRequest } from 'oauth4webapi'`,
  },
  {
    name: 'openid-client, refresh and a request',
    source: `export { Configuration, refreshTokenGrant, fetchProtectedResource } from 'openid-client'`,
  },
  { name: '@octokit/auth-oauth-user', source: `export { createOAuthUserAuth } from '@octokit/auth-oauth-user'` },
  {
    name: '@azure/core-rest-pipeline, bearer policy',
    source: `export { bearerTokenAuthenticationPolicy, createEmptyPipeline, createDefaultHttpClient } from '@azure/core-rest-pipeline'`,
  },
  { name: 'google-auth-library', source: `export { OAuth2Client } from 'google-auth-library'`, isForNode: true },
  { name: 'simple-oauth2', source: `export { AuthorizationCode } from 'simple-oauth2'`, isForNode: true },
]
