/** What few programs need, and none often: loaded when it is first needed. It imports hardly anything of what all programs load. */
export { detailsOf } from './details.ts'
export { checkedImport } from './import.ts'
export { statusFromMemory, statusOf } from './status.ts'
export { recordUnreadable } from './unreadable.ts'
