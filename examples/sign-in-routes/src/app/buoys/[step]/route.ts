import { handler } from '../../../next-sign-in.ts'

export const GET = (request: Request): Promise<Response> => handler()(request)
export const POST = (request: Request): Promise<Response> => handler()(request)
