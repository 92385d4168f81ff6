// Loaded before an example: takes its requests to the vendors that the test has started, and prints what they answered.
const network = fetch
const routes = JSON.parse(process.env.EXAMPLE_ROUTES ?? '{}')

globalThis.fetch = async (input, init) => {
  const request = new Request(input, init)
  const { origin, hostname, pathname, search } = new URL(request.url)
  if (hostname !== '127.0.0.1' && !Object.hasOwn(routes, origin)) throw new TypeError(`no vendor answers at ${origin}`)
  const url = hostname === '127.0.0.1' ? request.url : new URL(pathname + search, routes[origin])
  const response = await network(new Request(url, request))
  console.log(`${request.method} ${request.url} ${response.status}`)
  return Object.defineProperty(response, 'url', { value: request.url, configurable: true })
}
