import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'garmin',
  title: 'Garmin Connect',
  documentation: {
    'https://developerportal.garmin.com/sites/default/files/OAuth2PKCE_1.pdf': '2026-11-29',
    'https://github.com/RADAR-base/RADAR-Rest-Source-Auth/issues/313': '2026-11-29',
    'https://github.com/the-momentum/open-wearables/blob/main/docs/providers/garmin-api-integration.mdx': '2026-11-29',
    'https://github.com/osmandapp/OsmAnd-tools/blob/master/java-tools/OsmAndServer/src/main/java/net/osmand/server/api/services/GarminConnectService.java':
      '2026-11-29',
  },
  origins: ['https://apis.garmin.com'],
  authorizationUrl: 'https://connect.garmin.com/oauth2Confirm',
  tokenUrl: 'https://diauth.garmin.com/di-oauth2-service/oauth/token',
  clientAuthentication: 'client_secret_post',
  lifetimes: { accessToken: 86_400, refreshToken: 7_775_998 },
})

/** Tokens of users who sign in. The app has to be an OAuth 2 app of the Garmin Connect Developer Program. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
