/** The packages and `scripts/run.mjs` run on this and newer. */
const SUPPORTED = '20.19.0'
/** What tsup and vitest ask for. The `node` package of the workspace brings 24. */
const TOOLS = '22.18.0'

/** What is wrong with `version` for using valetkey at all, or undefined. */
export function unsupportedNode(version) {
  if (!isOlder(version, SUPPORTED)) return undefined
  return `valetkey needs Node ${SUPPORTED} or newer, and this is Node ${version}. Install it from https://nodejs.org, then run the same command again.`
}

/** What to know when the tools run on `version` because Node 24 could not be installed, or undefined. */
export function agedTools(version) {
  if (!isOlder(version, TOOLS)) return undefined
  return `Node 24 could not be installed, so this runs on Node ${version}. tsup and vitest ask for Node ${TOOLS}: if one of them fails, install Node 22 or 24.`
}

function isOlder(version, minimum) {
  const [is, least] = [version, minimum].map((text) => text.split('.').map(Number))
  const at = least.findIndex((part, index) => part !== is[index])
  return at !== -1 && is[at] < least[at]
}
