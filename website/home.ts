/** The front page, above what `index.md` says: front matter that no formatter of Markdown knows. */
export const home: Readonly<Record<string, unknown>> = {
  layout: 'home',
  titleTemplate: 'Credentials for the HTTP client that you have',
  hero: {
    name: 'valetkey',
    text: 'The right token on every request',
    tagline:
      "Gives the HTTP client that your program has exactly the credential that one vendor's API needs, for exactly that vendor's hosts, and keeps it valid.",
    image: { src: '/logo.svg', alt: 'A key' },
    actions: [
      { theme: 'brand', text: 'Quick start', link: '/quick-start' },
      { theme: 'alt', text: 'How it works', link: '/concepts' },
      { theme: 'alt', text: 'Recipes', link: '/recipes' },
    ],
  },
  features: [
    {
      title: 'Your own client',
      details: "fetch, axios, ky, and everything that takes a fetch. You go on writing fetch('https://…').",
      link: '/recipes',
      linkText: 'Clients',
    },
    {
      title: 'One refresh for a thousand requests',
      details:
        'Before a token expires, and in the background. Requests that find it expired or refused share one token call and are sent again.',
      link: '/concepts',
      linkText: 'What happens on a request',
    },
    {
      title: 'Shared by processes and hosts',
      details:
        'Through files, Redis or Postgres. One process renews, the others take the result; a refresh token that may be used once is used once.',
      link: '/behaviour/coordination',
      linkText: 'How a token survives',
    },
    {
      title: 'Kept off other hosts',
      details:
        "A credential goes to its vendor's origins and nowhere else, redirects included. No error, event or log shows a secret.",
      link: '/behaviour/security',
      linkText: 'Security',
    },
    {
      title: 'Install what you use',
      details:
        'One vendor and one client bring nothing of the others. A vendor that follows the standards needs no package at all.',
      link: '/vendors/oauth2',
      linkText: 'Any OAuth 2 vendor',
    },
    {
      title: 'Errors that say what to do',
      details:
        'Sign in again, correct the secret, or come back at a given time. An outage of a vendor never looks like wrong credentials.',
      link: '/vendors/core#errors',
      linkText: 'All codes',
    },
  ],
}
