import { asRecord, defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'notion',
  title: 'Notion',
  documentation: {
    'https://developers.notion.com/reference/create-a-token': '2026-11-29',
    'https://developers.notion.com/reference/refresh-a-token': '2026-11-29',
  },
  origins: ['https://api.notion.com'],
  authorizationUrl: 'https://api.notion.com/v1/oauth/authorize',
  tokenUrl: 'https://api.notion.com/v1/oauth/token',
  encoding: 'json',
  scopeFormat: 'omit',
  authorizationParameters: { owner: 'user' },
  tokenHeaders: { 'notion-version': '2025-09-03' },
  normalize: ({ status, body }) => {
    const answer = asRecord(body)
    const isError = answer.object === 'error' && answer.error === undefined
    return { status, body: isError ? { ...answer, error: answer.code } : answer }
  },
})

/** Tokens that people give by choosing pages for a public connection. What it may do is set in the settings of the connection. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
