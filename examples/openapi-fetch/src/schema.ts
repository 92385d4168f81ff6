/** As `npx openapi-typescript openapi.yaml` writes it. */
export interface paths {
  '/v1/items': {
    get: operations['listItems']
  }
}

export interface components {
  schemas: {
    Item: { id: string; name: string; quantity: number }
    ItemList: { items: components['schemas']['Item'][]; total: number }
  }
}

export interface operations {
  listItems: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    requestBody?: never
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': components['schemas']['ItemList'] } }
    }
  }
}
