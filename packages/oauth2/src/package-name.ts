/** Named in every message about an option. */
export const PACKAGE_NAME = '@valetkey/oauth2'
