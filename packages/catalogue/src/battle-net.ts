import { defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'battle-net',
  title: 'Battle.net (Blizzard)',
  documentation: {
    'https://develop.battle.net/documentation/guides/using-oauth': '2026-11-29',
    'https://github.com/Blizzard/oauth-client-sample': '2026-11-29',
    'https://github.com/FuzzyStatic/blizzard/blob/main/blizzard.go': '2026-11-29',
    'https://github.com/benweier/blizzard.js/blob/main/src/core/index.ts': '2026-11-29',
  },
  variants: {
    region: {
      world: {
        origins: [
          'https://us.api.blizzard.com',
          'https://eu.api.blizzard.com',
          'https://kr.api.blizzard.com',
          'https://tw.api.blizzard.com',
          'https://oauth.battle.net',
        ],
        authorizationUrl: 'https://oauth.battle.net/authorize',
        tokenUrl: 'https://oauth.battle.net/token',
      },
      china: {
        origins: ['https://gateway.battlenet.com.cn', 'https://oauth.battlenet.com.cn'],
        authorizationUrl: 'https://oauth.battlenet.com.cn/authorize',
        tokenUrl: 'https://oauth.battlenet.com.cn/token',
      },
    },
  },
})

/** Tokens of users who sign in, for their profile and characters. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Tokens for the program itself, for the game data. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)
