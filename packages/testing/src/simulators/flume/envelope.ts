const HTTP_MESSAGES = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
} as const

type ErrorStatus = keyof typeof HTTP_MESSAGES

/** `{field, message}` of a validation error. */
export interface FieldProblem {
  readonly field: string
  readonly message: string
}

export interface FlumeError {
  readonly status: ErrorStatus
  readonly message: string
  readonly detailed?: readonly string[] | readonly FieldProblem[] | null
  readonly data?: readonly unknown[]
}

/** Flume's envelope of a success: the application code 602 is only here. */
export function success(data: readonly unknown[]): Response {
  return Response.json({
    success: true,
    code: 602,
    message: 'Request OK',
    http_code: 200,
    http_message: 'OK',
    detailed: null,
    data,
    count: data.length,
    pagination: null,
  })
}

/** Flume's envelope of an error: no `code`, and what OAuth calls `error` is in `message`. */
export function failure({ status, message, detailed = null, data = [] }: FlumeError): Response {
  const body = {
    success: false,
    message,
    http_code: status,
    http_message: HTTP_MESSAGES[status],
    detailed,
    data,
    count: data.length,
    pagination: null,
  }
  return Response.json(body, { status })
}

export function invalidFields(problems: readonly FieldProblem[]): Response {
  return failure({ status: 400, message: 'invalid_request', detailed: problems })
}

/** A field that has to be there. */
export function missing(field: string): FieldProblem {
  return { field, message: `"${field}" is required` }
}
