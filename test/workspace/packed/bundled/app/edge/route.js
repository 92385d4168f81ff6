import { useVendor } from '../../flume.mjs'

export const runtime = 'edge'

export async function GET(request) {
  const { searchParams } = new URL(request.url)
  const status = await useVendor(searchParams.get('vendor'))
  return Response.json({ status, isEdge: 'EdgeRuntime' in globalThis })
}
