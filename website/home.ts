/** The front page, above the content of `index.md`: front matter that the formatter of Markdown does not know. */
export const home: Readonly<Record<string, unknown>> = {
  layout: 'home',
  titleTemplate: 'Access tokens for fetch, axios and ky',
  hero: {
    name: 'valetkey',
    text: 'The right token on every request',
    tagline:
      'Adds access tokens and API keys to the requests of fetch, axios and ky, keeps them valid, and sends them only to their vendor’s hosts.',
    image: { src: '/logo.svg', alt: 'A key' },
    actions: [
      { theme: 'brand', text: 'Quick start', link: '/quick-start' },
      { theme: 'alt', text: 'Try it without an account', link: '/overview#try-it-without-an-account' },
      { theme: 'alt', text: 'Concepts', link: '/concepts' },
    ],
  },
  cards: [
    {
      title: 'Your client',
      details: 'fetch, axios, ky, and every library that accepts a fetch. You still write fetch(url).',
      link: '/recipes',
      linkText: 'Recipes',
    },
    {
      title: 'One refresh for all requests',
      details:
        '10,000 callers in 8 processes find a token expired: one token call. Refused requests are replayed once.',
      link: '/behaviour/chaos#many-callers-at-one-expiry',
      linkText: 'Chaos runs',
    },
    {
      title: 'Shared by processes and hosts',
      details: 'Files, Redis, PostgreSQL, DynamoDB, SQLite. One process refreshes, the others read the result.',
      link: '/behaviour/coordination',
      linkText: 'How a token survives',
    },
    {
      title: 'Sent only to its vendor',
      details: 'Also after redirects. No error, event or log shows a secret.',
      link: '/behaviour/security',
      linkText: 'Security',
    },
    {
      title: '100 vendors, one module each',
      details: 'You load only what you import. Any other OAuth 2 server needs no vendor package.',
      link: '/vendors',
      linkText: 'All vendors',
    },
    {
      title: 'Errors that say what to do',
      details:
        'Sign in again, correct the secret, or try again at a given time. An outage never counts as wrong credentials.',
      link: '/vendors/core#errors',
      linkText: 'All codes',
    },
  ],
}
