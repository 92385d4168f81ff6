/** Loaded before the example of the README: takes its requests to the vendor that the test has started. */
const network = globalThis.fetch

globalThis.fetch = async (input, init) => {
  const request = new Request(input, init)
  const response = await network(new Request(new URL(new URL(request.url).pathname, process.env.ACME_URL), request))
  return Object.defineProperty(response, 'url', { value: request.url })
}
