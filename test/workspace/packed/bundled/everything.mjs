export * from '@valetkey/core'
export * from '@valetkey/fetch'
export * from '@valetkey/oauth2'
