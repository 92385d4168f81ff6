import { originOf } from '@valetkey/core/kit'
import { assert, assertText } from '../store-contract/assert.ts'
import { send } from './send.ts'
import { urlOptions, type VendorCase, type VendorUnderTest } from './subject.ts'
import { inWorld, type World } from './world.ts'

export function originCases(vendor: VendorUnderTest): VendorCase[] {
  const urls = urlOptions(vendor)
  return [
    { name: 'the credential covers its origins, and nothing that looks like them', run: covers },
    { name: 'a request to one of them carries what the credential names, and nothing else', run: carries },
    { name: 'a request to any other origin is sent unchanged, and costs no token', run: foreign },
    ...(urls.includes('baseUrl')
      ? [{ name: '"baseUrl" is the only origin if it is given, with any path', run: baseUrl }]
      : []),
    ...urls
      .filter((option) => option !== 'baseUrl')
      .map((option) => ({
        name: `"${option}" never moves the origins`,
        run: (world: World) => otherUrl(world, option),
      })),
  ].map(({ name, run }) => ({ name, run: () => inWorld(vendor, run) }))
}

/** URLs that a careless comparison takes for one of the origin. */
function lookalikes({ origins }: VendorUnderTest): string[] {
  const urls = origins.flatMap((origin) => {
    const { host, hostname } = new URL(origin)
    return [
      `http://${host}/`,
      `https://${hostname}:8443/`,
      `https://${host}.evil.example/`,
      `https://${hostname}%2eevil.example/`,
      `https://${host}@evil.example/`,
      `https://evil.example\\@${host}/`,
      `https://evil.example/${origin}`,
      `https://evil.example?${origin}`,
      `https://evil.example#${origin}`,
      `https://user:password@${host}/`,
      `https://sub.${host}/`,
      `https://evil${host}/`,
      `https://${hostname.split('.').slice(1).join('.')}/`,
      `https://${hostname}./`,
      `ftp://${host}/`,
      `//${host}/`,
      `/\\${host}/`,
      host,
    ]
  })
  return [...urls, ''].filter((url) => !origins.includes(originOf(url) ?? ''))
}

function covers({ vendor, connect }: World): void {
  const credential = connect()
  for (const origin of vendor.origins) assert(credential.covers(origin), `the credential must cover ${origin}`)
  const foreign = lookalikes(vendor).map((url) => (URL.canParse(url) ? new URL(url).origin : url))
  for (const origin of foreign.filter((it) => !vendor.origins.includes(it))) {
    assert(!credential.covers(origin), `the credential must not cover ${origin}`)
  }
}

async function carries({ vendor, connect }: World): Promise<void> {
  const credential = connect()
  for (const origin of vendor.origins) {
    const [authorization] = (await send(credential, `${origin}/v1/things?a=b`, [200])).attempts
    assert(authorization !== undefined, `a request to ${origin} must carry the credential`)
    const { headers, query } = credential.carries
    const names = [...Object.keys(authorization.headers), ...Object.keys(authorization.query)]
    assertText(names.join(), [...headers, ...query].join(), 'the names on the request, which "carries" must hold')
    assert(names.length > 0, 'the credential must put something on a request')
  }
}

async function foreign({ vendor, connect, tokenRequests }: World): Promise<void> {
  const credential = connect()
  for (const url of lookalikes(vendor)) {
    const { attempts } = await send(credential, url, [401])
    assert(attempts.length === 1 && attempts[0] === undefined, `a request to ${url} must be sent unchanged`)
  }
  assert(tokenRequests.length === 0, 'a request to a foreign host must not cost a token')
}

const PROXY = 'https://proxy.example:8443'

function baseUrl({ vendor, connect }: World): void {
  for (const path of ['', '/', '/some/path?query#fragment']) {
    const credential = connect({ baseUrl: PROXY + path })
    assert(credential.covers(PROXY), `with "baseUrl" the credential must cover ${PROXY}`)
    for (const origin of vendor.origins)
      assert(!credential.covers(origin), `with "baseUrl" it must not cover ${origin}`)
  }
}

function otherUrl({ vendor, connect }: World, option: string): void {
  const credential = connect({ [option]: `${PROXY}/token` })
  assert(!credential.covers(PROXY), `"${option}" must not add an origin`)
  for (const origin of vendor.origins) assert(credential.covers(origin), `"${option}" must not remove ${origin}`)
}
