/** Rarely needed code, loaded when it is first needed. It imports almost none of the code that all programs load. */
export { detailsOf } from './details.ts'
export { checkedImport } from './import.ts'
export { statusFromMemory, statusOf } from './status.ts'
export { recordUnreadable } from './unreadable.ts'
