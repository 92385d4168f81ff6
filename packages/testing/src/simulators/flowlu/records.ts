export const MODULES: readonly string[] = ['core', 'crm', 'task']

/** One row of an entity. */
export type Row = { readonly id: number } & Readonly<Record<string, string | number>>

/** The entities of one account, as `module/entity`; new rows are added to them. */
export type Records = Readonly<Record<string, Row[]>>

/** `active` of an opportunity: 1 in progress, 2 lost, 3 won. `status` of a task: 1 new, 3 in progress, 5 completed. */
export function createRecords(): Records {
  return {
    'crm/lead': [
      { id: 1, name: 'Refit of the ferry', active: 1, budget: 184_000 },
      { id: 2, name: 'Moorings for the new pier', active: 1, budget: 52_500 },
      { id: 3, name: 'Winter storage', active: 3, budget: 12_000 },
      { id: 4, name: 'Radar upgrade', active: 2, budget: 31_000 },
      { id: 5, name: 'Buoy maintenance', active: 1, budget: 9_800 },
    ],
    'task/tasks': [
      { id: 1, name: 'Send the offer', status: 3 },
      { id: 2, name: 'Call the shipyard', status: 1 },
      { id: 3, name: 'Invoice for storage', status: 5 },
      { id: 4, name: 'Survey the pier', status: 1 },
    ],
  }
}
