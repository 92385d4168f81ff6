/** What few programs ask for, and none often: loaded when it is first asked for. It imports hardly anything of what all programs load. */
export { detailsOf } from './details.ts'
export { checkedImport } from './import.ts'
export { statusFromMemory, statusOf } from './status.ts'
