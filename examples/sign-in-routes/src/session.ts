/** In the place of your session library, e.g. `async () => (await auth())?.user.id`. */
export function userOf(request: Request): string | undefined {
  const [, session = ''] = /(?:^|; )session=([\w-]+)/.exec(request.headers.get('cookie') ?? '') ?? []
  return sessions.get(session)
}

/** The logged-in user by the value of the session cookie. */
export const sessions: Map<string, string> = new Map()
