export const GRANTS = ['client-credentials', 'password', 'api-key']

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
/** What npm takes, without `@valetkey/`. */
const MOST_CHARACTERS = 204

/** No variable of a module can have one of these names. */
const WORDS_OF_JAVASCRIPT = new Set(
  `arguments await break case catch class const continue debugger default delete do else enum eval export extends false
  finally for function if implements import in instanceof interface let new null package private protected public return
  static super switch this throw true try typeof undefined var void while with yield`.split(/\s+/),
)

const PLACEMENT = /^(bearer|header:[A-Za-z0-9-]+|query:[A-Za-z0-9_.-]+)$/

export function checkName(name) {
  if (!NAME.test(name)) return 'the name must be in kebab-case, such as "acme-weather"'
  if (name.length > MOST_CHARACTERS) return `the name must have at most ${MOST_CHARACTERS} characters`
  if (WORDS_OF_JAVASCRIPT.has(name)) return `"${name}" is a word of JavaScript: name the vendor "${name}-api"`
  return true
}

export function checkUrl(text) {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain = url?.protocol === 'https:' && !(url.username || url.password || url.search || url.hash)
  return isPlain || 'the URL must be absolute, https, without user name, query and fragment'
}

export function checkTokenUrl(text) {
  return text === '' || checkUrl(text)
}

export function checkPlacement(placement) {
  return PLACEMENT.test(placement) || 'the placement must be bearer, header:<name> or query:<name>'
}

/**
 * What the templates need.
 *
 * @param templateWords words of the templates and of their file names
 * @throws Error when answers are wrong or do not fit each other
 */
export function vendorData({ name, baseUrl, tokenUrl, grant, placement }, takenNames, templateWords) {
  const isApiKey = grant === 'api-key'
  const packageName = `@valetkey/${name}`
  demand(checkName(name))
  demand(!takenNames.includes(packageName) || `${packageName} exists already`)
  const isFree = !templateWords.has(namesOf(name).camel)
  demand(isFree || `"${name}" has a meaning in the generated code: name the vendor "${name}-api"`)
  demand(checkUrl(baseUrl))
  demand(GRANTS.includes(grant) || `the grant must be one of ${GRANTS.join(', ')}`)
  demand(isApiKey ? tokenUrl === '' || 'an API key has no token URL' : checkUrl(tokenUrl))
  demand(checkPlacement(placement))
  return {
    ...namesOf(name),
    ...urlsOf(baseUrl, isApiKey ? baseUrl : tokenUrl),
    ...placementOf(placement),
    packageName,
    kind: isApiKey ? 'api-key' : 'token',
    isApiKey,
    isPassword: grant === 'password',
    factory: { 'client-credentials': 'clientCredentials', password: 'password', 'api-key': 'apiKey' }[grant],
    wireGrant: grant.replace('-', '_'),
  }
}

function demand(verdict) {
  if (verdict !== true) throw new Error(verdict)
}

function namesOf(name) {
  const words = name.split('-')
  const capitals = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
  const pascal = capitals.join('')
  return {
    name,
    pascal,
    camel: pascal.slice(0, 1).toLowerCase() + pascal.slice(1),
    title: capitals.join(' '),
    environment: `VALETKEY_${words.join('_').toUpperCase()}`,
  }
}

function urlsOf(baseUrl, tokenUrl) {
  const base = new URL(baseUrl)
  const token = new URL(tokenUrl)
  return {
    origin: base.origin,
    host: base.host,
    examplePath: `${base.pathname.replace(/\/$/, '')}/me`,
    tokenUrl: token.href,
    tokenOrigin: token.origin,
    tokenHost: token.host,
    tokenPath: token.pathname,
    hasTwoOrigins: base.origin !== token.origin,
  }
}

function placementOf(placement) {
  const [where, placed = 'Authorization'] = placement.split(':')
  const words = { bearer: 'as Bearer token', header: `in the header ${placed}`, query: `in the parameter ${placed}` }
  return {
    isBearer: where === 'bearer',
    isHeader: where === 'header',
    isQuery: where === 'query',
    placed,
    placedLower: placed.toLowerCase(),
    placementWords: words[where],
  }
}
